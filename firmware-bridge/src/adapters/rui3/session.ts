import { type Body, toHex } from '@outpost/schemas/words';
import type { ErrorAction, Family, Joined, Meaning } from '../../lora-module/family.ts';
import { SIMULATOR_MARK } from '../../lora-module/family.ts';
import { moduleSession } from '../../lora-module/module-session.ts';
import type { HeardFrame } from '../../lora-module/reception.ts';
import type { RadioSettings } from '../../lora-module/settings.ts';
import type { State } from '../../lora-module/state.ts';
import type { Remembered, Session } from '../../session.ts';
import { type Rui3Event, rui3Codec } from './codec.ts';

const ANSWER_MS = 1_500;
/** From the command that changes the mode until the module listens to commands again. */
const RESTART_MS = 3_000;
const RESET = 'ATZ';
const TO_P2P = 'AT+NWM=0';
const VERSION = 'AT+VER=?';
const SEND = 'AT+PSEND=';

/** Sync words as the SX126x has them: 0x34 of LoRaWAN, 0x12 of everybody else. */
const SYNC_WORD = { public: '3444', private: '1424' } as const;

/** In kHz, and as newer firmware numbers it. */
const bandwidthWords = (hz: number): readonly [string, string] => [
  String(hz / 1_000),
  String(Math.log2(hz / 125_000)),
];

const p2pValues = (radio: RadioSettings): readonly [string, string] => {
  const { frequencyHz, spreadingFactor, bandwidthHz, codingRate, preambleSymbols, powerDbm } = radio;
  const value = (bandwidth: string): string =>
    [frequencyHz, spreadingFactor, bandwidth, codingRate - 1, preambleSymbols, powerDbm].join(':');
  const [khz, index] = bandwidthWords(bandwidthHz);
  return [value(khz), value(index)];
};

const ACTIONS: ReadonlyMap<string, ErrorAction> = new Map([
  ['AT_BUSY_ERROR', 'stop-first'],
  ['AT_MODE_NO_SUPPORT', 'set-up'],
]);

const nameOf = (asked: string | undefined): string | undefined =>
  /^AT\+([A-Z0-9]+)=\?$/.exec(asked ?? '')?.[1];

const readValue = (
  { name, value }: { readonly name: string; readonly value: string },
  asked: string | undefined,
  wanted: ReadonlyMap<string, readonly string[]>,
): Meaning => {
  // An echo of what was asked.
  if (name !== nameOf(asked) || value === '?') return { kind: 'aside' };
  if (asked === VERSION) return { kind: 'tells' };
  return { kind: 'aside', holds: wanted.get(name)?.includes(value) === true };
};

const readNote = (text: string, asked: string | undefined): Meaning => {
  if (text.startsWith('TXP2P'))
    return asked?.startsWith(SEND) === true ? { kind: 'answer' } : { kind: 'aside' };
  if (text.startsWith('RXP2P')) return { kind: 'idle' };
  return { kind: 'not-wanted', reason: 'not-p2p' };
};

const restartAsked = (asked: string | undefined): boolean => asked === RESET || asked === TO_P2P;

const heard = (
  phy: Uint8Array,
  { rssi, snr }: { readonly rssi: number; readonly snr: number },
): HeardFrame => ({
  phy,
  rssiDeciDbm: rssi * 10,
  snrDeciDb: snr * 10,
});

export const join = (pieces: readonly Rui3Event[]): Joined<string> => {
  const [first, second] = pieces;
  if (first?.kind === 'frame' && second === undefined)
    return { kind: 'whole', frame: heard(first.phy, first) };
  if (first?.kind !== 'level') return { kind: 'apart' };
  if (second === undefined) return { kind: 'part' };
  return second.kind === 'payload' && pieces.length === 2
    ? { kind: 'whole', frame: heard(second.phy, first) }
    : { kind: 'apart' };
};

export const tell = (event: Rui3Event): readonly Body[] =>
  event.kind === 'value' && event.name === 'VER' && event.value !== ''
    ? [{ kind: 'identity', of: 'adapter', text: event.value.slice(0, 64), ecu: 0 }]
    : [];

export const isSent = (event: Rui3Event): boolean => event.kind === 'note' && event.text === 'TXP2P DONE';

const family = (radio: RadioSettings): Family<string, Rui3Event> => {
  const p2p = p2pValues(radio);
  const syncWord = SYNC_WORD[radio.publicNetwork ? 'public' : 'private'];
  const wanted = new Map<string, readonly string[]>([
    ['NWM', ['0']],
    ['P2P', p2p],
    ['SYNCWORD', [syncWord]],
  ]);
  const withinMs = ANSWER_MS;
  return {
    name: 'rui3',
    codec: rui3Codec,
    rates: [115_200, 9_600],
    setUp: [
      { spellings: ['AT'], withinMs },
      { spellings: [VERSION], withinMs, optional: true },
      { query: 'AT+NWM=?', spellings: [TO_P2P], withinMs: RESTART_MS, settleMs: RESTART_MS },
      { query: 'AT+P2P=?', spellings: [`AT+P2P=${p2p[0]}`, `AT+P2P=${p2p[1]}`], withinMs },
      { query: 'AT+SYNCWORD=?', spellings: [`AT+SYNCWORD=${syncWord}`], withinMs, optional: true },
    ],
    arm: { spellings: ['AT+PRECV=65533', 'AT+PRECV=65534'], withinMs },
    stop: { spellings: ['AT+PRECV=0'], withinMs },
    reset: { spellings: [RESET], withinMs: RESTART_MS, settleMs: 1_000, once: true, optional: true },
    sending: {
      ask: (phy) => ({ spellings: [`${SEND}${toHex(phy).toUpperCase()}`], withinMs: 3_000 }),
      maxBytes: 250,
      addedBytes: 0,
    },
    oneShot: false,
    tuned: radio,
    pieceWaitsMs: 500,
    checkAfterMs: 60_000,
    read: (event, asked) => {
      switch (event.kind) {
        case 'ok':
          return asked?.startsWith(SEND) === true ? { kind: 'aside' } : { kind: 'answer' };
        case 'error':
          return { kind: 'refusal', code: event.code, action: ACTIONS.get(event.code) ?? 'next-spelling' };
        case 'value':
          return readValue(event, asked, wanted);
        case 'frame':
        case 'level':
        case 'payload':
          return { kind: 'piece' };
        case 'note':
          return readNote(event.text, asked);
        case 'greeting':
          if (!event.text.startsWith('Current Work Mode:')) return { kind: 'aside' };
          return restartAsked(asked) ? { kind: 'answer' } : { kind: 'restarted' };
      }
    },
    join,
    tell,
    isSimulator: (event) =>
      event.kind === 'value' && event.name === 'VER' && event.value.includes(SIMULATOR_MARK),
  };
};

export type Rui3State = State<string, Rui3Event>;

export const rui3Session = (
  radio: RadioSettings,
  remembered?: Remembered,
): Session<Rui3State, string, Rui3Event> => moduleSession(family(radio), radio, remembered);

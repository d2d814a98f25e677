import { type Body, toHex } from '@outpost/schemas/words';
import { type Family, type Joined, type Meaning, SIMULATOR_MARK } from '../../lora-module/family.ts';
import { moduleSession } from '../../lora-module/module-session.ts';
import type { RadioSettings } from '../../lora-module/settings.ts';
import type { State } from '../../lora-module/state.ts';
import type { Remembered, Session } from '../../session.ts';
import { type LoraE5Event, loraE5Codec } from './codec.ts';

const ANSWER_MS = 1_500;
const RESET = 'AT+RESET';
const VERSION = 'AT+VER';
const SEND = 'AT+TEST=TXLRPKT,';

/** Frequency in MHz, spreading factor, bandwidth in kHz, preambles, power, checksum, polarity, sync word. */
const radioWords = (radio: RadioSettings): string => {
  const { frequencyHz, spreadingFactor, bandwidthHz, preambleSymbols, powerDbm, publicNetwork } = radio;
  const numbers = [bandwidthHz / 1_000, preambleSymbols, preambleSymbols, powerDbm].join(',');
  return `${frequencyHz / 1e6},SF${spreadingFactor},${numbers},ON,OFF,${publicNetwork ? 'ON' : 'OFF'}`;
};

export const join = (pieces: readonly LoraE5Event[]): Joined<string> => {
  const [level, payload] = pieces;
  if (level?.kind !== 'level') return { kind: 'apart' };
  if (payload === undefined) return { kind: 'part' };
  if (payload.kind !== 'payload' || pieces.length > 2 || payload.phy.length !== level.length) {
    return { kind: 'apart' };
  }
  const frame = { phy: payload.phy, rssiDeciDbm: level.rssi * 10, snrDeciDb: level.snr * 10 };
  return { kind: 'whole', frame };
};

type Line = Extract<LoraE5Event, { readonly kind: 'line' }>;

export const tell = (event: LoraE5Event): readonly Body[] =>
  event.kind === 'line' && event.name === 'VER'
    ? [{ kind: 'identity', of: 'adapter', text: `LoRa-E5 ${event.words}`.slice(0, 64), ecu: 0 }]
    : [];

export const isSent = (event: LoraE5Event): boolean =>
  event.kind === 'line' && event.name === 'TEST' && event.words === 'TX DONE';

/** The name in the answer is the name in the command: `AT+MODE=TEST` is answered by `+MODE: TEST`. */
const nameOf = (asked: string): string => /^AT\+([A-Z0-9]+)/.exec(asked)?.[1] ?? 'AT';

const readLine = (event: Line, asked: string | undefined): Meaning => {
  if (asked?.startsWith(SEND) === true) return isSent(event) ? { kind: 'answer' } : { kind: 'aside' };
  if (event.name === 'VER') return { kind: 'tells', answers: true };
  // What is asked of TEST is said again: RFCFG, RXLRPKT, STOP.
  const isAnswer =
    asked !== undefined &&
    event.name === nameOf(asked) &&
    (event.name !== 'TEST' || event.words.startsWith(/=([A-Z]+)/.exec(asked)?.[1] ?? ''));
  return isAnswer ? { kind: 'answer' } : { kind: 'aside' };
};

const WRONG_MODE = -12;
/** Of the line's characters, where a byte was lost: the command is said again. */
const GARBLED: readonly number[] = [-20, -21, -22, -23, -24];

const family = (radio: RadioSettings): Family<string, LoraE5Event> => {
  const withinMs = ANSWER_MS;
  return {
    name: 'lora-e5',
    codec: loraE5Codec,
    rates: [9_600, 115_200],
    setUp: [
      { spellings: ['AT'], withinMs },
      { spellings: [VERSION], withinMs, optional: true },
      { spellings: ['AT+MODE=TEST'], withinMs },
      { spellings: [`AT+TEST=RFCFG,${radioWords(radio)}`], withinMs },
    ],
    arm: { spellings: ['AT+TEST=RXLRPKT'], withinMs },
    stop: { spellings: ['AT+TEST=STOP'], withinMs },
    reset: { spellings: [RESET], withinMs, settleMs: 1_000, once: true, optional: true },
    sending: {
      ask: (phy) => ({ spellings: [`${SEND}"${toHex(phy).toUpperCase()}"`], withinMs: 3_000 }),
      maxBytes: 222,
      addedBytes: 0,
    },
    oneShot: false,
    tuned: radio,
    // 255 bytes in hex take 0.55 s at 9600 baud.
    pieceWaitsMs: 1_500,
    checkAfterMs: 60_000,
    read: (event, asked) => {
      switch (event.kind) {
        case 'level':
        case 'payload':
          return { kind: 'piece' };
        case 'error': {
          if (event.number === WRONG_MODE) return { kind: 'refusal', code: 'wrong-mode', action: 'set-up' };
          const action = GARBLED.includes(event.number) ? 'again' : 'next-spelling';
          return { kind: 'refusal', code: `error-${-event.number}`, action };
        }
        case 'line':
          return readLine(event, asked);
      }
    },
    join,
    tell,
    isSimulator: (event) => event.kind === 'line' && event.words.includes(SIMULATOR_MARK),
  };
};

export type LoraE5State = State<string, LoraE5Event>;

export const loraE5Session = (
  radio: RadioSettings,
  remembered?: Remembered,
): Session<LoraE5State, string, LoraE5Event> => moduleSession(family(radio), radio, remembered);

import { type Body, toHex } from '@outpost/schemas/words';
import {
  type Ask,
  type Family,
  type Joined,
  type Meaning,
  SIMULATOR_MARK,
} from '../../lora-module/family.ts';
import { moduleSession } from '../../lora-module/module-session.ts';
import type { RadioSettings } from '../../lora-module/settings.ts';
import type { State } from '../../lora-module/state.ts';
import type { Remembered, Session } from '../../session.ts';
import { type Rn2483Event, rn2483Codec } from './codec.ts';

const ANSWER_MS = 1_000;
const RESET = 'sys reset';
const VERSION = 'sys get ver';
const SEND = 'radio tx ';

const asked = (text: string): Ask<string> => ({ spellings: [text], withinMs: ANSWER_MS });
const wished = (text: string): Ask<string> => ({ ...asked(text), optional: true });

/** Asked in this order after each frame. */
const GET_SNR = wished('radio get snr');
/** Firmware from 1.0.5 on. */
const GET_RSSI = wished('radio get rssi');

const setUpOf = (radio: RadioSettings): readonly Ask<string>[] => [
  wished(VERSION),
  asked('mac pause'),
  asked('radio set mod lora'),
  asked(`radio set freq ${radio.frequencyHz}`),
  asked(`radio set sf sf${radio.spreadingFactor}`),
  asked(`radio set bw ${radio.bandwidthHz / 1_000}`),
  asked(`radio set cr 4/${radio.codingRate + 4}`),
  asked('radio set crc on'),
  wished('radio set iqi off'),
  wished(`radio set prlen ${radio.preambleSymbols}`),
  wished(`radio set sync ${radio.publicNetwork ? '34' : '12'}`),
  wished(`radio set pwr ${radio.powerDbm}`),
  // Its watchdog would also end receiving, after 15 seconds.
  wished('radio set wdt 0'),
];

export const join = (pieces: readonly Rn2483Event[]): Joined<string> => {
  const [payload, snr, rssi] = pieces;
  if (payload?.kind !== 'payload' || pieces.length > 3) return { kind: 'apart' };
  const level = (event: Rn2483Event | undefined): number | undefined =>
    event?.kind === 'number' ? event.value * 10 : undefined;
  const frame = { phy: payload.phy, snrDeciDb: level(snr), rssiDeciDbm: level(rssi) };
  if (snr === undefined) return { kind: 'part', frame, ask: GET_SNR };
  if (snr.kind !== 'number') return { kind: 'apart' };
  if (rssi === undefined) return { kind: 'part', frame, ask: GET_RSSI };
  return rssi.kind === 'number' ? { kind: 'whole', frame } : { kind: 'apart' };
};

export const tell = (event: Rn2483Event): readonly Body[] =>
  event.kind === 'version' ? [{ kind: 'identity', of: 'adapter', text: event.text, ecu: 0 }] : [];

export const isSent = (event: Rn2483Event): boolean => event.kind === 'sent';

const readNumber = (question: string | undefined): Meaning => {
  if (question === 'mac pause') return { kind: 'answer' };
  return question === GET_SNR.spellings[0] || question === GET_RSSI.spellings[0]
    ? { kind: 'piece', answers: true }
    : { kind: 'not-wanted', reason: 'late' };
};

const readEvent = (event: Rn2483Event, question: string | undefined): Meaning => {
  const isSending = question?.startsWith(SEND) === true;
  switch (event.kind) {
    case 'ok':
      return isSending ? { kind: 'aside' } : { kind: 'answer' };
    case 'error':
      return {
        kind: 'refusal',
        code: event.code,
        action: event.code === 'busy' ? 'stop-first' : 'next-spelling',
      };
    case 'radio-error':
      return isSending ? { kind: 'refusal', code: 'radio-error', action: 'next-spelling' } : { kind: 'idle' };
    case 'sent':
      return isSending ? { kind: 'answer' } : { kind: 'not-wanted', reason: 'late' };
    case 'payload':
      return { kind: 'piece' };
    case 'number':
      return readNumber(question);
    case 'version':
      return question === VERSION || question === RESET
        ? { kind: 'tells', answers: true }
        : { kind: 'restarted' };
  }
};

const family = (radio: RadioSettings): Family<string, Rn2483Event> => ({
  name: 'rn2483',
  codec: rn2483Codec,
  rates: [57_600],
  setUp: setUpOf(radio),
  arm: asked('radio rx 0'),
  stop: asked('radio rxstop'),
  reset: { ...wished(RESET), withinMs: 3_000, once: true },
  sending: {
    ask: (phy) => ({ spellings: [`${SEND}${toHex(phy).toUpperCase()}`], withinMs: 3_000 }),
    maxBytes: 255,
    addedBytes: 0,
  },
  oneShot: true,
  tuned: radio,
  pieceWaitsMs: 5_000,
  // A reception whose line was lost leaves it deaf for so long.
  checkAfterMs: 30_000,
  read: readEvent,
  join,
  tell,
  isSimulator: (event) => event.kind === 'version' && event.text.includes(SIMULATOR_MARK),
});

export type Rn2483State = State<string, Rn2483Event>;

export const rn2483Session = (
  radio: RadioSettings,
  remembered?: Remembered,
): Session<Rn2483State, string, Rn2483Event> => moduleSession(family(radio), radio, remembered);

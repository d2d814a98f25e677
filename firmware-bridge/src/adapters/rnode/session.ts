import { type Body, equalBytes } from '@outpost/schemas/words';
import type { Ask, Family, Joined, Meaning } from '../../lora-module/family.ts';
import type { KissFrame } from '../../lora-module/kiss-wire.ts';
import { moduleSession } from '../../lora-module/module-session.ts';
import type { RadioSettings } from '../../lora-module/settings.ts';
import type { State } from '../../lora-module/state.ts';
import type { Remembered, Session } from '../../session.ts';
import { RNODE, rnodeCodec } from './codec.ts';

const ANSWER_MS = 1_000;
const DETECT = 0x73;
const DETECTED = 0x46;
/** A platform that no RNode has; our simulator says it. */
export const SIMULATOR_PLATFORM = 0x53;

const uint32 = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);

const ask = (command: number, data: Uint8Array, optional = false): Ask<KissFrame> => ({
  spellings: [{ command, data }],
  withinMs: ANSWER_MS,
  ...(optional ? { optional } : {}),
});

const setUpOf = (radio: RadioSettings): readonly Ask<KissFrame>[] => [
  ask(RNODE.detect, Uint8Array.of(DETECT)),
  ask(RNODE.platform, Uint8Array.of(0), true),
  ask(RNODE.firmware, Uint8Array.of(0), true),
  ask(RNODE.frequency, uint32(radio.frequencyHz)),
  ask(RNODE.bandwidth, uint32(radio.bandwidthHz)),
  ask(RNODE.power, Uint8Array.of(radio.powerDbm), true),
  ask(RNODE.spreadingFactor, Uint8Array.of(radio.spreadingFactor)),
  ask(RNODE.codingRate, Uint8Array.of(radio.codingRate + 4)),
  ask(RNODE.radioState, Uint8Array.of(1)),
];

export const join = (pieces: readonly KissFrame[]): Joined<KissFrame> => {
  const last = pieces.at(-1);
  const before = pieces.slice(0, -1).map(({ command }) => command);
  const isInOrder = before.every(
    (command, index) => before.indexOf(command) === index && command !== RNODE.data,
  );
  if (last === undefined || !isInOrder || before.includes(last.command)) return { kind: 'apart' };
  if (last.command !== RNODE.data) return { kind: 'part' };
  const byte = (command: number): number | undefined =>
    pieces.find((piece) => piece.command === command)?.data[0];
  const rssi = byte(RNODE.rssi);
  const snr = byte(RNODE.snr);
  const frame = {
    phy: last.data,
    rssiDeciDbm: rssi === undefined ? undefined : (rssi - 157) * 10,
    snrDeciDb: snr === undefined ? undefined : Math.round((((snr << 24) >> 24) * 10) / 4),
  };
  return { kind: 'whole', frame };
};

export const tell = ({ command, data }: KissFrame): readonly Body[] =>
  command === RNODE.firmware && data.length === 2
    ? [{ kind: 'identity', of: 'adapter', text: `RNode ${data[0]}.${data[1]}`, ecu: 0 }]
    : [];

/** What it says of its own accord and nobody asked for. */
const NOTES: readonly number[] = [
  RNODE.received,
  RNODE.transmitted,
  RNODE.channelTime,
  RNODE.radioParameters,
  RNODE.battery,
  RNODE.ready,
];

/** It says a setting again as it took it; another value means that it cannot. */
const readSetting = ({ command, data }: KissFrame, asked: KissFrame | undefined): Meaning => {
  if (asked?.command !== command) return { kind: 'aside' };
  if (command === RNODE.detect) {
    return data[0] === DETECTED ? { kind: 'answer' } : { kind: 'aside' };
  }
  if (command === RNODE.platform) return { kind: 'answer' };
  return equalBytes(data, asked.data)
    ? { kind: 'answer' }
    : { kind: 'refusal', code: `setting-${command}`, action: 'next-spelling' };
};

const read = (event: KissFrame, asked: KissFrame | undefined): Meaning => {
  const { command, data } = event;
  if (command === RNODE.data || command === RNODE.rssi || command === RNODE.snr) return { kind: 'piece' };
  if (command === RNODE.firmware) return { kind: 'tells', answers: true };
  if (command === RNODE.reset) return { kind: 'restarted' };
  if (command === RNODE.error)
    return { kind: 'refusal', code: `error-${data[0] ?? 0}`, action: 'next-spelling' };
  return NOTES.includes(command) ? { kind: 'not-wanted', reason: 'not-used' } : readSetting(event, asked);
};

const family = (radio: RadioSettings): Family<KissFrame, KissFrame> => ({
  name: 'rnode',
  codec: rnodeCodec,
  rates: [115_200],
  setUp: setUpOf(radio),
  sending: {
    ask: (phy) => ({ spellings: [{ command: RNODE.data, data: phy }], withinMs: 1_000, unanswered: true }),
    // One more byte, its own, goes before each; longer ones would be sent in two.
    maxBytes: 254,
    addedBytes: 1,
  },
  oneShot: false,
  tuned: radio,
  pieceWaitsMs: 500,
  checkAfterMs: 60_000,
  read,
  join,
  tell,
  isSimulator: ({ command, data }) => command === RNODE.platform && data[0] === SIMULATOR_PLATFORM,
});

export type RnodeState = State<KissFrame, KissFrame>;

export const rnodeSession = (
  radio: RadioSettings,
  remembered?: Remembered,
): Session<RnodeState, KissFrame, KissFrame> => moduleSession(family(radio), radio, remembered);

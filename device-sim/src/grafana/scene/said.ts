import type { ReadingRecord, StoreRecord } from '@outpost/gateway';
import type { Body, ClockAnchor, Epoch, StreamId } from '@outpost/schemas/words';
import { monoNs } from '@outpost/schemas/words';

export const NS_PER_MS = 1_000_000n;
export const EPOCH = new Uint8Array(16).fill(0xa1) as Epoch;
export const EPOCH_HEX = 'a1'.repeat(16);

/** What a device said, milliseconds after the scene began. */
export interface Said {
  readonly ms: number;
  readonly body: Body;
}

/** One device and all that it said, in order. */
export interface Speaker {
  readonly stream: StreamId;
  readonly said: readonly Said[];
}

export const deviceOf = (stream: StreamId): string => stream.slice(0, stream.indexOf('/'));

export const monoAt = (ms: number) => monoNs(BigInt(Math.round(ms)) * NS_PER_MS);

/** The records of one device's stream, as the store reads them from the journal. */
export const recordsOf = ({ stream, said }: Speaker, anchor: ClockAnchor): readonly StoreRecord[] => {
  const device = deviceOf(stream);
  const reading = (sequence: number, { ms, body }: Said): ReadingRecord => ({
    kind: 'reading',
    device,
    stream,
    epoch: EPOCH_HEX,
    sequence,
    mono: monoAt(ms),
    origin: 'simulated',
    body,
  });
  return [
    { kind: 'epoch-opened', device, stream, epoch: EPOCH_HEX, reason: 'started', ordinal: 1n },
    reading(0, { ms: 0, body: { kind: 'anchor', anchor } }),
    ...said.map((each, index) => reading(index + 1, each)),
  ];
};

import {
  type Body,
  type ClockAnchor,
  monoNs,
  type StreamId,
  type TimeTrust,
  wallNs,
} from '@outpost/schemas/words';
import type { EpochOpenedRecord, ReadingRecord } from '../records.ts';

/** 2023-11-14 22:13:20 UTC, where the manual clock begins. */
export const WALL_START: bigint = 1_700_000_000_000_000_000n;

export const EPOCH_A: string = 'a1'.repeat(16);
export const EPOCH_B: string = 'b2'.repeat(16);

export interface ReadingPlan {
  readonly device?: string;
  readonly stream?: StreamId;
  readonly epoch?: string;
  readonly sequence: number;
  /** Since the monotonic clock's start. */
  readonly ms: number;
  readonly body?: Body;
}

export const speed = (kmh: number): Body => ({ kind: 'number', signal: 1, mantissa: kmh, ecu: 0x7e8 });

export const reading = ({
  device = 'car',
  stream = `${device}/telemetry`,
  epoch = EPOCH_A,
  sequence,
  ms,
  body = speed(sequence % 256),
}: ReadingPlan): ReadingRecord => ({
  kind: 'reading',
  device,
  stream,
  epoch,
  sequence,
  mono: monoNs(BigInt(Math.round(ms * 1e6))),
  origin: 'live',
  body,
});

/** The wall clock shows `WALL_START` and `wallMs` when the monotonic one shows `ms`; as many where not said. */
export const anchorAt = (ms: number, trust: TimeTrust, wallMs?: number): ClockAnchor => ({
  wall: wallNs(WALL_START + BigInt(Math.round((wallMs ?? ms) * 1e6))),
  mono: monoNs(BigInt(Math.round(ms * 1e6))),
  trust,
});

export const anchor = (plan: Omit<ReadingPlan, 'body'>, trust: TimeTrust, wallMs?: number): ReadingRecord =>
  reading({ ...plan, body: { kind: 'anchor', anchor: anchorAt(plan.ms, trust, wallMs) } });

export const opened = (
  epoch: string = EPOCH_A,
  stream: StreamId = 'car/telemetry',
  ordinal: bigint = 1n,
): EpochOpenedRecord => ({
  kind: 'epoch-opened',
  device: stream.slice(0, stream.indexOf('/')),
  stream,
  epoch,
  reason: 'started',
  ordinal,
});

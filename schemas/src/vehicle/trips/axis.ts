import { type Epoch, equalBytes, type MonoNs, type WallNs } from '../../words/index.ts';
import type { TripReading } from './reading.ts';

/** One line of time through all epochs of a stream. Only differences mean something. */
export interface Axis {
  readonly epoch: Epoch;
  /** Of the last reading, in its epoch and on this axis. */
  readonly mono: MonoNs;
  readonly wall: WallNs;
  readonly at: bigint;
  readonly trusted: boolean;
}

export interface Advance {
  readonly axis: Axis;
  readonly elapsedNs: bigint;
  /** Nothing says how long it was between two epochs; the axis then counts it as nothing. */
  readonly unknown: boolean;
}

/** Within one boot of the machine the two clocks keep their distance, steps of the wall clock aside. */
const SAME_BOOT_NS = 1_000_000_000n;

const isSameBoot = (before: Axis, { mono, wall }: TripReading): boolean => {
  const moved = wall - mono - (before.wall - before.mono);
  return mono >= before.mono && moved <= SAME_BOOT_NS && moved >= -SAME_BOOT_NS;
};

const betweenEpochs = (before: Axis, now: TripReading): bigint | undefined => {
  if (isSameBoot(before, now)) return now.mono - before.mono;
  return before.trusted && now.trust !== 'none' && now.wall >= before.wall
    ? now.wall - before.wall
    : undefined;
};

/** Takes the time of the next reading: by the monotonic clock within an epoch, by what can be known between two. */
export const advance = (before: Axis | undefined, reading: TripReading): Advance => {
  const { epoch, mono, wall } = reading;
  const trusted = reading.trust !== 'none';
  const here = { epoch, mono, wall, trusted };
  if (before === undefined) {
    return { axis: { ...here, at: 0n }, elapsedNs: 0n, unknown: false };
  }
  const isSame = before.epoch === epoch || equalBytes(before.epoch, epoch);
  const known = isSame ? mono - before.mono : betweenEpochs(before, reading);
  const elapsedNs = known === undefined || known < 0n ? 0n : known;
  return {
    axis: { ...here, at: before.at + elapsedNs },
    elapsedNs,
    unknown: known === undefined,
  };
};

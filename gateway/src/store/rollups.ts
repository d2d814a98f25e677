import { ok, type Result } from '@outpost/schemas/words';
import type { Influx } from './influx.ts';
import { identifier, MEASUREMENTS, RAW, ROLLUP } from './names.ts';
import type { Point } from './point.ts';

const NS_PER_MINUTE = 60_000_000_000n;

/** Minutes covered by one statement, which bounds the work of one. */
export const MINUTES_MAX = 15;
/** Minutes that may wait for their roll-up, one month; beyond it the two nearest stretches become one. */
export const DIRTY_MAX = 44_640;

/** A stretch of whole minutes since 1970, the last one excluded. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The minutes whose points changed since their roll-up was last made. A minute stays until a roll-up that began after
 * its last change has succeeded, so nothing depends on the wall clock or on the order in which points come.
 */
export interface DirtyMinutes {
  readonly size: number;
  /** True where a minute was added. */
  touch(points: readonly Point[]): boolean;
  add(minute: number): void;
  /** Takes all stretches of at most `MINUTES_MAX` minutes, earliest first; give back what failed. */
  take(): readonly Stretch[];
  giveBack(stretch: Stretch): void;
  list(): readonly Stretch[];
}

const minuteOf = (at: bigint): number => {
  const minute = at / NS_PER_MINUTE;
  return Number(at % NS_PER_MINUTE < 0n ? minute - 1n : minute);
};

/** Neighbouring minutes as one, earliest first. */
const stretchesOf = (minutes: ReadonlySet<number>, longest: number): readonly Stretch[] => {
  const stretches: Stretch[] = [];
  for (const minute of [...minutes].sort((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && last.to === minute && last.to - last.from < longest) {
      stretches[stretches.length - 1] = { from: last.from, to: minute + 1 };
    } else {
      stretches.push({ from: minute, to: minute + 1 });
    }
  }
  return stretches;
};

export const dirtyMinutes = (known: readonly Stretch[]): DirtyMinutes => {
  const minutes = new Set<number>();
  const add = (minute: number): void => {
    // At the maximum the oldest is let go; its raw points stay, and a month of them is more than `raw` keeps.
    const oldest = minutes.size >= DIRTY_MAX && !minutes.has(minute) ? Math.min(...minutes) : undefined;
    if (oldest !== undefined) minutes.delete(oldest);
    minutes.add(minute);
  };
  const giveBack = ({ from, to }: Stretch): void => {
    for (let minute = from; minute < to && minute - from < DIRTY_MAX; minute += 1) add(minute);
  };
  for (const stretch of known) giveBack(stretch);

  return {
    get size() {
      return minutes.size;
    },
    add,
    touch(points) {
      const before = minutes.size;
      for (const { measurement, floats, at } of points) {
        if (measurement === MEASUREMENTS.vehicle && floats !== undefined) add(minuteOf(at));
      }
      return minutes.size > before;
    },
    take() {
      const all = stretchesOf(minutes, MINUTES_MAX);
      minutes.clear();
      return all;
    },
    giveBack,
    list: () => stretchesOf(minutes, Number.POSITIVE_INFINITY),
  };
};

/**
 * One statement per stretch. GROUP BY * keeps every series apart; the answer overwrites what an earlier run wrote, so
 * running it again after a late point is all that is needed to be right.
 */
export const rollupStatement = (database: string, { from, to }: Stretch): string => {
  const base = identifier(database);
  const source = `${base}.${identifier(RAW)}.${identifier(MEASUREMENTS.vehicle)}`;
  const target = `${base}.${identifier(ROLLUP)}.${identifier(MEASUREMENTS.vehicle)}`;
  const [start, end] = [BigInt(from) * NS_PER_MINUTE, BigInt(to) * NS_PER_MINUTE];
  return (
    'SELECT mean("value") AS "mean", min("value") AS "min", max("value") AS "max", ' +
    'count("value") AS "count", last("value") AS "last" ' +
    `INTO ${target} FROM ${source} WHERE time >= ${start} AND time < ${end} ` +
    'GROUP BY time(1m), * fill(none)'
  );
};

/** Makes every roll-up that is due; what fails stays due. Stops at the first fault, because the next would fail too. */
export const rollUp = async (
  influx: Influx,
  database: string,
  dirty: DirtyMinutes,
  signal: AbortSignal,
): Promise<Result<number>> => {
  const stretches = dirty.take();
  for (const [done, stretch] of stretches.entries()) {
    const result = await influx.query(rollupStatement(database, stretch), signal).catch((error: unknown) => {
      for (const rest of stretches.slice(done)) dirty.giveBack(rest);
      throw error;
    });
    if (result.ok) continue;
    for (const rest of stretches.slice(done)) dirty.giveBack(rest);
    return result;
  }
  return ok(stretches.length);
};

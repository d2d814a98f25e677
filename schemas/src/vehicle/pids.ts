import type { Field, Pid } from './pid.ts';
import { PIDS_00_1F } from './pids-00-1f.ts';
import { PIDS_20_3F } from './pids-20-3f.ts';
import { PIDS_40_5F } from './pids-40-5f.ts';
import { PIDS_60_7F } from './pids-60-7f.ts';
import { PIDS_80_9F } from './pids-80-9f.ts';
import { PIDS_A0_FF } from './pids-a0-ff.ts';

/**
 * Every parameter of service 01 that this table knows, by ascending PID. Bitmaps (00, 20, …) are not in it.
 */
export const PIDS: readonly Pid[] = [
  ...PIDS_00_1F,
  ...PIDS_20_3F,
  ...PIDS_40_5F,
  ...PIDS_60_7F,
  ...PIDS_80_9F,
  ...PIDS_A0_FF,
];

/** One place that carries a signal. */
export interface PidField {
  readonly pid: Pid;
  readonly field: Field;
}

const BY_PID: ReadonlyMap<number, Pid> = new Map(PIDS.map((row) => [row.pid, row]));

const bySignal = (): ReadonlyMap<number, readonly PidField[]> => {
  const places = new Map<number, PidField[]>();
  for (const pid of PIDS) {
    for (const field of pid.fields) {
      const known = places.get(field.signal);
      if (known === undefined) places.set(field.signal, [{ pid, field }]);
      else known.push({ pid, field });
    }
  }
  return places;
};

const BY_SIGNAL = bySignal();
const NOWHERE: readonly PidField[] = [];
const BITMAP_LENGTHS: readonly number[] = [4];
const UNKNOWN_LENGTHS: readonly number[] = [];

export const pidByNumber = (pid: number): Pid | undefined => BY_PID.get(pid);

/**
 * Where service 01 carries a signal: one place, two for the lambda of a wide-range oxygen sensor (24 and 34,
 * …), none for an adapter's own signals.
 */
export const pidsOfSignal = (signal: number): readonly PidField[] => BY_SIGNAL.get(signal) ?? NOWHERE;

/** Whether the PID is one of the bitmaps 00, 20, … E0 that list the supported ones. */
export const isBitmapPid = (pid: number): boolean => (pid & 0x1f) === 0;

/**
 * Data bytes after the PID in a reply, ascending; more than one where trailing bytes are optional (the trims
 * of banks 3 and 4). Empty for an unknown PID: whatever follows it in a reply of several PIDs cannot be read.
 */
export const pidLengths = (pid: number): readonly number[] =>
  isBitmapPid(pid) ? BITMAP_LENGTHS : (BY_PID.get(pid)?.lengths ?? UNKNOWN_LENGTHS);

/** The data length of a PID where there is exactly one; undefined where it is unknown or not fixed. */
export const pidLength = (pid: number): number | undefined => {
  const lengths = pidLengths(pid);
  return lengths.length === 1 ? lengths[0] : undefined;
};

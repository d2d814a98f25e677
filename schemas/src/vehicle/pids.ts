import type { Field, Pid } from './pid.ts';
import { PIDS_00_1F } from './pids-00-1f.ts';
import { PIDS_20_3F } from './pids-20-3f.ts';
import { PIDS_40_5F } from './pids-40-5f.ts';
import { PIDS_A0_FF } from './pids-a0-ff.ts';

/** Every parameter of service 01 that this table knows, by ascending PID. Bitmaps (00, 20, …) are not in it. */
export const PIDS: readonly Pid[] = [...PIDS_00_1F, ...PIDS_20_3F, ...PIDS_40_5F, ...PIDS_A0_FF];

const BY_PID: ReadonlyMap<number, Pid> = new Map(PIDS.map((row) => [row.pid, row]));
const BY_SIGNAL: ReadonlyMap<number, { readonly pid: Pid; readonly field: Field }> = new Map(
  PIDS.flatMap((row) => row.fields.map((entry) => [entry.signal, { pid: row, field: entry }] as const)),
);

export const pidByNumber = (pid: number): Pid | undefined => BY_PID.get(pid);

/** The one place in service 01 that carries a signal; undefined for an adapter's own signals. */
export const pidOfSignal = (signal: number): { readonly pid: Pid; readonly field: Field } | undefined =>
  BY_SIGNAL.get(signal);

/** Whether the PID is one of the bitmaps 00, 20, … E0 that list the supported ones. */
export const isBitmapPid = (pid: number): boolean => (pid & 0x1f) === 0;

/**
 * Data bytes after the PID in a reply, ascending; more than one where trailing bytes are optional (the trims of
 * banks 3 and 4). Empty for an unknown PID: whatever follows it in a reply of several PIDs cannot be read.
 */
export const pidLengths = (pid: number): readonly number[] =>
  isBitmapPid(pid) ? BITMAP_LENGTHS : (BY_PID.get(pid)?.lengths ?? []);

const BITMAP_LENGTHS: readonly number[] = [4];

/** The data length of a PID where there is exactly one; undefined where it is unknown or not fixed. */
export const pidLength = (pid: number): number | undefined => {
  const lengths = pidLengths(pid);
  return lengths.length === 1 ? lengths[0] : undefined;
};

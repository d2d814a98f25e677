import { readFileSync } from 'node:fs';

/** A process that outlives its id being given to another: the id with the moment it began. */
export interface Holder {
  readonly pid: number;
  /** Boot and start time, as text; the same text only for the same process. */
  readonly started: string;
  /** Whether that process runs now. It sees only processes of its own PID namespace. */
  isRunning(pid: number, started: string): boolean;
}

/** Field 22 of proc_pid_stat(5), counted behind the name, which may itself hold spaces and brackets. */
const START_TIME_FIELD = 22;
const FIRST_FIELD_BEHIND_NAME = 3;

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const startTime = (pid: number): string | undefined => {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD - FIRST_FIELD_BEHIND_NAME];
};

/** Where there is no /proc, the id alone must do. */
const startedText = (pid: number): string =>
  `${readText('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${startTime(pid) ?? ''}`;

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

export const thisProcess = (): Holder => ({
  pid: process.pid,
  started: startedText(process.pid),
  isRunning: (pid, started) => exists(pid) && startedText(pid) === started,
});

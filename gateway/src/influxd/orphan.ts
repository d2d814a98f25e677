import { readFile } from 'node:fs/promises';
import type { Clock } from '@outpost/schemas/words';
import { errorCode } from '../store/whole-file.ts';
import type { InfluxdLayout } from './layout.ts';

const POLL_MS = 50;
const TERM_MS = 10_000;
const KILL_MS = 5_000;

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // ESRCH: the process ended between opening and reading its entry of /proc.
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(errorCode(error))) return '';
    throw error;
  }
};

/** Whether this process is an influxd that was started for this directory: its pid file stands on its command line. */
const isOurs = async (pid: number, { pidFile }: InfluxdLayout): Promise<boolean> =>
  (await read(`/proc/${pid}/cmdline`)).split('\0').includes(pidFile);

/** A process that has just ended needs no signal. */
const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
};

/**
 * Ends the influxd that a killed gateway left running on this directory, so that two never write to one. A pid file
 * may name somebody else's process by now, so one that is not ours is left alone. Gives the pid it ended.
 */
export const endOrphan = async (
  layout: InfluxdLayout,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | undefined> => {
  const pid = Number.parseInt(await read(layout.pidFile), 10);
  if (!(pid > 1) || !(await isOurs(pid, layout))) return undefined;
  const gone = async (waitMsMax: number): Promise<boolean> => {
    for (let ms = 0; ms < waitMsMax; ms += POLL_MS) {
      if (!(await isOurs(pid, layout))) return true;
      await clock.sleep(POLL_MS, signal);
    }
    return false;
  };
  send(pid, 'SIGTERM');
  if (await gone(TERM_MS)) return pid;
  send(pid, 'SIGKILL');
  await gone(KILL_MS);
  return pid;
};

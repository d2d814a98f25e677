import { readFile } from 'node:fs/promises';
import { systemClock } from '@outpost/firmware-bridge';
import { elapsedMs } from '@outpost/schemas/words';

/** Of USER_HZ, which is 100 on every Linux that Node runs on (proc(5)). */
const TICK_MS = 10;

/** Processor time that a process has used, in ms. */
const usedMs = async (pid: number): Promise<number> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold anything, the fields begin with the third.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
};

/** The share of one processor, in percent, that a process takes while `during` goes on. */
export const processorShare = async (pid: number, during: () => Promise<unknown>): Promise<number> => {
  const clock = systemClock();
  const [begun, before] = [clock.mono(), await usedMs(pid)];
  await during();
  return (((await usedMs(pid)) - before) / elapsedMs(begun, clock.mono())) * 100;
};

/** Memory of a process, in MiB. */
export const residentMebibytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
};

import { field, type Pid, pid } from './pid.ts';

/** Service 01, PIDs A1 to FF. */
// biome-ignore format: a table reads by columns
export const PIDS_A0_FF: readonly Pid[] = [
  pid(0xa6, 'Odometer', 4, field('AD', 21, 1, 10)),
];

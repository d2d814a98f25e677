import { field, type Pid, percent, pid } from './pid.ts';

/** Service 01, PIDs 21 to 3F. */
// biome-ignore format: a table reads by columns
export const PIDS_20_3F: readonly Pid[] = [
  pid(0x2f, 'Fuel tank level', 1, percent('A', 14)),
  pid(0x33, 'Barometric pressure', 1, field('A', 16)),
];

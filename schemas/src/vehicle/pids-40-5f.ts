import { celsius, field, type Pid, percent, pid } from './pid.ts';

/** Service 01, PIDs 41 to 5F. */
// biome-ignore format: a table reads by columns
export const PIDS_40_5F: readonly Pid[] = [
  pid(0x42, 'Control module voltage', 2, field('AB', 18, 1, 1000)),
  pid(0x43, 'Absolute load', 2, field('AB', 19, 100, 255)),
  pid(0x44, 'Commanded equivalence ratio', 2, field('AB', 22, 2, 65_536)),
  pid(0x46, 'Ambient air temperature', 1, celsius('A', 17)),
  pid(0x5b, 'Hybrid battery charge', 1, percent('A', 23)),
  pid(0x5c, 'Engine oil temperature', 1, celsius('A', 20)),
  pid(0x5e, 'Engine fuel rate', 2, field('AB', 13, 1, 20)),
];

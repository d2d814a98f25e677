import { celsius, field, type Pid, percent, pid, trim } from './pid.ts';

/** Service 01, PIDs 01 to 1F. */
// biome-ignore format: a table reads by columns
export const PIDS_00_1F: readonly Pid[] = [
  pid(0x04, 'Calculated engine load', 1, percent('A', 4)),
  pid(0x05, 'Engine coolant temperature', 1, celsius('A', 5)),
  pid(0x06, 'Short-term fuel trim, bank 1', 1, trim('A', 11)),
  pid(0x07, 'Long-term fuel trim, bank 1', 1, trim('A', 12)),
  pid(0x0b, 'Intake manifold absolute pressure', 1, field('A', 9)),
  pid(0x0c, 'Engine speed', 2, field('AB', 2, 1, 4)),
  pid(0x0d, 'Vehicle speed', 1, field('A', 1)),
  pid(0x0e, 'Timing advance', 1, field('A', 10, 1, 2, -64)),
  pid(0x0f, 'Intake air temperature', 1, celsius('A', 6)),
  pid(0x10, 'Mass air flow', 2, field('AB', 7, 1, 100)),
  pid(0x11, 'Absolute throttle position', 1, percent('A', 8)),
  pid(0x1f, 'Time since engine start', 2, field('AB', 15)),
];

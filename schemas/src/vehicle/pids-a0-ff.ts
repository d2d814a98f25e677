import { bit, field, type Pid, percent, pid, plain } from './pid.ts';

const ODOMETER = [1, 10, 0] as const;

/** Service 01, PIDs A1 to FF. */
// biome-ignore format: a table reads by columns
export const PIDS_A0_FF: readonly Pid[] = [
  pid(0xa1, 'NOx with corrections', 9, [
    plain('B-C', 302, bit(0)), plain('D-E', 303, bit(1)),
    plain('F-G', 304, bit(2)), plain('H-I', 305, bit(3)),
  ], 'Layout and scale of PID 83.'),
  pid(0xa2, 'Cylinder fuel rate', 2, [field('A-B', 118, [1, 32, 0])]),
  pid(0xa4, 'Gear', 4, [plain('B7-4', 119, bit(0)), field('C-D', 120, [1, 1000, 0], bit(1))]),
  pid(0xa5, 'Reagent dosing', 4, [field('B', 351, [1, 2, 0], bit(0))],
    'Bytes C and D count the reagent of this drive cycle; no two sources give their scale.'),
  pid(0xa6, 'Odometer', 4, [field('A-D', 21, ODOMETER)]),
  pid(0xaa, 'Speed limit', 1, [plain('A', 52)]),
  pid(0xb2, 'Traction battery health', 1, [percent('A', 176)]),
  pid(0xd2, 'Certified energy and range', 3, [percent('B', 177, bit(0)), percent('C', 178, bit(1))]),
  pid(0xd3, 'Engine odometer', 4, [field('A-D', 53, ODOMETER)]),
];

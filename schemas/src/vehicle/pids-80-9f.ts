import { bit, bytesAt, celsius, celsiusWide, field, type Pid, percent, pid, plain } from './pid.ts';

const HUNDREDTH = [1, 100, 0] as const;
const FINE = [1, 32, 0] as const;
const CONCENTRATION = [100, 65_535, 0] as const;
const LAMBDA_WIDE = [1, 8_192, 0] as const;
const EDITIONS = 'Newer editions give each device two timers (41 bytes), older ones one (21 bytes).';

/** Five devices with two timers each; a device's support bit stands for both. */
const runTimes = (number: number, first: number): Pid =>
  pid(
    number,
    `Run times of devices ${first} to ${first + 4}`,
    41,
    Array.from({ length: 10 }, (_, i) =>
      plain(bytesAt(1 + 4 * i, 4), 398 + 2 * first + i, bit(Math.floor(i / 2))),
    ),
    EDITIONS,
  );

/** Oxygen concentration and lambda of two sensors of each bank, `sensor` and the next. */
const concentrations = (number: number, sensor: number): Pid =>
  pid(
    number,
    `Oxygen concentration, sensors ${sensor} and ${sensor + 1}`,
    17,
    [0, 1, 4, 5].flatMap((at, i) => [
      field(bytesAt(1 + 2 * i, 2), 328 + sensor + at, CONCENTRATION, bit(i)),
      field(bytesAt(9 + 2 * i, 2), 336 + sensor + at, LAMBDA_WIDE, bit(4 + i)),
    ]),
    'Published as 0.001526 % a step, which is 100 % over 65535; one list has a tenth of it.',
  );

const exhaustTemperatures = (number: number, first: number): Pid =>
  pid(
    number,
    'Exhaust gas temperatures, sensors 5 to 8',
    9,
    [0, 1, 2, 3].map((i) => celsiusWide(bytesAt(1 + 2 * i, 2), first + i, bit(i))),
  );

/** Service 01, PIDs 81 to 9F. */
// biome-ignore format: a table reads by columns
export const PIDS_80_9F: readonly Pid[] = [
  runTimes(0x81, 1),
  runTimes(0x82, 6),
  pid(0x83, 'NOx', 9, [
    plain('B-C', 298, bit(0)), plain('D-E', 299, bit(1)),
    plain('F-G', 300, bit(2)), plain('H-I', 301, bit(3)),
  ], 'Steps of 1 ppm by two lists, one a manufacturer’s own; a third says 0.1 ppm.'),
  pid(0x84, 'Manifold surface temperature', 1, [celsius('A', 126)]),
  pid(0x85, 'Reagent system', 10, [
    field('B-C', 306, [1, 200, 0], bit(0)), field('D-E', 307, [1, 200, 0], bit(1)),
    percent('F', 308, bit(2)), plain('G-J', 309, bit(3)),
  ]),
  pid(0x86, 'Soot', 5, [field('B-C', 310, [1, 80, 0], bit(0)), field('D-E', 311, [1, 80, 0], bit(1))]),
  pid(0x87, 'Intake manifold absolute pressure A and B', 5, [
    field('B-C', 234, FINE, bit(0)), field('D-E', 235, FINE, bit(1)),
  ]),
  pid(0x88, 'Inducement system', 13, [
    plain('A', 312), plain('B3-0', 313), plain('B7-4', 314), plain('C3-0', 315), plain('C7-4', 316),
    plain('D-E', 317), plain('F-G', 318), plain('H-I', 319), plain('J-K', 320), plain('L-M', 321),
  ]),
  runTimes(0x89, 11),
  runTimes(0x8a, 16),
  pid(0x8b, 'Diesel aftertreatment', 7, [
    plain('B0', 322, bit(0)), plain('B1', 323, bit(1)), plain('B2', 324, bit(2)), plain('B3', 325, bit(3)),
    percent('C', 326, bit(4)), plain('D-E', 327, bit(5)), plain('F-G', 328, bit(6)),
  ], 'The average time is in minutes by a manufacturer’s own list; another shows it in hours.'),
  concentrations(0x8c, 1),
  pid(0x8d, 'Absolute throttle position G', 1, [percent('A', 80)]),
  pid(0x8e, 'Friction torque', 1, [field('A', 104, [1, 1, -125])]),
  pid(0x8f, 'Particulate sensors', 7, [
    plain('B0', 345, bit(0)),
    plain('B1', 346, bit(0)), field('C-D', 347, HUNDREDTH, { signed: true, ...bit(1) }),
    plain('E0', 348, bit(2)),
    plain('E1', 349, bit(2)), field('F-G', 350, HUNDREDTH, { signed: true, ...bit(3) }),
  ]),
  pid(0x90, 'Vehicle lamp', 3, [plain('A1-0', 355), plain('A5-2', 356), plain('A6', 357), plain('B-C', 358)]),
  pid(0x91, 'Control unit lamp', 5, [plain('A3-0', 359), plain('B-C', 360), plain('D-E', 361)]),
  pid(0x92, 'Fuel system control', 2,
    Array.from({ length: 8 }, (_, i) => plain(`B${i}`, 362 + i, bit(i)))),
  pid(0x93, 'Cumulative lamp hours', 3, [plain('B-C', 370, bit(0))]),
  pid(0x94, 'NOx warning and inducement', 12, [
    plain('B0', 371, bit(0)), plain('B2-1', 372, bit(0)),
    plain('B4-3', 373, bit(0)), plain('B6-5', 374, bit(0)),
    plain('C-D', 375, bit(1)), plain('E-F', 376, bit(2)), plain('G-H', 377, bit(3)),
    plain('I-J', 378, bit(4)), plain('K-L', 379, bit(5)),
  ]),
  exhaustTemperatures(0x98, 274),
  exhaustTemperatures(0x99, 282),
  pid(0x9a, 'Hybrid battery', 6, [
    plain('B0', 174, bit(0)), plain('B2-1', 175, bit(3)),
    field('C-D', 172, [1, 64, 0], bit(1)), field('E-F', 484, [1, 10, 0], { signed: true, ...bit(2) }),
  ], 'States in byte B (one list: A); current two’s complement (one list: offset by 3276.8 A), its sign unsaid.'),
  pid(0x9b, 'Reagent quality', 4, [
    field('B', 352, [1, 4, 0], bit(1)), celsius('C', 353, bit(2)), percent('D', 354, bit(3)),
  ], 'Support bits by the order of the fields, with the kind of fluid first; only the bytes are published.'),
  concentrations(0x9c, 3),
  pid(0x9d, 'Fuel rates by mass', 4, [field('A-B', 115, [1, 50, 0]), field('C-D', 116, [1, 50, 0])]),
  pid(0x9e, 'Exhaust flow rate', 2, [field('A-B', 117, [1, 5, 0])]),
  pid(0x9f, 'Use of fuel systems', 9,
    Array.from({ length: 8 }, (_, i) => percent(bytesAt(1 + i, 1), 179 + i, bit(i)))),
];

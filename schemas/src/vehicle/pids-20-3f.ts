import { celsiusWide, field, type Pid, percent, pid, plain, trim } from './pid.ts';

const RESCALED =
  'Full scale is another where PID 4F says so; see rescaledPids. Sources differ in 65535 or 65536.';
const LAMBDA = [2, 65_536, 0] as const;

/** Service 01, PIDs 21 to 3F. */
// biome-ignore format: a table reads by columns
export const PIDS_20_3F: readonly Pid[] = [
  pid(0x21, 'Distance with the lamp on', 2, [plain('A-B', 47)]),
  pid(0x22, 'Fuel rail pressure above the manifold', 2, [field('A-B', 63, [79, 1000, 0])]),
  pid(0x23, 'Fuel rail gauge pressure', 2, [field('A-B', 64, [10, 1, 0])]),
  ...Array.from({ length: 8 }, (_, i) =>
    pid(0x24 + i, `Wide-range oxygen sensor ${i + 1}, voltage`, 4, [
      field('A-B', 144 + 3 * i, LAMBDA), field('C-D', 145 + 3 * i, [8, 65_536, 0]),
    ], RESCALED),
  ),
  pid(0x2c, 'Commanded EGR', 1, [percent('A', 66)]),
  pid(0x2d, 'EGR error', 1, [trim('A', 67)]),
  pid(0x2e, 'Commanded evaporative purge', 1, [percent('A', 68)]),
  pid(0x2f, 'Fuel tank level', 1, [percent('A', 14)]),
  pid(0x30, 'Warm-ups since codes were cleared', 1, [plain('A', 49)]),
  pid(0x31, 'Distance since codes were cleared', 2, [plain('A-B', 48)]),
  pid(0x32, 'Fuel vapour pressure', 2, [field('A-B', 69, [1, 4, 0], { signed: true,
    note: 'Two’s complement over both bytes; to extend the sign of each byte is a known mistake.' })]),
  pid(0x33, 'Barometric pressure', 1, [plain('A', 16)]),
  ...Array.from({ length: 8 }, (_, i) =>
    pid(0x34 + i, `Wide-range oxygen sensor ${i + 1}, current`, 4, [
      field('A-B', 144 + 3 * i, LAMBDA), field('C-D', 146 + 3 * i, [1, 256, -128]),
    ], RESCALED),
  ),
  pid(0x3c, 'Catalyst temperature, bank 1, sensor 1', 2, [celsiusWide('A-B', 168)]),
  pid(0x3d, 'Catalyst temperature, bank 2, sensor 1', 2, [celsiusWide('A-B', 170)]),
  pid(0x3e, 'Catalyst temperature, bank 1, sensor 2', 2, [celsiusWide('A-B', 169)]),
  pid(0x3f, 'Catalyst temperature, bank 2, sensor 2', 2, [celsiusWide('A-B', 171)]),
];

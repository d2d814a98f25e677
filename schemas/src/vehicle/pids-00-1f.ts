import { celsius, field, type Pid, percent, pid, plain, trim } from './pid.ts';

const BANKS = 'The second byte (bank 3 or 4) is sent only by vehicles with more than two banks.';
const RESCALED = 'Full scale is another where PID 4F or 50 says so; see rescaledPids.';
const NOT_IN_TRIM = { nulls: [0xff] };

/** Service 01, PIDs 01 to 1F. */
// biome-ignore format: a table reads by columns
export const PIDS_00_1F: readonly Pid[] = [
  pid(0x01, 'Monitor status since codes were cleared', 4, [
    plain('A7', 24), plain('A6-0', 25), plain('B3', 26),
    plain('B2-0', 27), plain('B6-4', 28), plain('C', 29), plain('D', 30),
  ]),
  pid(0x02, 'Trouble code of the freeze frame', 2, [plain('A-B', 36)]),
  pid(0x03, 'Fuel system status', 2, [plain('A', 37), plain('B', 38)]),
  pid(0x04, 'Calculated engine load', 1, [percent('A', 4)]),
  pid(0x05, 'Engine coolant temperature', 1, [celsius('A', 5)]),
  pid(0x06, 'Short-term fuel trim, banks 1 and 3', [1, 2], [trim('A', 11), trim('B', 56)], BANKS),
  pid(0x07, 'Long-term fuel trim, banks 1 and 3', [1, 2], [trim('A', 12), trim('B', 57)], BANKS),
  pid(0x08, 'Short-term fuel trim, banks 2 and 4', [1, 2], [trim('A', 58), trim('B', 59)], BANKS),
  pid(0x09, 'Long-term fuel trim, banks 2 and 4', [1, 2], [trim('A', 60), trim('B', 61)], BANKS),
  pid(0x0a, 'Fuel pressure', 1, [field('A', 62, [3, 1, 0])]),
  pid(0x0b, 'Intake manifold absolute pressure', 1, [plain('A', 9)], RESCALED),
  pid(0x0c, 'Engine speed', 2, [field('A-B', 2, [1, 4, 0])]),
  pid(0x0d, 'Vehicle speed', 1, [plain('A', 1)],
    'One list takes 255 for “no value”; the standard does not, so 255 km/h stays a value.'),
  pid(0x0e, 'Timing advance', 1, [field('A', 10, [1, 2, -64])]),
  pid(0x0f, 'Intake air temperature', 1, [celsius('A', 6)]),
  pid(0x10, 'Mass air flow', 2, [field('A-B', 7, [1, 100, 0])], RESCALED),
  pid(0x11, 'Absolute throttle position', 1, [percent('A', 8)]),
  pid(0x12, 'Commanded secondary air', 1, [plain('A', 39)]),
  pid(0x13, 'Oxygen sensors in two banks', 1, [plain('A', 40)]),
  ...Array.from({ length: 8 }, (_, i) =>
    pid(0x14 + i, `Oxygen sensor ${i + 1}`, 2, [
      field('A', 128 + 2 * i, [1, 200, 0]), trim('B', 129 + 2 * i, NOT_IN_TRIM),
    ]),
  ),
  pid(0x1c, 'Regulation', 1, [plain('A', 42)]),
  pid(0x1d, 'Oxygen sensors in four banks', 1, [plain('A', 41)]),
  pid(0x1e, 'Auxiliary input', 1, [plain('A0', 43)]),
  pid(0x1f, 'Time since engine start', 2, [plain('A-B', 15)]),
];

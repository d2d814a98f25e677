import { celsius, field, type Pid, percent, pid, plain, trim } from './pid.ts';

const BANKS = 'The second byte (bank 3 or 4) is sent only by vehicles with more than two banks.';
const RESCALED =
  'Full scale is another where PID 4F says so; see rescaledPids. Sources differ in 65535 or 65536.';

/** Service 01, PIDs 41 to 5F. */
// biome-ignore format: a table reads by columns
export const PIDS_40_5F: readonly Pid[] = [
  pid(0x41, 'Monitor status of this drive cycle', 4, [
    plain('B3', 31), plain('B2-0', 32), plain('B6-4', 33), plain('C', 34), plain('D', 35),
  ], 'Byte A is reserved here and 0.'),
  pid(0x42, 'Control module voltage', 2, [field('A-B', 18, [1, 1000, 0])]),
  pid(0x43, 'Absolute load', 2, [field('A-B', 19, [100, 255, 0])]),
  pid(0x44, 'Commanded equivalence ratio', 2, [field('A-B', 22, [2, 65_536, 0])], RESCALED),
  pid(0x45, 'Relative throttle position', 1, [percent('A', 72)]),
  pid(0x46, 'Ambient air temperature', 1, [celsius('A', 17)]),
  pid(0x47, 'Absolute throttle position B', 1, [percent('A', 73)]),
  pid(0x48, 'Absolute throttle position C', 1, [percent('A', 74)]),
  pid(0x49, 'Accelerator pedal position D', 1, [percent('A', 75)]),
  pid(0x4a, 'Accelerator pedal position E', 1, [percent('A', 76)]),
  pid(0x4b, 'Accelerator pedal position F', 1, [percent('A', 77)]),
  pid(0x4c, 'Commanded throttle actuator', 1, [percent('A', 78)]),
  pid(0x4d, 'Run time with the lamp on', 2, [plain('A-B', 50)]),
  pid(0x4e, 'Run time since codes were cleared', 2, [plain('A-B', 51)]),
  pid(0x4f, 'Full scales', 4, [
    plain('A', 91), plain('B', 92), plain('C', 93), field('D', 94, [10, 1, 0]),
  ]),
  pid(0x50, 'Full scale of mass air flow', 4, [field('A', 95, [10, 1, 0])], 'Bytes B to D are reserved.'),
  pid(0x51, 'Fuel type', 1, [plain('A', 44)]),
  pid(0x52, 'Alcohol in the fuel', 1, [percent('A', 81)]),
  pid(0x53, 'Fuel vapour absolute pressure', 2, [field('A-B', 70, [1, 200, 0])]),
  pid(0x54, 'Fuel vapour pressure, wide range', 2, [plain('A-B', 71, { signed: true,
    note: 'Two’s complement in newer lists; others say AB − 32767 or AB − 32768.' })]),
  pid(0x55, 'Short-term secondary oxygen trim, banks 1 and 3', [1, 2], [trim('A', 83), trim('B', 84)], BANKS),
  pid(0x56, 'Long-term secondary oxygen trim, banks 1 and 3', [1, 2], [trim('A', 85), trim('B', 86)], BANKS),
  pid(0x57, 'Short-term secondary oxygen trim, banks 2 and 4', [1, 2], [trim('A', 87), trim('B', 88)], BANKS),
  pid(0x58, 'Long-term secondary oxygen trim, banks 2 and 4', [1, 2], [trim('A', 89), trim('B', 90)], BANKS),
  pid(0x59, 'Fuel rail absolute pressure', 2, [field('A-B', 65, [10, 1, 0])]),
  pid(0x5a, 'Relative accelerator pedal position', 1, [percent('A', 79)]),
  pid(0x5b, 'Hybrid battery charge', 1, [percent('A', 23)]),
  pid(0x5c, 'Engine oil temperature', 1, [celsius('A', 20)],
    'Some lists end at 210 °C; one byte ends at 215.'),
  pid(0x5d, 'Fuel injection timing', 2, [field('A-B', 82, [1, 128, -210])]),
  pid(0x5e, 'Engine fuel rate', 2, [field('A-B', 13, [1, 20, 0])],
    'Some lists end at 3212.75; two bytes end at 3276.75.'),
  pid(0x5f, 'Emission requirements', 1, [plain('A', 45)]),
];

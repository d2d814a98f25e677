import {
  bit,
  bitNot,
  celsius,
  celsiusWide,
  field,
  type Pid,
  percent,
  pid,
  plain,
  torque,
  trim,
} from './pid.ts';

const RAIL = [10, 1, 0] as const;
const FINE = [1, 32, 0] as const;
const HUNDREDTH = [1, 100, 0] as const;
const TWO_SCALES =
  'One byte in two scales, told apart by the support bits; both bits set is believed in neither.';

/** Service 01, PIDs 61 to 7F. From 65 on byte A says which of the fields are there. */
// biome-ignore format: a table reads by columns
export const PIDS_60_7F: readonly Pid[] = [
  pid(0x61, 'Torque demanded by the driver', 1, [torque('A', 96)]),
  pid(0x62, 'Actual torque', 1, [torque('A', 97)]),
  pid(0x63, 'Reference torque', 2, [plain('A-B', 98)]),
  pid(0x64, 'Torque points', 5, ['A', 'B', 'C', 'D', 'E'].map((place, i) => torque(place, 99 + i))),
  pid(0x65, 'Auxiliary inputs and outputs', 2, [
    plain('B0', 121, bit(0)), plain('B1', 122, bit(1)), plain('B2', 123, bit(2)), plain('B3', 124, bit(3)),
    plain('B7-4', 125, bit(4)),
  ]),
  pid(0x66, 'Mass air flow A and B', 5, [field('B-C', 105, FINE, bit(0)), field('D-E', 106, FINE, bit(1))]),
  pid(0x67, 'Engine coolant temperature 1 and 2', 3, [celsius('B', 107, bit(0)), celsius('C', 108, bit(1))]),
  pid(0x68, 'Intake air temperatures', 7, [
    celsius('B', 109, bit(0)), celsius('C', 110, bit(1)), celsius('D', 111, bit(2)),
    celsius('E', 112, bit(3)), celsius('F', 113, bit(4)), celsius('G', 114, bit(5)),
  ], 'Three bytes in some lists; seven in those that name all six sensors.'),
  pid(0x69, 'EGR A and B', 7, [
    percent('B', 256, bit(0)), percent('C', 257, bit(1)), trim('D', 258, bit(2)),
    percent('E', 259, bit(3)), percent('F', 260, bit(4)), trim('G', 261, bit(5)),
  ]),
  pid(0x6a, 'Intake air flow A and B', 5, [
    percent('B', 238, bit(0)), percent('C', 239, bit(1)),
    percent('D', 240, bit(2)), percent('E', 241, bit(3)),
  ]),
  pid(0x6b, 'EGR temperatures', 5, [
    celsius('B', 262, bitNot(0, 4)), celsius('C', 263, bitNot(1, 5)),
    celsius('D', 264, bitNot(2, 6)), celsius('E', 265, bitNot(3, 7)),
    ...['B', 'C', 'D', 'E'].map((place, i) => field(place, 266 + i, [4, 1, -40], bitNot(4 + i, i))),
  ], TWO_SCALES),
  pid(0x6c, 'Throttle A and B', 5, [
    percent('B', 242, bit(0)), percent('C', 243, bit(1)),
    percent('D', 244, bit(2)), percent('E', 245, bit(3)),
  ]),
  pid(0x6d, 'Fuel rail A and B', 11, [
    field('B-C', 246, RAIL, bit(0)), field('D-E', 247, RAIL, bit(1)), celsius('F', 248, bit(2)),
    field('G-H', 249, RAIL, bit(3)), field('I-J', 250, RAIL, bit(4)), celsius('K', 251, bit(5)),
  ]),
  pid(0x6e, 'Injection control pressure A and B', 9, [
    field('B-C', 252, RAIL, bit(0)), field('D-E', 253, RAIL, bit(1)),
    field('F-G', 254, RAIL, bit(2)), field('H-I', 255, RAIL, bit(3)),
  ]),
  pid(0x6f, 'Compressor inlet pressure A and B', 3, [
    plain('B', 216, bitNot(0, 2)), plain('C', 218, bitNot(1, 3)),
    field('B', 217, [8, 1, 0], bitNot(2, 0)), field('C', 219, [8, 1, 0], bitNot(3, 1)),
  ], TWO_SCALES),
  pid(0x70, 'Boost pressure A and B', 10, [
    field('B-C', 200, FINE, bit(0)), field('D-E', 201, FINE, bit(1)), plain('J1-0', 202, bit(2)),
    field('F-G', 203, FINE, bit(3)), field('H-I', 204, FINE, bit(4)), plain('J3-2', 205, bit(5)),
  ]),
  pid(0x71, 'Vane position A and B', 6, [
    percent('B', 206, bit(0)), percent('C', 207, bit(1)), plain('F1-0', 208, bit(2)),
    percent('D', 209, bit(3)), percent('E', 210, bit(4)), plain('F3-2', 211, bit(5)),
  ]),
  pid(0x72, 'Wastegate A and B', 5, [
    percent('B', 212, bit(0)), percent('C', 213, bit(1)),
    percent('D', 214, bit(2)), percent('E', 215, bit(3)),
  ]),
  pid(0x73, 'Exhaust pressure', 5, [
    field('B-C', 236, HUNDREDTH, bit(0)), field('D-E', 237, HUNDREDTH, bit(1)),
  ]),
  pid(0x74, 'Turbocharger speed A and B', 5, [
    field('B-C', 220, RAIL, bit(0)), field('D-E', 221, RAIL, bit(1)),
  ], 'Steps of 10 rpm; one list says a tenth.'),
  ...[0, 1].map((i) => pid(0x75 + i, `Turbocharger ${'AB'.charAt(i)} temperatures`, 7, [
    celsius('B', 222 + 4 * i, bit(0)), celsius('C', 223 + 4 * i, bit(1)),
    celsiusWide('D-E', 224 + 4 * i, bit(2)), celsiusWide('F-G', 225 + 4 * i, bit(3)),
  ])),
  pid(0x77, 'Charge air cooler temperatures', 5, [
    celsius('B', 230, bit(0)), celsius('C', 231, bit(1)),
    celsius('D', 232, bit(2)), celsius('E', 233, bit(3)),
  ]),
  ...[0, 1].map((i) => pid(0x78 + i, `Exhaust gas temperatures, bank ${i + 1}`, 9, [
    celsiusWide('B-C', 270 + 8 * i, bit(0)), celsiusWide('D-E', 271 + 8 * i, bit(1)),
    celsiusWide('F-G', 272 + 8 * i, bit(2)), celsiusWide('H-I', 273 + 8 * i, bit(3)),
  ])),
  ...[0, 1].map((i) => pid(0x7a + i, `Particulate filter pressures, bank ${i + 1}`, 7, [
    field('B-C', 286 + 3 * i, HUNDREDTH, { signed: true, ...bit(0) }),
    field('D-E', 287 + 3 * i, HUNDREDTH, bit(1)), field('F-G', 288 + 3 * i, HUNDREDTH, bit(2)),
  ])),
  pid(0x7c, 'Particulate filter temperatures', 9, [
    celsiusWide('B-C', 292, bit(0)), celsiusWide('D-E', 293, bit(1)),
    celsiusWide('F-G', 294, bit(2)), celsiusWide('H-I', 295, bit(3)),
  ]),
  pid(0x7d, 'NOx control area', 1, [plain('A', 296)]),
  pid(0x7e, 'Particulate control area', 1, [plain('A', 297)]),
  pid(0x7f, 'Engine run times', 13, [
    plain('B-E', 380, bit(0)), plain('F-I', 381, bit(1)), plain('J-M', 382, bit(2)),
  ]),
];

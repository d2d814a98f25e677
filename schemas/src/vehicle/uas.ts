/** A unit-and-scaling identifier (SAE J1979, annex E): how a test of service 06 writes its 16-bit numbers. */
export interface UnitAndScaling {
  readonly id: number;
  /** Two's complement; true for all from 80 on. */
  readonly signed: boolean;
  /** value = raw × mul ÷ div + add, in `unit`, written with `decimals` digits. */
  readonly mul: number;
  readonly div: number;
  readonly add: number;
  readonly decimals: number;
  /** Empty for a plain number. */
  readonly unit: string;
}

type Row = readonly [id: number, mul: number, div: number, decimals: number, unit: string, add?: number];

/**
 * The identifiers below 80. Where the standard prints a rounded step the exact fraction stands here: 0.0000305 is
 * 1 ÷ 32768, 0.122 mV is 8000 ÷ 65536 mV, 0.001526 % is 100 ÷ 65535 %.
 */
// biome-ignore format: a table reads by columns
const UNSIGNED: readonly Row[] = [
  [0x01, 1, 1, 0, ''], [0x02, 1, 10, 1, ''], [0x03, 1, 100, 2, ''], [0x04, 1, 1_000, 3, ''],
  [0x05, 1, 32_768, 5, ''], [0x06, 10, 32_768, 4, ''], [0x07, 1, 4, 2, 'rpm'], [0x08, 1, 100, 2, 'km/h'],
  [0x09, 1, 1, 0, 'km/h'], [0x0a, 8_000, 65_536, 2, 'mV'], [0x0b, 1, 1_000, 3, 'V'], [0x0c, 1, 100, 2, 'V'],
  [0x0d, 1, 256, 4, 'mA'], [0x0e, 1, 1_000, 3, 'A'], [0x0f, 1, 100, 2, 'A'], [0x10, 1, 1, 0, 'ms'],
  [0x11, 100, 1, 0, 'ms'], [0x12, 1, 1, 0, 's'], [0x13, 1, 1, 0, 'mOhm'], [0x14, 1, 1, 0, 'Ohm'],
  [0x15, 1, 1, 0, 'kOhm'], [0x16, 1, 10, 1, 'celsius', -40], [0x17, 1, 100, 2, 'kPa'],
  [0x18, 117, 10_000, 4, 'kPa'], [0x19, 79, 1_000, 3, 'kPa'], [0x1a, 1, 1, 0, 'kPa'], [0x1b, 10, 1, 0, 'kPa'],
  [0x1c, 1, 100, 2, 'degrees'], [0x1d, 1, 2, 1, 'degrees'], [0x1e, 1, 32_768, 5, 'lambda'],
  [0x1f, 1, 20, 2, 'air-fuel'], [0x20, 1, 256, 4, ''], [0x21, 1, 1, 0, 'mHz'], [0x22, 1, 1, 0, 'Hz'],
  [0x23, 1, 1, 0, 'kHz'], [0x24, 1, 1, 0, 'counts'], [0x25, 1, 1, 0, 'km'], [0x26, 1, 10, 1, 'mV/ms'],
  [0x27, 1, 100, 2, 'g/s'], [0x28, 1, 1, 0, 'g/s'], [0x29, 1, 4, 2, 'Pa/s'], [0x2a, 1, 1_000, 3, 'kg/h'],
  [0x2b, 1, 1, 0, 'switches'], [0x2c, 1, 100, 2, 'g/cylinder'], [0x2d, 1, 100, 2, 'mg/stroke'],
  [0x2e, 1, 1, 0, 'flag'], [0x2f, 1, 100, 2, 'percent'], [0x30, 100, 65_535, 3, 'percent'],
  [0x31, 1, 1_000, 3, 'l'], [0x32, 1, 32_768, 5, 'inch'], [0x33, 1, 4_096, 4, 'lambda'], [0x34, 1, 1, 0, 'min'],
  [0x35, 10, 1, 0, 'ms'], [0x36, 1, 100, 2, 'g'], [0x37, 1, 10, 1, 'g'], [0x38, 1, 1, 0, 'g'],
  [0x39, 1, 100, 2, 'percent', -327.68], [0x3a, 1, 1_000, 3, 'g'], [0x3b, 1, 10_000, 4, 'g'],
  [0x3c, 1, 10, 1, 'us'], [0x3d, 1, 100, 2, 'mA'], [0x3e, 1, 16_384, 5, 'mm^2'], [0x3f, 1, 100, 2, 'l'],
  [0x40, 1, 1, 0, 'ppm'], [0x41, 1, 100, 2, 'uA'],
];

/** The identifiers from 80 on: in two's complement. */
// biome-ignore format: a table reads by columns
const SIGNED: readonly Row[] = [
  [0x81, 1, 1, 0, ''], [0x82, 1, 10, 1, ''], [0x83, 1, 100, 2, ''], [0x84, 1, 1_000, 3, ''],
  [0x85, 1, 32_768, 5, ''], [0x86, 10, 32_768, 4, ''], [0x87, 1, 1, 0, 'ppm'],
  [0x8a, 8_000, 65_536, 2, 'mV'], [0x8b, 1, 1_000, 3, 'V'],
  [0x8c, 1, 100, 2, 'V'], [0x8d, 1, 256, 4, 'mA'], [0x8e, 1, 1_000, 3, 'A'], [0x90, 1, 1, 0, 'ms'],
  [0x96, 1, 10, 1, 'celsius'], [0x99, 1, 10, 1, 'kPa'], [0x9c, 1, 100, 2, 'degrees'], [0x9d, 1, 2, 1, 'degrees'],
  [0xa8, 1, 1, 0, 'g/s'], [0xa9, 1, 4, 2, 'Pa/s'],
  [0xad, 1, 100, 2, 'mg/stroke'], [0xae, 1, 10, 1, 'mg/stroke'], [0xaf, 1, 100, 2, 'percent'],
  [0xb0, 100, 32_767, 3, 'percent'], [0xb1, 2, 1, 0, 'mV/s'], [0xfc, 1, 100, 2, 'kPa'],
  [0xfd, 1, 1_000, 3, 'kPa'], [0xfe, 1, 4, 2, 'Pa'],
];

const read =
  (signed: boolean) =>
  ([id, mul, div, decimals, unit, add = 0]: Row): UnitAndScaling => ({
    id,
    signed,
    mul,
    div,
    add,
    decimals,
    unit,
  });

/** Every identifier that this table knows, ascending. What it does not know is shown as its raw number. */
export const UNITS_AND_SCALINGS: readonly UnitAndScaling[] = [
  ...UNSIGNED.map(read(false)),
  ...SIGNED.map(read(true)),
];

const BY_ID: ReadonlyMap<number, UnitAndScaling> = new Map(UNITS_AND_SCALINGS.map((row) => [row.id, row]));

export const unitAndScaling = (id: number): UnitAndScaling | undefined => BY_ID.get(id);

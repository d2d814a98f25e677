import { parseRatio, type Ratio, ratio, type Unit } from '@outpost/schemas/vehicle';

/** value in the signal's unit = value in the other × factor + offset, exactly. */
export interface Conversion {
  readonly factor: Ratio;
  readonly offset: Ratio;
}

type Row = readonly [unit: string, factor: string, offset?: string];

/**
 * Units that devices give their values in, by the unit of the signal. International foot, pound and mile (1959);
 * pound-force per square inch and inch of mercury to seven digits (NIST SP 811, appendix B).
 */
const ROWS: Partial<Record<Unit, readonly Row[]>> = {
  'km/h': [
    ['m/s', '3.6'],
    ['mph', '1.609344'],
    ['knots', '1.852'],
  ],
  percent: [['ratio', '100']],
  celsius: [
    ['fahrenheit', '5/9', '-160/9'],
    ['kelvin', '1', '-273.15'],
  ],
  kPa: [
    ['Pa', '0.001'],
    ['hPa', '0.1'],
    ['mbar', '0.1'],
    ['bar', '100'],
    ['psi', '6.894757'],
    ['inHg', '3.386389'],
  ],
  Pa: [
    ['hPa', '100'],
    ['mbar', '100'],
    ['kPa', '1000'],
    ['bar', '100000'],
    ['psi', '6894.757'],
    ['inHg', '3386.389'],
  ],
  V: [['mV', '0.001']],
  A: [['mA', '0.001']],
  mA: [['A', '1000']],
  W: [['kW', '1000']],
  kWh: [
    ['Wh', '0.001'],
    ['MWh', '1000'],
  ],
  s: [
    ['ms', '0.001'],
    ['min', '60'],
    ['h', '3600'],
  ],
  min: [
    ['s', '1/60'],
    ['h', '60'],
  ],
  h: [
    ['s', '1/3600'],
    ['min', '1/60'],
  ],
  km: [
    ['m', '0.001'],
    ['miles', '1.609344'],
  ],
  l: [
    ['ml', '0.001'],
    ['gallons', '3.785411784'],
  ],
  Hz: [['kHz', '1000']],
  'mg/m^3': [['ug/m^3', '0.001']],
  ratio: [['percent', '0.01']],
};

const IDENTITY: Conversion = { factor: ratio(1n), offset: ratio(0n) };

/** How values in a unit become values in the signal's; undefined where they cannot. */
export const conversionTo = (unit: Unit, from: string): Conversion | undefined => {
  if (unit === from) return IDENTITY;
  const [, factor, offset = '0'] = ROWS[unit]?.find(([name]) => name === from) ?? [];
  const [by, plus] = [parseRatio(factor ?? ''), parseRatio(offset)];
  return by === undefined || plus === undefined ? undefined : { factor: by, offset: plus };
};

/** Units that a signal of this unit can be given in. */
export const unitsFor = (unit: Unit): readonly string[] => [
  unit,
  ...(ROWS[unit] ?? []).map(([name]) => name),
];

import { CELSIUS_WIDE, family, type Signal, type Span, signal } from './signal.ts';

const VOLTAGE: Span = ['V', 4, 0, 7.999_88];
const CURRENT: Span = ['mA', 3, -128, 127.996];
const LAMBDA: Span = ['ratio', 5, 0, 1.999_97];
const LAMBDA_WIDE: Span = ['ratio', 4, 0, 7.999_88];
const CONCENTRATION: Span = ['percent', 3, 0, 100];
/** The top raw number means that the sensor takes no part in the trim. */
const SENSOR_TRIM: Span = ['percent', 2, -100, 98.437_5];

/** Concentration PIDs count by bank and sensor: 8C has sensors 1 and 2 of both banks, 9C has 3 and 4. */
const concentration = (bank: number, sensor: number): readonly Signal[] => {
  const at = 329 + 4 * (bank - 1) + (sensor - 1);
  const place = `Bank${bank}.Sensor${sensor}`;
  const words = `bank ${bank}, sensor ${sensor}`;
  return [
    signal(
      at,
      `ExhaustO2.${place}.Concentration`,
      CONCENTRATION,
      'medium',
      `Oxygen in the exhaust, ${words}.`,
    ),
    signal(at + 8, `ExhaustO2.${place}.Lambda`, LAMBDA_WIDE, 'medium', `Lambda, wide range, ${words}.`),
  ];
};

/**
 * Identifiers 128 to 171 and 329 to 344. Which bank and place a number from 1 to 8 means depends on whether
 * the control unit supports PID 13 (two banks of four) or 1D (four banks of two), so the names keep the
 * number.
 */
export const OXYGEN_SIGNALS: readonly Signal[] = [
  ...family(8, (n) => [
    signal(
      126 + 2 * n,
      `O2.Sensor${n}.Voltage`,
      ['V', 3, 0, 1.275],
      'medium',
      `Oxygen sensor ${n}, voltage.`,
    ),
    signal(
      127 + 2 * n,
      `O2.Sensor${n}.ShortTermFuelTrim`,
      SENSOR_TRIM,
      'medium',
      `Fuel trim by oxygen sensor ${n}.`,
    ),
  ]),
  ...family(8, (n) => [
    signal(141 + 3 * n, `O2WR.Sensor${n}.Lambda`, LAMBDA, 'medium', `Wide-range oxygen sensor ${n}, lambda.`),
    signal(
      142 + 3 * n,
      `O2WR.Sensor${n}.Voltage`,
      VOLTAGE,
      'medium',
      `Wide-range oxygen sensor ${n}, voltage.`,
    ),
    signal(
      143 + 3 * n,
      `O2WR.Sensor${n}.Current`,
      CURRENT,
      'medium',
      `Wide-range oxygen sensor ${n}, current.`,
    ),
  ]),
  ...family(2, (bank) =>
    family(2, (sensor) => [
      signal(
        165 + 2 * bank + sensor,
        `Catalyst.Bank${bank}.Temperature${sensor}`,
        CELSIUS_WIDE,
        'slow',
        `Catalyst temperature, bank ${bank}, sensor ${sensor}.`,
      ),
    ]),
  ),
  ...family(2, (bank) => family(4, (sensor) => concentration(bank, sensor))),
];

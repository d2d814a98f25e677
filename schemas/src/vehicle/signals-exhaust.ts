import { REGENERATION_TYPES } from './labels.ts';
import {
  BITS,
  BITS_4,
  CELSIUS,
  CELSIUS_WIDE,
  FLAG,
  family,
  KILOMETRES,
  PERCENT,
  SECONDS_LONG,
  type Signal,
  type Span,
  signal,
} from './signal.ts';

const PPM: Span = ['ppm', 0, 0, 65_535];
const PRESSURE: Span = ['kPa', 2, 0, 655.35];
const PRESSURE_DELTA: Span = ['kPa', 2, -327.68, 327.67];
const REAGENT_RATE: Span = ['l/h', 3, 0, 327.675];
const SENSOR_OUTPUT: Span = ['percent', 2, -327.68, 327.67];
const SOOT: Span = ['mg/m^3', 4, 0, 819.187_5];
const FLUID = 'Vehicle.Powertrain.CombustionEngine.DieselExhaustFluid';

// biome-ignore format: a table reads by columns
const oneOfEachBank = (bank: number): readonly Signal[] => [
  signal(283 + 3 * bank, `DPF.Bank${bank}.DeltaPressure`, PRESSURE_DELTA, 'medium',
    `Pressure across the particulate filter of bank ${bank}.`),
  signal(284 + 3 * bank, `DPF.Bank${bank}.InletPressure`, PRESSURE, 'medium',
    `Pressure before the particulate filter of bank ${bank}.`),
  signal(285 + 3 * bank, `DPF.Bank${bank}.OutletPressure`, PRESSURE, 'medium',
    `Pressure after the particulate filter of bank ${bank}.`),
  signal(290 + 2 * bank, `DPF.Bank${bank}.InletTemp`, CELSIUS_WIDE, 'slow',
    `Temperature before the particulate filter of bank ${bank}.`),
  signal(291 + 2 * bank, `DPF.Bank${bank}.OutletTemp`, CELSIUS_WIDE, 'slow',
    `Temperature after the particulate filter of bank ${bank}.`),
  signal(309 + bank, `ParticulateMass.Bank${bank}`, SOOT, 'medium', `Soot in the exhaust of bank ${bank}.`),
  signal(342 + 3 * bank, `ParticulateSensor.Bank${bank}.IsMeasuring`, FLAG, 'slow',
    `The particulate sensor of bank ${bank} measures.`),
  signal(343 + 3 * bank, `ParticulateSensor.Bank${bank}.IsRegenerating`, FLAG, 'slow',
    `The particulate sensor of bank ${bank} burns itself clean.`),
  signal(344 + 3 * bank, `ParticulateSensor.Bank${bank}.Output`, SENSOR_OUTPUT, 'slow',
    `Normalized output of the particulate sensor of bank ${bank}.`),
];

/** Identifiers 270 to 328 and 345 to 354: exhaust temperatures, filter, NOx, reagent. */
// biome-ignore format: a table reads by columns
export const EXHAUST_SIGNALS: readonly Signal[] = [
  ...family(2, (bank) => family(8, (n) => [
    signal(261 + 8 * bank + n, `EGT.Bank${bank}.Sensor${n}`, CELSIUS_WIDE, 'slow',
      `Exhaust gas temperature, bank ${bank}, sensor ${n}.`),
  ])),
  ...family(2, oneOfEachBank),
  signal(296, 'NOxControlArea', BITS, 'medium', 'Place relative to the not-to-exceed area for NOx.'),
  signal(297, 'ParticulateControlArea', BITS, 'medium', 'Place relative to the not-to-exceed area for soot.'),
  ...family(2, (bank) => family(2, (n) => [
    signal(295 + 2 * bank + n, `NOx.Bank${bank}.Sensor${n}`, PPM, 'medium',
      `NOx, bank ${bank}, sensor ${n}.`),
    signal(299 + 2 * bank + n, `NOxCorrected.Bank${bank}.Sensor${n}`, PPM, 'medium',
      `NOx with corrections, bank ${bank}, sensor ${n}.`),
  ])),
  signal(306, 'Reagent.ConsumptionRate', REAGENT_RATE, 'slow', 'Average reagent consumption.'),
  signal(307, 'Reagent.DemandedRate', REAGENT_RATE, 'slow', 'Average demanded reagent consumption.'),
  signal(308, 'Reagent.Level', PERCENT, 'minute', 'Reagent in its tank.'),
  signal(309, 'Reagent.WarningRunTime', SECONDS_LONG, 'minute',
    'Engine run time with the NOx warning active.'),
  signal(312, 'SCRInducement.State', BITS, 'minute',
    'Inducement active (bit 7) and its reasons (bits 0 to 3).'),
  signal(313, 'SCRInducement.History1', BITS_4, 'hour', 'Reasons in the current 10,000 km block.'),
  signal(314, 'SCRInducement.History2', BITS_4, 'hour', 'Reasons one block before.'),
  signal(315, 'SCRInducement.History3', BITS_4, 'hour', 'Reasons two blocks before.'),
  signal(316, 'SCRInducement.History4', BITS_4, 'hour', 'Reasons three blocks before.'),
  signal(317, 'SCRInducement.Distance1', KILOMETRES, 'hour',
    'Distance with inducement active, current block.'),
  signal(318, 'SCRInducement.BlockDistance', KILOMETRES, 'hour', 'Distance travelled in the current block.'),
  signal(319, 'SCRInducement.Distance2', KILOMETRES, 'hour',
    'Distance with inducement active, one block before.'),
  signal(320, 'SCRInducement.Distance3', KILOMETRES, 'hour',
    'Distance with inducement active, two blocks before.'),
  signal(321, 'SCRInducement.Distance4', KILOMETRES, 'hour',
    'Distance with inducement active, three blocks before.'),
  signal(322, 'Aftertreatment.IsRegenerating', FLAG, 'slow', 'The particulate filter is being burnt clean.'),
  signal(323, 'Aftertreatment.RegenerationType', ['code', 0, 0, 1], 'slow', 'How the filter is burnt clean.',
    REGENERATION_TYPES),
  signal(324, 'Aftertreatment.IsAdsorberRegenerating', FLAG, 'slow',
    'The NOx adsorber gives off what it holds.'),
  signal(325, 'Aftertreatment.IsDesulfurizing', FLAG, 'slow', 'The NOx adsorber is being freed of sulphur.'),
  signal(326, 'Aftertreatment.RegenerationTrigger', PERCENT, 'minute', 'How near the next regeneration is.'),
  signal(327, 'Aftertreatment.RegenerationInterval', ['min', 0, 0, 65_535], 'hour',
    'Average time between regenerations.'),
  signal(328, 'Aftertreatment.RegenerationDistance', KILOMETRES, 'hour',
    'Average distance between regenerations.'),
  signal(351, 'Reagent.CommandedDosing', ['percent', 1, 0, 127.5], 'medium', 'Commanded reagent dosing.'),
  signal(352, 'Reagent.Concentration', ['percent', 2, 0, 63.75], 'hour', 'Urea in the reagent.'),
  signal(353, 'Reagent.Temperature', CELSIUS, 'slow', 'Reagent temperature.'),
  signal(354, `${FLUID}.Level`, PERCENT, 'minute', 'Reagent in its tank, as its quality sensor sees it.'),
];

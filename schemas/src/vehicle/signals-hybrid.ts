import { CHARGING_STATES, CHARGING_STATES_ENHANCED } from './labels.ts';
import { CODE_2_BITS, family, PERCENT, type Signal, signal } from './signal.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';

/** Identifiers 172 to 186: traction battery, and which of two fuels each bank burns. */
// biome-ignore format: a table reads by columns
export const HYBRID_SIGNALS: readonly Signal[] = [
  signal(172, `${BATTERY}.CurrentVoltage`, ['V', 3, 0, 1_023.984_375], 'medium', 'Traction battery voltage.'),
  signal(173, `${BATTERY}.CurrentCurrent`, ['A', 1, -3_276.8, 3_276.7], 'medium',
    'Traction battery current, positive into the battery as VSS says.'),
  signal(174, 'HybridChargingState', ['code', 0, 0, 1], 'slow',
    'What the drive does with the charge.', CHARGING_STATES),
  signal(175, 'HybridChargingStateEnhanced', CODE_2_BITS, 'slow',
    'What the drive does with the charge, in three states.', CHARGING_STATES_ENHANCED),
  signal(176, `${BATTERY}.StateOfHealth`, PERCENT, 'hour', 'Traction battery health.'),
  signal(177, 'StateOfCertifiedEnergy', PERCENT, 'hour', 'Usable battery energy relative to certification.'),
  signal(178, 'StateOfCertifiedRange', PERCENT, 'hour', 'Electric range relative to certification.'),
  ...family(4, (bank) => [
    signal(177 + 2 * bank, `FuelSystemUse.Bank${bank}.A`, PERCENT, 'slow',
      `Share of fuel system A, bank ${bank}.`),
    signal(178 + 2 * bank, `FuelSystemUse.Bank${bank}.B`, PERCENT, 'slow',
      `Share of fuel system B, bank ${bank}.`),
  ]),
];

import { CHARGING_MODES } from './labels.ts';
import {
  CELSIUS_WIDE,
  CODE_4_BITS,
  FLAG,
  family,
  PERCENT,
  type Signal,
  type Span,
  signal,
} from './signal.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const CHARGING = `${BATTERY}.Charging`;
const CELL_VOLTS: Span = ['V', 4, 0, 6.5535];
const WATTS: Span = ['W', 0, -2_000_000, 2_000_000];
const LIMIT: Span = ['W', 0, 0, 2_000_000];
const CELSIUS_FINE: Span = ['celsius', 2, -60, 250];
const ENERGY: Span = ['kWh', 3, 0, 500];
const TOTAL_ENERGY: Span = ['kWh', 3, 0, 10_000_000];
const TOTAL_CHARGE: Span = ['Ah', 1, 0, 429_496_729.5];
const VOLTS: Span = ['V', 2, 0, 1_500];
const AMPERES: Span = ['A', 2, -1_000, 1_000];
const CELL: Span = ['count', 0, 0, 65_535];

/**
 * Identifiers 440 to 499: the traction battery and its charging, which only vehicle profiles can ask for.
 * Current and power are positive into the battery, as VSS says (charging, recuperation) and negative out of it.
 * The name `StateOfCharge.Current` (23) is what the battery management itself counts with.
 */
// biome-ignore format: a table reads by columns
export const BATTERY_SIGNALS: readonly Signal[] = [
  signal(440, `${BATTERY}.StateOfCharge.Displayed`, PERCENT, 'minute',
    'Charge left as the dashboard shows it, between the reserves that the driver cannot use.'),
  signal(441, `${BATTERY}.StateOfCharge.CurrentEnergy`, ENERGY, 'minute', 'Energy left in the traction battery.'),
  signal(442, `${BATTERY}.CurrentPower`, WATTS, 'medium',
    'Power into the traction battery, negative out of it.'),
  signal(443, `${BATTERY}.CellVoltage.Max`, CELL_VOLTS, 'slow', 'Voltage of the cell with the highest.'),
  signal(444, `${BATTERY}.CellVoltage.Min`, CELL_VOLTS, 'slow', 'Voltage of the cell with the lowest.'),
  signal(445, `${BATTERY}.CellVoltage.IdMax`, CELL, 'slow', 'Number of the cell with the highest voltage.'),
  signal(446, `${BATTERY}.CellVoltage.IdMin`, CELL, 'slow', 'Number of the cell with the lowest voltage.'),
  signal(447, `${BATTERY}.Temperature.Max`, CELSIUS_FINE, 'slow', 'Highest temperature in the traction battery.'),
  signal(448, `${BATTERY}.Temperature.Min`, CELSIUS_FINE, 'slow', 'Lowest temperature in the traction battery.'),
  signal(449, `${BATTERY}.Temperature.Average`, CELSIUS_FINE, 'slow',
    'Mean temperature of the traction battery.'),
  signal(450, `${BATTERY}.Temperature.Inlet`, CELSIUS_FINE, 'slow',
    'Temperature of the coolant or air that enters the traction battery.'),
  ...family(8, (n) => [
    signal(450 + n, `${BATTERY}.Temperature.Module${n}`, CELSIUS_FINE, 'slow',
      `Temperature of traction battery module ${n}.`),
  ]),
  signal(459, `${BATTERY}.Range`, ['km', 1, 0, 3_000], 'minute', 'Range on the traction battery alone.'),
  signal(460, `${BATTERY}.NetCapacity`, ENERGY, 'hour', 'Energy that a full traction battery gives.'),
  signal(461, `${BATTERY}.AccumulatedChargedEnergy`, TOTAL_ENERGY, 'minute',
    'Energy charged into the traction battery over its life.'),
  signal(462, `${BATTERY}.AccumulatedConsumedEnergy`, TOTAL_ENERGY, 'minute',
    'Energy taken from the traction battery over its life.'),
  signal(463, `${BATTERY}.AccumulatedChargedThroughput`, TOTAL_CHARGE, 'minute',
    'Charge put into the traction battery over its life.'),
  signal(464, `${BATTERY}.AccumulatedConsumedThroughput`, TOTAL_CHARGE, 'minute',
    'Charge taken from the traction battery over its life.'),
  signal(465, `${BATTERY}.ChargePowerLimit`, LIMIT, 'medium', 'Power that the battery now accepts.'),
  signal(466, `${BATTERY}.DischargePowerLimit`, LIMIT, 'medium', 'Power that the battery now gives.'),
  signal(467, `${CHARGING}.IsCharging`, FLAG, 'slow', 'The traction battery is being charged from outside.'),
  signal(468, `${CHARGING}.IsChargingCableConnected`, FLAG, 'slow', 'A charging cable of any kind is plugged in.'),
  signal(469, `${CHARGING}.IsACCableConnected`, FLAG, 'slow', 'A cable for alternating current is plugged in.'),
  signal(470, `${CHARGING}.IsDCCableConnected`, FLAG, 'slow', 'A cable for direct current is plugged in.'),
  signal(471, `${CHARGING}.Mode`, CODE_4_BITS, 'slow', 'Kind of charging that goes on.', CHARGING_MODES),
  signal(472, `${CHARGING}.ChargeLimit`, PERCENT, 'hour', 'State of charge that charging stops at.'),
  signal(473, `${CHARGING}.ChargeLimitAC`, PERCENT, 'hour',
    'State of charge that charging with alternating current stops at.'),
  signal(474, `${CHARGING}.ChargeLimitDC`, PERCENT, 'hour',
    'State of charge that charging with direct current stops at.'),
  signal(475, `${CHARGING}.Power`, LIMIT, 'slow', 'Power that charges the traction battery from outside.'),
  signal(476, `${CHARGING}.MaxPower`, LIMIT, 'slow', 'Power that the charging point and the vehicle agreed on.'),
  signal(477, `${CHARGING}.ChargeVoltage.AC`, VOLTS, 'slow', 'Voltage of the alternating current that charges.'),
  signal(478, `${CHARGING}.ChargeVoltage.DC`, VOLTS, 'slow', 'Voltage of the direct current that charges.'),
  signal(479, `${CHARGING}.ChargeCurrent.AC`, AMPERES, 'slow', 'Alternating current that charges.'),
  signal(480, `${CHARGING}.ChargeCurrent.DC`, AMPERES, 'slow', 'Direct current that charges.'),
  signal(481, `${CHARGING}.TimeToComplete`, ['min', 0, 0, 65_535], 'minute', 'Time until charging is done.'),
  signal(482, `${BATTERY}.DCDC.Temperature`, CELSIUS_WIDE, 'slow',
    'Temperature of the converter to the low voltage.'),
  signal(483, `${BATTERY}.IsContactorClosed`, FLAG, 'slow', 'The traction battery is joined to the vehicle.'),
  signal(484, 'HybridBatteryCurrent', ['A', 1, -3_276.8, 3_276.7], 'medium',
    'Traction battery current of PID 9A, which way is positive as the vehicle has it.'),
];

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const POWERTRAIN = 'Vehicle.Powertrain';
const LOW_VOLTAGE = 'Vehicle.LowVoltageBattery';
const wheel = (place: string): string => `Vehicle.Chassis.Axle.${place}.Tire`;

/** Our signal, and what a value in WiCAN's unit is multiplied by to be in ours. */
export type WicanSignal = readonly [name: string, factor: string];

const WHEELS = [
  ['FL', 'Row1.Wheel.Left'],
  ['FR', 'Row1.Wheel.Right'],
  ['RL', 'Row2.Wheel.Left'],
  ['RR', 'Row2.Wheel.Right'],
] as const;

/** WiCAN's canonical parameter names that have a signal of ours; units are those of its parameter list. */
export const WICAN_SIGNALS: ReadonlyMap<string, WicanSignal> = new Map<string, WicanSignal>([
  ['SOC', [`${BATTERY}.StateOfCharge.Current`, '1']],
  ['SOC_BMS', [`${BATTERY}.StateOfCharge.Current`, '1']],
  ['SOC_D', [`${BATTERY}.StateOfCharge.Displayed`, '1']],
  ['SOH', [`${BATTERY}.StateOfHealth`, '1']],
  ['HV_V', [`${BATTERY}.CurrentVoltage`, '1']],
  ['HV_C_V_MAX', [`${BATTERY}.CellVoltage.Max`, '1']],
  ['HV_C_V_MIN', [`${BATTERY}.CellVoltage.Min`, '1']],
  ['HV_C_V_MAX_NO', [`${BATTERY}.CellVoltage.IdMax`, '1']],
  ['HV_C_V_MIN_NO', [`${BATTERY}.CellVoltage.IdMin`, '1']],
  ['HV_T_MAX', [`${BATTERY}.Temperature.Max`, '1']],
  ['HV_T_MIN', [`${BATTERY}.Temperature.Min`, '1']],
  ['HV_T_A', [`${BATTERY}.Temperature.Average`, '1']],
  ['BATT_TEMP', [`${BATTERY}.Temperature.Average`, '1']],
  ['HV_T_I', [`${BATTERY}.Temperature.Inlet`, '1']],
  ...Array.from({ length: 8 }, (_, index): [string, WicanSignal] => [
    `HV_T_${index + 1}`,
    [`${BATTERY}.Temperature.Module${index + 1}`, '1'],
  ]),
  ['HV_CAPACITY_KWH', [`${BATTERY}.NetCapacity`, '1']],
  ['HV_CAPACITY_R', [`${BATTERY}.StateOfCharge.CurrentEnergy`, '1']],
  ['HV_KWH_R', [`${BATTERY}.StateOfCharge.CurrentEnergy`, '0.001']],
  ['KWH_CHARGED', [`${BATTERY}.AccumulatedChargedEnergy`, '1']],
  ['KWH_DISCHARGED', [`${BATTERY}.AccumulatedConsumedEnergy`, '1']],
  ['HV_AH_CHARGED', [`${BATTERY}.AccumulatedChargedThroughput`, '1']],
  ['HV_AH_DISCHARGED', [`${BATTERY}.AccumulatedConsumedThroughput`, '1']],
  ['HV_RELAY', [`${BATTERY}.IsContactorClosed`, '1']],
  ['RANGE', [`${BATTERY}.Range`, '1']],
  ['CHARGING', [`${BATTERY}.Charging.IsCharging`, '1']],
  ['CHARGER_CONNECTED', [`${BATTERY}.Charging.IsChargingCableConnected`, '1']],
  ['AC_PLUG', [`${BATTERY}.Charging.IsACCableConnected`, '1']],
  ['CHARGING_DC', [`${BATTERY}.Charging.IsDCCableConnected`, '1']],
  ['AC_C_A', [`${BATTERY}.Charging.ChargeCurrent.AC`, '1']],
  ['AC_C_V', [`${BATTERY}.Charging.ChargeVoltage.AC`, '1']],
  ['LV_V', [`${LOW_VOLTAGE}.VehicleVoltage`, '1']],
  ['LV_SOC', [`${LOW_VOLTAGE}.StateOfCharge`, '1']],
  ['ODOMETER', [`${POWERTRAIN}.Transmission.TravelledDistance`, '1']],
  ['ODOMETER_MI', [`${POWERTRAIN}.Transmission.TravelledDistance`, '1.609344']],
  ['SPEED', ['Vehicle.Speed', '1']],
  ['ENGINE_RPM', [`${POWERTRAIN}.CombustionEngine.Speed`, '1']],
  ['ENGINE_OIL_TEMP', [`${POWERTRAIN}.CombustionEngine.EOT`, '1']],
  ['COOLANT_TMP', [`${POWERTRAIN}.CombustionEngine.ECT`, '1']],
  ['TRAN_F_TEMP', [`${POWERTRAIN}.Transmission.Temperature`, '1']],
  ['FUEL', [`${POWERTRAIN}.FuelSystem.RelativeLevel`, '1']],
  ['FUEL_L', [`${POWERTRAIN}.FuelSystem.AbsoluteLevel`, '1']],
  ['OIL_LIFE', [`${POWERTRAIN}.CombustionEngine.OilLife`, '1']],
  ['DM_F_RPM', [`${POWERTRAIN}.ElectricMotor.Speed`, '1']],
  ['DM_R_RPM', [`${POWERTRAIN}.ElectricMotor.SpeedRear`, '1']],
  ['READY', [`${POWERTRAIN}.IsReadyToDrive`, '1']],
  ['PARK_BRAKE', ['Vehicle.Chassis.ParkingBrake.IsEngaged', '1']],
  ['CABIN_TEMPERATURE', ['Vehicle.Cabin.HVAC.AmbientAirTemperature', '1']],
  ['T_CAB', ['Vehicle.Cabin.HVAC.AmbientAirTemperature', '1']],
  ...WHEELS.flatMap(([corner, place]): [string, WicanSignal][] => [
    [`TYRE_P_${corner}`, [`${wheel(place)}.Pressure`, '6.894757']],
    [`TYRE_T_${corner}`, [`${wheel(place)}.Temperature`, '1']],
  ]),
]);

/** Names whose sign WiCAN does not define, so that one profile means out of the battery and another into it. */
export const WICAN_UNSIGNED_MEANING: ReadonlySet<string> = new Set(['HV_A', 'HV_W', 'LV_A', 'HV_AV']);

import { SIGNALS, type Signal, type Unit } from '@outpost/schemas/vehicle';

// The 116 names that DIMO decodes, as its default module knows them: the joined path of COVESA VSS 4.2 (in DIMO's
// flavour) without `Vehicle.`. Facts out of DIMO-Network/model-garage, Apache-2.0: pkg/schema/spec.

/** What DIMO takes a value as; a `flag` is a number too, 0 or 1, because true and false are refused. */
export type NameKind = 'number' | 'flag' | 'text' | 'location';

const NUMBERS: Readonly<Record<string, string>> = {
  'km/h': 'speed chassisAxleRow1WheelLeftSpeed chassisAxleRow1WheelRightSpeed',
  km:
    'powertrainTransmissionTravelledDistance powertrainRange powertrainTractionBatteryRange serviceDistanceToService ' +
    'obdDistanceWithMIL obdDistanceSinceDTCClear',
  rpm: 'powertrainCombustionEngineSpeed',
  celsius:
    'powertrainCombustionEngineECT powertrainCombustionEngineEOT powertrainTransmissionTemperature ' +
    'powertrainTractionBatteryTemperatureAverage exteriorAirTemperature obdIntakeTemp obdOilTemperature',
  kPa:
    'powertrainCombustionEngineEOP chassisAxleRow1WheelLeftTirePressure chassisAxleRow1WheelRightTirePressure ' +
    'chassisAxleRow2WheelLeftTirePressure chassisAxleRow2WheelRightTirePressure chassisBrakeCircuit1PressurePrimary ' +
    'chassisBrakeCircuit2PressurePrimary obdBarometricPressure obdMAP obdFuelPressure obdFuelRailPressure',
  'g/s': 'powertrainCombustionEngineMAF obdMaxMAF',
  percent:
    'powertrainCombustionEngineTPS powertrainCombustionEngineTorquePercent powertrainCombustionEngineEngineOilRelativeLevel ' +
    'powertrainCombustionEngineDieselExhaustFluidLevel powertrainFuelSystemRelativeLevel ' +
    'powertrainTransmissionRetarderActualTorque powertrainTractionBatteryStateOfChargeCurrent ' +
    'powertrainTractionBatteryStateOfHealth powertrainTractionBatteryChargingChargeLimit chassisBrakePedalPosition ' +
    'obdEngineLoad obdThrottlePosition obdEthanolPercent obdCommandedEGR obdCommandedEVAP obdLongTermFuelTrim1 ' +
    'obdLongTermFuelTrim2 obdShortTermFuelTrim1',
  Nm: 'powertrainCombustionEngineTorque',
  l:
    'powertrainCombustionEngineDieselExhaustFluidCapacity powertrainFuelSystemAbsoluteLevel ' +
    'powertrainFuelSystemAccumulatedConsumption',
  count:
    'powertrainTransmissionCurrentGear powertrainTransmissionActualGear obdWarmupsSinceDTCClear obdStatusDTCCount',
  code: 'powertrainTransmissionSelectedGear',
  ratio: 'powertrainTransmissionActualGearRatio',
  kWh:
    'powertrainTractionBatteryStateOfChargeCurrentEnergy powertrainTractionBatteryGrossCapacity ' +
    'powertrainTractionBatteryChargingAddedEnergy',
  W: 'powertrainTractionBatteryCurrentPower',
  kW: 'powertrainTractionBatteryChargingPower',
  V:
    'powertrainTractionBatteryCurrentVoltage powertrainTractionBatteryChargingChargeVoltageUnknownType ' +
    'lowVoltageBatteryCurrentVoltage obdO2WRSensor1Voltage obdO2WRSensor2Voltage',
  A: 'powertrainTractionBatteryChargingChargeCurrentAC',
  m: 'currentLocationAltitude',
  deg: 'currentLocationHeading',
  'deg/s': 'angularVelocityYaw',
  kg: 'chassisAxleRow3Weight chassisAxleRow4Weight chassisAxleRow5Weight',
  s: 'serviceTimeToService obdRunTime',
  'l/h': 'obdFuelRate',
};

const FLAGS =
  'isIgnitionOn obdIsPluggedIn obdIsEngineBlocked obdIsPTOActive bodyLockIsLocked bodyTrunkFrontIsOpen bodyTrunkRearIsOpen ' +
  'bodyLightsIsAirbagWarningOn cabinDoorRow1DriverSideIsOpen cabinDoorRow1PassengerSideIsOpen cabinDoorRow2DriverSideIsOpen ' +
  'cabinDoorRow2PassengerSideIsOpen cabinDoorRow1DriverSideWindowIsOpen cabinDoorRow1PassengerSideWindowIsOpen ' +
  'cabinDoorRow2DriverSideWindowIsOpen cabinDoorRow2PassengerSideWindowIsOpen cabinSeatRow1DriverSideIsBelted ' +
  'cabinSeatRow1PassengerSideIsBelted cabinSeatRow2DriverSideIsBelted cabinSeatRow2MiddleIsBelted ' +
  'cabinSeatRow2PassengerSideIsBelted cabinSeatRow3DriverSideIsBelted cabinSeatRow3PassengerSideIsBelted ' +
  'chassisBrakeABSIsWarningOn chassisBrakeIsPedalPressed chassisParkingBrakeIsEngaged chassisTireSystemIsWarningOn ' +
  'connectivityCellularIsJammingDetected powertrainTransmissionIsClutchSwitchOperated ' +
  'powertrainTractionBatteryChargingIsCharging powertrainTractionBatteryChargingIsChargingCableConnected';

const TEXTS =
  'powertrainType obdFuelTypeName powertrainCombustionEngineEngineOilLevel powertrainTransmissionRetarderTorqueMode ' +
  'powertrainFuelSystemSupportedFuelTypes obdDTCList';

export interface Name {
  readonly kind: NameKind;
  /** Of numbers, as our own table calls it where it has it. */
  readonly unit: string;
}

const rows = (words: string, kind: NameKind, unit: string): readonly [string, Name][] =>
  words.split(' ').map((name) => [name, { kind, unit }]);

/** Every name that DIMO decodes. */
export const NAMES: ReadonlyMap<string, Name> = new Map([
  ...Object.entries(NUMBERS).flatMap(([unit, words]) => rows(words, 'number', unit)),
  ...rows(FLAGS, 'flag', 'flag'),
  ...rows(TEXTS, 'text', ''),
  ['currentLocationCoordinates', { kind: 'location', unit: '' } as const],
]);

export const LOCATION = 'currentLocationCoordinates';
export const ALTITUDE = 'currentLocationAltitude';
export const HEADING = 'currentLocationHeading';
export const CODES = 'obdDTCList';

/** Names of events that DIMO decodes, all of them. */
export const EVENT_NAMES: readonly string[] = [
  'behavior.harshBraking',
  'behavior.harshAcceleration',
  'behavior.harshCornering',
  'behavior.extremeBraking',
  'safety.collision',
  'security.engineBlock',
  'security.engineUnblock',
];

/** A path of VSS as DIMO joins it: the capitals that the first part begins with become small (`OBD` → `obd`). */
export const joinedName = (path: string): string => {
  const [first = '', ...others] = path.replace(/^Vehicle\./, '').split('.');
  const small = first.replace(/^(?:[A-Z]+(?=[A-Z][a-z])|[A-Z]+$|[A-Z])/, (capitals) =>
    capitals.toLowerCase(),
  );
  return [small, ...others].join('');
};

/** How one of our signals is sent: under which name, and by what power of ten its value is scaled besides. */
export interface Sent {
  readonly name: string;
  /** Of the value as it is sent, 0 for whole numbers. */
  readonly decimals: number;
}

/** Where DIMO's unit is a thousand times ours. */
const THOUSANDFOLD: readonly (readonly [ours: Unit, theirs: string])[] = [['W', 'kW']];

const sentOf = (signal: Signal): Sent | undefined => {
  const name = joinedName(signal.name);
  const known = NAMES.get(name);
  if (known === undefined) return undefined;
  if (known.unit === signal.unit) return { name, decimals: signal.decimals };
  const isThousandfold = THOUSANDFOLD.some(([ours, theirs]) => ours === signal.unit && theirs === known.unit);
  return isThousandfold ? { name, decimals: signal.decimals + 3 } : undefined;
};

/** Our signals that DIMO decodes, by their identifiers; the same path, and the same unit or a known multiple of it. */
export const SENT: ReadonlyMap<number, Sent> = new Map(
  SIGNALS.flatMap((signal) => {
    const sent = sentOf(signal);
    return sent === undefined ? [] : [[signal.id, sent] as const];
  }),
);

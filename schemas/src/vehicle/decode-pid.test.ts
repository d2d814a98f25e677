import { describe, expect, it } from 'vitest';
import { fromHex } from '../words/index.ts';
import { decodePid, type Quantity, signalById } from './index.ts';

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();

/** A mantissa written out with its signal's decimals, so that expected values are plain decimal text. */
const written = ({ signal, mantissa }: Quantity): string => {
  const decimals = signalById(signal)?.decimals ?? 0;
  const digits = String(Math.abs(mantissa)).padStart(decimals + 1, '0');
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${mantissa < 0 ? '-' : ''}${digits.slice(0, digits.length - decimals)}${fraction}`;
};

const decoded = (pid: number, hex: string): Readonly<Record<string, string>> => {
  const result = decodePid(pid, bytesOf(hex));
  if (!result.ok) throw new Error(result.fault.words);
  return Object.fromEntries(
    result.value.map((quantity) => [
      (signalById(quantity.signal)?.name ?? '').replace('Vehicle.', ''),
      written(quantity),
    ]),
  );
};

/**
 * Worked out by hand from the published formulas (SAE J1979), never with this code. PID, data bytes, and
 * every value that they hold, as decimal text.
 */
// biome-ignore format: a table reads by columns
const VECTORS: readonly (readonly [pid: number, hex: string, values: Readonly<Record<string, string>>])[] = [
  [0x01, '83 07 FF 00', { 'OBD.Status.IsMILOn': '1', 'OBD.Status.DTCCount': '3',
    'OBD.Status.IgnitionType': '0',
    'OBD.Status.ContinuousMonitorsSupported': '7', 'OBD.Status.ContinuousMonitorsIncomplete': '0',
    'OBD.Status.MonitorsSupported': '255', 'OBD.Status.MonitorsIncomplete': '0' }],
  [0x02, '01 04', { 'OBD.FreezeDTC': '260' }],
  [0x03, '02 00', { 'OBD.FuelStatus': '2', 'OBD.FuelStatus2': '0' }],
  [0x04, 'FF', { 'OBD.EngineLoad': '100.00' }],
  [0x04, '80', { 'OBD.EngineLoad': '50.20' }],
  [0x05, '7B', { 'Powertrain.CombustionEngine.ECT': '83' }],
  [0x05, '00', { 'Powertrain.CombustionEngine.ECT': '-40' }],
  [0x06, '00', { 'OBD.ShortTermFuelTrim1': '-100.00' }],
  [0x06, 'FF', { 'OBD.ShortTermFuelTrim1': '99.22' }],
  [0x07, '90', { 'OBD.LongTermFuelTrim1': '12.50' }],
  [0x08, '7F C0', { 'OBD.ShortTermFuelTrim2': '-0.78', 'OBD.ShortTermFuelTrim4': '50.00' }],
  [0x0a, '64', { 'OBD.FuelPressure': '300' }],
  [0x0b, '65', { 'OBD.MAP': '101' }],
  [0x0c, '1A F8', { 'Powertrain.CombustionEngine.Speed': '1726.00' }],
  [0x0c, 'FF FF', { 'Powertrain.CombustionEngine.Speed': '16383.75' }],
  [0x0d, 'FF', { Speed: '255' }],
  [0x0e, '00', { 'OBD.TimingAdvance': '-64.0' }],
  [0x0e, '9B', { 'OBD.TimingAdvance': '13.5' }],
  [0x0f, '3C', { 'OBD.IntakeTemp': '20' }],
  [0x10, '01 F4', { 'Powertrain.CombustionEngine.MAF': '5.00' }],
  [0x11, '33', { 'Powertrain.CombustionEngine.TPS': '20.00' }],
  [0x14, '5A 80', { 'OBD.O2.Sensor1.Voltage': '0.450', 'OBD.O2.Sensor1.ShortTermFuelTrim': '0.00' }],
  [0x1b, '5A 40', { 'OBD.O2.Sensor8.Voltage': '0.450', 'OBD.O2.Sensor8.ShortTermFuelTrim': '-50.00' }],
  [0x1c, '06', { 'OBD.OBDStandards': '6' }],
  [0x1f, '0E 10', { 'OBD.RunTime': '3600' }],
  [0x21, '00 64', { 'OBD.DistanceWithMIL': '100' }],
  [0x22, 'FF FF', { 'OBD.FuelRailPressureVac': '5177.265' }],
  [0x23, '0F A0', { 'OBD.FuelRailPressureDirect': '40000' }],
  [0x24, '80 00 40 00', { 'OBD.O2WR.Sensor1.Lambda': '1.00000', 'OBD.O2WR.Sensor1.Voltage': '2.0000' }],
  [0x2b, 'FF FF FF FF', { 'OBD.O2WR.Sensor8.Lambda': '1.99997', 'OBD.O2WR.Sensor8.Voltage': '7.9999' }],
  [0x2e, 'FF', { 'OBD.CommandedEVAP': '100.00' }],
  [0x2f, '7F', { 'Powertrain.FuelSystem.RelativeLevel': '49.80' }],
  [0x31, 'FF FF', { 'OBD.DistanceSinceDTCClear': '65535' }],
  [0x33, '65', { 'OBD.BarometricPressure': '101' }],
  [0x34, '80 00 81 00', { 'OBD.O2WR.Sensor1.Lambda': '1.00000', 'OBD.O2WR.Sensor1.Current': '1.000' }],
  [0x3b, '00 00 00 00', { 'OBD.O2WR.Sensor8.Lambda': '0.00000', 'OBD.O2WR.Sensor8.Current': '-128.000' }],
  [0x3c, '0F A0', { 'OBD.Catalyst.Bank1.Temperature1': '360.0' }],
  [0x3d, '00 00', { 'OBD.Catalyst.Bank2.Temperature1': '-40.0' }],
  [0x42, '36 00', { 'OBD.ControlModuleVoltage': '13.824' }],
  [0x43, '00 FF', { 'OBD.AbsoluteLoad': '100.00' }],
  [0x43, 'FF FF', { 'OBD.AbsoluteLoad': '25700.00' }],
  [0x46, '32', { 'Exterior.AirTemperature': '10' }],
  [0x4e, '00 3C', { 'OBD.TimeSinceDTCCleared': '60' }],
  [0x4f, '02 08 80 19', { 'OBD.MaxLambda': '2', 'OBD.MaxO2Voltage': '8', 'OBD.MaxO2Current': '128',
    'OBD.MaxMAP': '250' }],
  [0x50, '64 00 00 00', { 'OBD.MaxMAF': '1000' }],
  [0x51, '04', { 'OBD.FuelType': '4' }],
  [0x52, 'D9', { 'OBD.EthanolPercent': '85.10' }],
  [0x53, '4E 20', { 'OBD.EVAPVaporPressureAbsolute': '100.000' }],
  [0x54, 'FF FE', { 'OBD.EVAPVaporPressureAlternate': '-2' }],
  [0x56, 'C0', { 'OBD.LongTermO2Trim1': '50.00' }],
  [0x57, 'C0 40', { 'OBD.ShortTermO2Trim2': '50.00', 'OBD.ShortTermO2Trim4': '-50.00' }],
  [0x59, '27 10', { 'OBD.FuelRailPressureAbsolute': '100000' }],
  [0x5b, 'CC', { 'Powertrain.TractionBattery.StateOfCharge.Current': '80.00' }],
  [0x5e, '00 28', { 'OBD.FuelRate': '2.00' }],
  [0x61, '7D', { 'OBD.DriverDemandTorquePercent': '0' }],
  [0x62, 'E1', { 'Powertrain.CombustionEngine.TorquePercent': '100' }],
  [0x63, '01 90', { 'OBD.ReferenceTorque': '400' }],
  [0x64, '7D 96 AF C8 00', { 'OBD.TorquePoint1': '0', 'OBD.TorquePoint2': '25', 'OBD.TorquePoint3': '50',
    'OBD.TorquePoint4': '75', 'OBD.TorquePoint5': '-125' }],
  [0x66, '03 03 20 01 40', { 'OBD.MAFSensor.A': '25.000', 'OBD.MAFSensor.B': '10.000' }],
  [0x68, '09 3C 00 00 46 00 00', { 'OBD.IntakeAirTemp.Bank1.Sensor1': '20',
    'OBD.IntakeAirTemp.Bank2.Sensor1': '30' }],
  [0x69, '07 80 7F 7F 00 00 00', { 'OBD.EGR.A.Commanded': '50.20', 'OBD.EGR.A.Actual': '49.80',
    'OBD.EGR.A.Error': '-0.78' }],
  [0x6d, '05 0F A0 00 00 5A 00 00 00 00 00', { 'OBD.FuelRail.A.Commanded': '40000',
    'OBD.FuelRail.A.Temperature': '50' }],
  [0x70, '05 0C 80 00 00 00 00 00 00 02', { 'OBD.Boost.A.Commanded': '100.000', 'OBD.Boost.A.State': '2' }],
  [0x70, '38 00 00 00 00 0C 80 06 40 0C', { 'OBD.Boost.B.Commanded': '100.000',
    'OBD.Boost.B.Pressure': '50.000',
    'OBD.Boost.B.State': '3' }],
  [0x71, '27 FF 80 00 00 0B', { 'OBD.VGT.A.Commanded': '100.00', 'OBD.VGT.A.Position': '50.20',
    'OBD.VGT.A.State': '3',
    'OBD.VGT.B.State': '2' }],
  [0x71, '18 00 00 33 FF 00', { 'OBD.VGT.B.Commanded': '20.00', 'OBD.VGT.B.Position': '100.00' }],
  [0x74, '01 03 E8 00 00', { 'OBD.Turbo.A.Speed': '10000' }],
  [0x78, '05 0F A0 00 00 13 88 00 00', { 'OBD.EGT.Bank1.Sensor1': '360.0',
    'OBD.EGT.Bank1.Sensor3': '460.0' }],
  [0x7a, '01 FF 9C 00 00 00 00', { 'OBD.DPF.Bank1.DeltaPressure': '-1.00' }],
  [0x7c, '02 00 00 10 68 00 00 00 00', { 'OBD.DPF.Bank1.OutletTemp': '380.0' }],
  [0x7f, '05 00 00 0E 10 00 00 00 00 FF FF FF FF', { 'OBD.TotalRunTime': '3600',
    'OBD.TotalPTOTime': '4294967295' }],
  [0x83, '03 00 64 00 C8 00 00 00 00', { 'OBD.NOx.Bank1.Sensor1': '100', 'OBD.NOx.Bank1.Sensor2': '200' }],
  [0x85, '05 00 C8 00 00 80 00 00 00 00', { 'OBD.Reagent.ConsumptionRate': '1.000',
    'OBD.Reagent.Level': '50.20' }],
  [0x86, '01 00 A0 00 00', { 'OBD.ParticulateMass.Bank1': '2.0000' }],
  [0x8b, '50 00 33 00 00 01 2C', { 'OBD.Aftertreatment.RegenerationTrigger': '20.00',
    'OBD.Aftertreatment.RegenerationDistance': '300' }],
  [0x8c, '11 FF FF 00 00 00 00 00 00 20 00 00 00 00 00 00 00', {
    'OBD.ExhaustO2.Bank1.Sensor1.Concentration': '100.000', 'OBD.ExhaustO2.Bank1.Sensor1.Lambda': '1.0000' }],
  [0x8c, '84 00 00 00 00 80 00 00 00 00 00 00 00 00 00 10 00', {
    'OBD.ExhaustO2.Bank2.Sensor1.Concentration': '50.001', 'OBD.ExhaustO2.Bank2.Sensor2.Lambda': '0.5000' }],
  [0x88, '84 21 43 00 0A 00 14 00 1E 00 28 00 32', { 'OBD.SCRInducement.State': '132',
    'OBD.SCRInducement.History1': '1', 'OBD.SCRInducement.History2': '2', 'OBD.SCRInducement.History3': '3',
    'OBD.SCRInducement.History4': '4', 'OBD.SCRInducement.Distance1': '10',
    'OBD.SCRInducement.BlockDistance': '20',
    'OBD.SCRInducement.Distance2': '30', 'OBD.SCRInducement.Distance3': '40',
    'OBD.SCRInducement.Distance4': '50' }],
  [0x8f, '03 03 FF 9C 00 00 00', { 'OBD.ParticulateSensor.Bank1.IsMeasuring': '1',
    'OBD.ParticulateSensor.Bank1.IsRegenerating': '1', 'OBD.ParticulateSensor.Bank1.Output': '-1.00' }],
  [0x90, '4D 00 0A', { 'OBD.Lamp.Strategy': '1', 'OBD.Lamp.VehicleMode': '3',
    'OBD.Lamp.AreMonitorsIncomplete': '1',
    'OBD.Lamp.VehicleHours': '10' }],
  [0x94, '03 2B 00 05 00 00 00 00 00 00 00 00', { 'OBD.NOxWarning.IsActive': '1',
    'OBD.NOxWarning.Inducement1': '1',
    'OBD.NOxWarning.Inducement2': '1', 'OBD.NOxWarning.Inducement3': '1',
    'OBD.NOxWarning.ReagentQualityHours': '5' }],
  [0x8e, '7D', { 'OBD.FrictionTorquePercent': '0' }],
  [0x9a, '06 00 5D C0 FF 38', { 'Powertrain.TractionBattery.CurrentVoltage': '375.000',
    'OBD.HybridBatteryCurrent': '-20.0' }],
  [0x9a, '09 05 00 00 00 00', { 'OBD.HybridChargingState': '1', 'OBD.HybridChargingStateEnhanced': '2' }],
  [0x9b, '0E 82 50 80', { 'OBD.Reagent.Concentration': '32.50', 'OBD.Reagent.Temperature': '40',
    'Powertrain.CombustionEngine.DieselExhaustFluid.Level': '50.20' }],
  [0x9d, '00 64 00 C8', { 'OBD.FuelMassRate': '2.00', 'OBD.VehicleFuelMassRate': '4.00' }],
  [0x9e, '01 F4', { 'OBD.ExhaustFlowRate': '100.0' }],
  [0xa2, '03 20', { 'OBD.CylinderFuelRate': '25.000' }],
  [0xa4, '03 50 0D AC', { 'Powertrain.Transmission.CurrentGear': '5',
    'Powertrain.Transmission.ActualGearRatio': '3.500' }],
  [0xa6, '00 01 86 A0', { 'Powertrain.Transmission.TravelledDistance': '10000.0' }],
  [0xb2, 'F0', { 'Powertrain.TractionBattery.StateOfHealth': '94.12' }],
  [0xd3, 'FF FF FF FF', { 'OBD.EngineDistance': '429496729.5' }],
];

describe('values worked out by hand', () => {
  it('are at least 40', () => {
    expect(VECTORS.length).toBeGreaterThanOrEqual(40);
  });

  it.each(VECTORS)('PID %i with %s gives %o', (pid, hex, values) => {
    expect(decoded(pid, hex)).toEqual(values);
  });
});

describe('a field that is not there', () => {
  it('gives nothing, never 0, where its support bit is clear', () => {
    expect(decoded(0x66, '01 03 20 FF FF')).toEqual({ 'OBD.MAFSensor.A': '25.000' });
    expect(decoded(0x66, '00 03 20 FF FF')).toEqual({});
    expect(decoded(0x67, '02 FF 5A')).toEqual({ 'OBD.CoolantTemp.Sensor2': '50' });
    expect(decoded(0x7f, '02 FF FF FF FF 00 00 00 01 FF FF FF FF')).toEqual({ 'OBD.TotalIdleTime': '1' });
    expect(decoded(0xa4, '02 50 0D AC')).toEqual({ 'Powertrain.Transmission.ActualGearRatio': '3.500' });
    expect(decoded(0xd2, '01 FF FF')).toEqual({ 'OBD.StateOfCertifiedEnergy': '100.00' });
  });

  it('gives nothing where the sensor takes no part in the trim', () => {
    expect(decoded(0x14, '5A FF')).toEqual({ 'OBD.O2.Sensor1.Voltage': '0.450' });
  });

  it('gives nothing for a bank that the vehicle does not have', () => {
    expect(decoded(0x06, '80')).toEqual({ 'OBD.ShortTermFuelTrim1': '0.00' });
    expect(decoded(0x58, '80')).toEqual({ 'OBD.LongTermO2Trim2': '0.00' });
  });

  it('is read in the one scale that byte A says, and in none where it says both', () => {
    expect(decoded(0x6b, '01 78 00 00 00')).toEqual({ 'OBD.EGRTemp.Bank1.Sensor1': '80' });
    expect(decoded(0x6b, '10 78 00 00 00')).toEqual({ 'OBD.EGRTempWide.Bank1.Sensor1': '440' });
    expect(decoded(0x6b, '11 78 00 00 00')).toEqual({});
    expect(decoded(0x6f, '01 64 00')).toEqual({ 'OBD.Turbo.A.InletPressure': '100' });
    expect(decoded(0x6f, '08 00 64')).toEqual({ 'OBD.Turbo.B.InletPressureWide': '800' });
  });
});

describe('a reply that is no reply to the PID', () => {
  it('is malformed where its length is another', () => {
    for (const [pid, hex] of [
      [0x0c, '1A'],
      [0x0c, '1A F8 00'],
      [0x06, '80 80 80'],
      [0x05, ''],
    ] as const) {
      const result = decodePid(pid, bytesOf(hex));
      expect(result.ok ? undefined : result.fault).toMatchObject({ kind: 'malformed', code: 'j1979.length' });
    }
  });

  it('is malformed where the PID is not in the table', () => {
    const result = decodePid(0xff, bytesOf('00'));
    expect(result.ok ? undefined : result.fault).toMatchObject({ code: 'j1979.unknown-pid', where: '01 FF' });
  });
});

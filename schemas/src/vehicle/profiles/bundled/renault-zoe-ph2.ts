import type { VehicleProfileFile } from '../profile.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const LOW_VOLTAGE = 'Vehicle.LowVoltageBattery';
const FRONT = 'Vehicle.Chassis.Axle.Row1.Wheel';
const REAR = 'Vehicle.Chassis.Axle.Row2.Wheel';
const POWERTRAIN = 'Vehicle.Powertrain';

// biome-ignore format: a table reads by columns
export const RENAULT_ZOE_PH2: VehicleProfileFile = {
  format: 1, name: 'renault-zoe-ph2', title: 'Renault Zoe, phase 2',
  vehicles: [
    { make: 'Renault', models: ['Zoe', 'Zoe E-Tech'], years: [2019, 2024], powertrain: 'bev',
      vins: ['VF1AG'] },
  ],
  note: 'Phase 2 only (from the end of 2019); its battery and drive answer on 29-bit addresses. ' +
    'All vectors are computed.',
  sources: [
    { id: 'ovms',
      where: 'Open-Vehicle-Monitoring-System-3, components/vehicle_renaultzoe_ph2, commit 1aa1daff19c5',
      licence: 'MIT' },
    { id: 'wican',
      where: 'meatpiHQ/wican-fw, vehicle_profiles/renault/Renault Zoe Ph2 (2020).json at commit 5e28f494232b',
      licence: 'GPL-3.0' },
  ],
  requests: [
    {
      name: 'state-of-charge', target: '18DADBF1', answer: '18DAF1DB',
      request: '229002', intervalMs: 10000, confidence: 'measured elsewhere', sources: ['ovms', 'wican'],
      signals: [
        { signal: `${BATTERY}.StateOfCharge.Current`, formula: '31|16@0+ (0.01,0)', unit: 'percent', min: 0,
          max: 100 },
      ],
      vectors: [
        { origin: 'computed', frames: ['0562900214C8AAAA'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 53.2 } },
        { origin: 'computed', frames: ['056290022710AAAA'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 100 } },
      ],
    },
    {
      name: 'health', target: '18DADBF1', answer: '18DAF1DB',
      request: '229003', intervalMs: 3600000, confidence: 'measured elsewhere', sources: ['ovms', 'wican'],
      signals: [
        { signal: `${BATTERY}.StateOfHealth`, formula: '31|16@0+ (0.01,0)', unit: 'percent', min: 0,
          max: 100 },
      ],
      vectors: [
        { origin: 'computed', frames: ['0562900325B2AAAA'], values: {
          [`${BATTERY}.StateOfHealth`]: 96.5 } },
        { origin: 'computed', frames: ['056290032260AAAA'], values: { [`${BATTERY}.StateOfHealth`]: 88 } },
      ],
    },
    {
      name: 'voltage', target: '18DADBF1', answer: '18DAF1DB',
      request: '229005', intervalMs: 5000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${BATTERY}.CurrentVoltage`, formula: '31|16@0+ (0.1,0)', unit: 'V', min: 100, max: 600 },
      ],
      vectors: [
        { origin: 'computed', frames: ['056290050E1CAAAA'], values: {
          [`${BATTERY}.CurrentVoltage`]: 361.2 } },
        { origin: 'computed', frames: ['056290050FB2AAAA'], values: {
          [`${BATTERY}.CurrentVoltage`]: 401.8 } },
      ],
    },
    {
      name: 'current', target: '18DADBF1', answer: '18DAF1DB',
      request: '22925D', intervalMs: 5000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${BATTERY}.CurrentCurrent`, formula: '31|16@0+ (0.03125,-1020)', unit: 'A', min: -1000,
          max: 1000 },
      ],
      vectors: [
        { origin: 'computed', frames: ['0562925D7F80AAAA'], values: { [`${BATTERY}.CurrentCurrent`]: 0 } },
        { origin: 'computed', frames: ['0562925D7D00AAAA'], values: {
          [`${BATTERY}.CurrentCurrent`]: -20 } },
      ],
    },
    {
      name: 'temperature', target: '18DADBF1', answer: '18DAF1DB',
      request: '229012', intervalMs: 30000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${BATTERY}.Temperature.Average`, formula: '31|16@0+ (0.0625,-40)', unit: 'celsius',
          min: -40, max: 120 },
      ],
      vectors: [
        { origin: 'computed', frames: ['0562901203D0AAAA'], values: {
          [`${BATTERY}.Temperature.Average`]: 21 } },
        { origin: 'computed', frames: ['056290120280AAAA'], values: {
          [`${BATTERY}.Temperature.Average`]: 0 } },
      ],
    },
    {
      name: 'energy', target: '18DADBF1', answer: '18DAF1DB',
      request: '2291C8', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['ovms', 'wican'],
      signals: [
        { signal: `${BATTERY}.StateOfCharge.CurrentEnergy`, formula: '31|24@0+ (0.001,0)', unit: 'kWh',
          max: 150 },
      ],
      vectors: [
        { origin: 'computed', frames: ['066291C8006F22AA'], values: {
          [`${BATTERY}.StateOfCharge.CurrentEnergy`]: 28.45 } },
        { origin: 'computed', frames: ['066291C800C738AA'], values: {
          [`${BATTERY}.StateOfCharge.CurrentEnergy`]: 51 } },
      ],
    },
    {
      name: 'energy-charged', target: '18DADBF1', answer: '18DAF1DB',
      request: '229243', intervalMs: 60000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${BATTERY}.AccumulatedChargedEnergy`, formula: '31|32@0+ (0.001,0)', unit: 'kWh',
          max: 1000000 },
      ],
      vectors: [
        { origin: 'computed', frames: ['07629243007BF440'], values: {
          [`${BATTERY}.AccumulatedChargedEnergy`]: 8123.456 } },
        { origin: 'computed', frames: ['0762924300000000'], values: {
          [`${BATTERY}.AccumulatedChargedEnergy`]: 0 } },
      ],
    },
    {
      name: 'energy-used', target: '18DADBF1', answer: '18DAF1DB',
      request: '229245', intervalMs: 60000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${BATTERY}.AccumulatedConsumedEnergy`, formula: '31|32@0+ (0.001,0)', unit: 'kWh',
          max: 1000000 },
      ],
      vectors: [
        { origin: 'computed', frames: ['076292450074CBB1'], values: {
          [`${BATTERY}.AccumulatedConsumedEnergy`]: 7654.321 } },
        { origin: 'computed', frames: ['0762924500000000'], values: {
          [`${BATTERY}.AccumulatedConsumedEnergy`]: 0 } },
      ],
    },
    {
      name: 'charge-limit', target: '18DADBF1', answer: '18DAF1DB',
      request: '229018', intervalMs: 30000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${BATTERY}.ChargePowerLimit`, formula: '31|16@0+ (10,0)', unit: 'W', max: 500000 },
      ],
      vectors: [
        { origin: 'computed', frames: ['0562901811F8AAAA'], values: {
          [`${BATTERY}.ChargePowerLimit`]: 46000 } },
        { origin: 'computed', frames: ['056290180898AAAA'], values: {
          [`${BATTERY}.ChargePowerLimit`]: 22000 } },
      ],
    },
    {
      name: 'odometer', target: '18DADAF1', answer: '18DAF1DA',
      request: '222006', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['ovms', 'wican'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.TravelledDistance`, formula: '31|24@0+ (1,0)', unit: 'km',
          max: 2000000, nulls: [16777215] },
      ],
      vectors: [
        { origin: 'computed', frames: ['0662200600BC55AA'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 48213 } },
        { origin: 'computed', frames: ['066220060004B5AA'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 1205 } },
      ],
    },
    {
      name: 'low-voltage-battery', target: '18DADAF1', answer: '18DAF1DA',
      request: '222005', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['ovms', 'wican'],
      signals: [
        { signal: `${LOW_VOLTAGE}.VehicleVoltage`, formula: '31|16@0+ (0.01,0)', unit: 'V', min: 5,
          max: 20 },
      ],
      vectors: [
        { origin: 'computed', frames: ['056220050504AAAA'], values: {
          [`${LOW_VOLTAGE}.VehicleVoltage`]: 12.84 } },
        { origin: 'computed', frames: ['056220050584AAAA'], values: {
          [`${LOW_VOLTAGE}.VehicleVoltage`]: 14.12 } },
      ],
    },
    {
      name: 'charge-port', target: '18DADAF1', answer: '18DAF1DA',
      request: '222B85', intervalMs: 10000, confidence: 'measured elsewhere', sources: ['ovms', 'wican'],
      signals: [
        { signal: `${BATTERY}.Charging.IsChargingCableConnected`, formula: '31|8@0+ (1,0)', unit: 'flag',
          map: { 0: 0, 1: 1 } },
      ],
      vectors: [
        { origin: 'computed', frames: ['04622B8500AAAAAA'], values: {
          [`${BATTERY}.Charging.IsChargingCableConnected`]: 0 } },
        { origin: 'computed', frames: ['04622B8501AAAAAA'], values: {
          [`${BATTERY}.Charging.IsChargingCableConnected`]: 1 } },
      ],
    },
    {
      name: 'tyre-fl', target: '745', answer: '765',
      request: '226300', intervalMs: 60000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${FRONT}.Left.Tire.Pressure`, formula: '31|16@0+ (0.75,0)', unit: 'kPa', max: 600,
          nulls: [[1023, 65535]] },
      ],
      vectors: [
        { origin: 'computed', frames: ['056263000140AAAA'], values: {
          [`${FRONT}.Left.Tire.Pressure`]: 240 } },
        { origin: 'computed', frames: ['056263000138AAAA'], values: {
          [`${FRONT}.Left.Tire.Pressure`]: 234 } },
      ],
    },
    {
      name: 'tyre-fr', target: '745', answer: '765',
      request: '226301', intervalMs: 60000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${FRONT}.Right.Tire.Pressure`, formula: '31|16@0+ (0.75,0)', unit: 'kPa', max: 600,
          nulls: [[1023, 65535]] },
      ],
      vectors: [
        { origin: 'computed', frames: ['056263010140AAAA'], values: {
          [`${FRONT}.Right.Tire.Pressure`]: 240 } },
        { origin: 'computed', frames: ['056263010138AAAA'], values: {
          [`${FRONT}.Right.Tire.Pressure`]: 234 } },
      ],
    },
    {
      name: 'tyre-rl', target: '745', answer: '765',
      request: '226302', intervalMs: 60000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${REAR}.Left.Tire.Pressure`, formula: '31|16@0+ (0.75,0)', unit: 'kPa', max: 600,
          nulls: [[1023, 65535]] },
      ],
      vectors: [
        { origin: 'computed', frames: ['056263020140AAAA'], values: {
          [`${REAR}.Left.Tire.Pressure`]: 240 } },
        { origin: 'computed', frames: ['056263020138AAAA'], values: {
          [`${REAR}.Left.Tire.Pressure`]: 234 } },
      ],
    },
    {
      name: 'tyre-rr', target: '745', answer: '765',
      request: '226303', intervalMs: 60000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${REAR}.Right.Tire.Pressure`, formula: '31|16@0+ (0.75,0)', unit: 'kPa', max: 600,
          nulls: [[1023, 65535]] },
      ],
      vectors: [
        { origin: 'computed', frames: ['056263030140AAAA'], values: {
          [`${REAR}.Right.Tire.Pressure`]: 240 } },
        { origin: 'computed', frames: ['056263030138AAAA'], values: {
          [`${REAR}.Right.Tire.Pressure`]: 234 } },
      ],
    },
  ],
};

import type { VehicleProfileFile } from '../profile.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const LOW_VOLTAGE = 'Vehicle.LowVoltageBattery';
const FRONT = 'Vehicle.Chassis.Axle.Row1.Wheel';
const REAR = 'Vehicle.Chassis.Axle.Row2.Wheel';
const POWERTRAIN = 'Vehicle.Powertrain';

// biome-ignore format: a table reads by columns
export const NISSAN_LEAF_ZE1: VehicleProfileFile = {
  format: 1, name: 'nissan-leaf-ze1', title: 'Nissan Leaf, 40 and 62 kWh',
  vehicles: [
    { make: 'Nissan', models: ['Leaf'], years: [2018, 2024], powertrain: 'bev', vins: ['1N4AZ1', '1N4BZ1',
      'SJNFAAZE1'] },
  ],
  note: 'The battery answers to service 21. From 2018 on a car may keep its gateway shut; then ' +
    'nothing here answers.',
  sources: [
    { id: 'obdb', where: 'OBDb/Nissan-Leaf, signal set v3 and its test cases, commit 28438d2d826d',
      licence: 'CC-BY-SA-4.0' },
    { id: 'ovms',
      where: 'Open-Vehicle-Monitoring-System-3, components/vehicle_nissanleaf, commit 1aa1daff19c5',
      licence: 'MIT' },
  ],
  requests: [
    {
      name: 'battery', target: '79B', answer: '7BB',
      request: '2101', answerBytes: [53], intervalMs: 10000, confidence: 'measured elsewhere',
        sources: ['ovms'],
      signals: [
        { signal: `${BATTERY}.CurrentVoltage`, formula: '167|16@0+ (0.01,0)', unit: 'V', min: 100,
          max: 500 },
        { signal: `${BATTERY}.StateOfCharge.Current`, formula: '271|24@0+ (0.0001,0)', unit: 'percent',
          min: 0, max: 100 },
      ],
      vectors: [
        { origin: 'published', source: 'ovms', frames: ['10356101FFFFFC18', '2102AFFFFFFB62FF',
          '22FFF0DD0B1C30D4', '23951D3306039500', '24017000269A000C', '2544B500110BB880', '260001FFFFFB62FF',
          '27FFFCAA01ADFFFF'], values: { [`${BATTERY}.CurrentVoltage`]: 381.73,
          [`${BATTERY}.StateOfCharge.Current`]: 80.4 } },
        { origin: 'computed', frames: ['1035610100000000', '2100000000000000', '2200000000000000',
          '238CA00000000000', '2400000000000007', '25A1200000000000', '2600000000000000', '270000000000AAAA'],
          values: { [`${BATTERY}.CurrentVoltage`]: 360, [`${BATTERY}.StateOfCharge.Current`]: 50 } },
      ],
    },
    {
      name: 'odometer', target: '743', answer: '763',
      request: '220E01', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.TravelledDistance`, formula: '31|24@0+ (1,0)', unit: 'km',
          max: 2000000, nulls: [0, 16777215] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['06620E010210CE'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 135374 } },
        { origin: 'published', source: 'obdb', frames: ['06620E010210D1'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 135377 } },
      ],
    },
    {
      name: 'range', target: '743', answer: '763',
      request: '220E2E', intervalMs: 60000, confidence: 'single source', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.Range`, formula: '31|16@0+ (1,0)', unit: 'km', max: 1000, nulls: [2047,
          65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['05620E2E007B'], values: {
          [`${BATTERY}.Range`]: 123 } },
        { origin: 'published', source: 'obdb', frames: ['05620E2E0081'], values: {
          [`${BATTERY}.Range`]: 129 } },
      ],
    },
    {
      name: 'tyre-fr', target: '743', answer: '763',
      request: '220E25', intervalMs: 60000, confidence: 'single source', sources: ['obdb'],
      signals: [
        { signal: `${FRONT}.Right.Tire.Pressure`, formula: '31|8@0+ (1.72368925,0)', unit: 'kPa', nulls: [0,
          255] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['04620E25AD'], values: {
          [`${FRONT}.Right.Tire.Pressure`]: 298.2 } },
        { origin: 'published', source: 'obdb', frames: ['04620E25AE'], values: {
          [`${FRONT}.Right.Tire.Pressure`]: 299.92 } },
      ],
    },
    {
      name: 'tyre-fl', target: '743', answer: '763',
      request: '220E26', intervalMs: 60000, confidence: 'single source', sources: ['obdb'],
      signals: [
        { signal: `${FRONT}.Left.Tire.Pressure`, formula: '31|8@0+ (1.72368925,0)', unit: 'kPa', nulls: [0,
          255] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['04620E26AE'], values: {
          [`${FRONT}.Left.Tire.Pressure`]: 299.92 } },
        { origin: 'published', source: 'obdb', frames: ['04620E26B0'], values: {
          [`${FRONT}.Left.Tire.Pressure`]: 303.37 } },
      ],
    },
    {
      name: 'tyre-rr', target: '743', answer: '763',
      request: '220E27', intervalMs: 60000, confidence: 'single source', sources: ['obdb'],
      signals: [
        { signal: `${REAR}.Right.Tire.Pressure`, formula: '31|8@0+ (1.72368925,0)', unit: 'kPa', nulls: [0,
          255] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['04620E27AE'], values: {
          [`${REAR}.Right.Tire.Pressure`]: 299.92 } },
        { origin: 'published', source: 'obdb', frames: ['04620E27AF'], values: {
          [`${REAR}.Right.Tire.Pressure`]: 301.65 } },
      ],
    },
    {
      name: 'tyre-rl', target: '743', answer: '763',
      request: '220E28', intervalMs: 60000, confidence: 'single source', sources: ['obdb'],
      signals: [
        { signal: `${REAR}.Left.Tire.Pressure`, formula: '31|8@0+ (1.72368925,0)', unit: 'kPa', nulls: [0,
          255] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['04620E28AE'], values: {
          [`${REAR}.Left.Tire.Pressure`]: 299.92 } },
        { origin: 'published', source: 'obdb', frames: ['04620E28B0'], values: {
          [`${REAR}.Left.Tire.Pressure`]: 303.37 } },
      ],
    },
    {
      name: 'low-voltage-battery', target: '797', answer: '79A',
      request: '221103', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${LOW_VOLTAGE}.VehicleVoltage`, formula: '31|8@0+ (0.08,0)', unit: 'V', min: 5,
          max: 20 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['04621103A3'], values: {
          [`${LOW_VOLTAGE}.VehicleVoltage`]: 13.04 } },
        { origin: 'published', source: 'obdb', frames: ['0462110398'], values: {
          [`${LOW_VOLTAGE}.VehicleVoltage`]: 12.16 } },
      ],
    },
    {
      name: 'charging', target: '797', answer: '79A',
      request: '22114E', intervalMs: 10000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.Charging.Mode`, formula: '31|8@0+ (1,0)', unit: 'code', map: { 0: 0, 1: 1,
          2: 2, 3: 3 } },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462114E02'], values: {
          [`${BATTERY}.Charging.Mode`]: 2 } },
        { origin: 'published', source: 'obdb', frames: ['0462114E03'], values: {
          [`${BATTERY}.Charging.Mode`]: 3 } },
      ],
    },
    {
      name: 'gear', target: '797', answer: '79A',
      request: '221156', intervalMs: 5000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.SelectedGear`, formula: '31|8@0+ (1,0)', unit: 'code', map: {
          1: 126, 2: -1, 3: 0, 4: 127, 7: 127 }, note: '7 is drive with Eco.' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462115601'], values: {
          [`${POWERTRAIN}.Transmission.SelectedGear`]: 126 } },
        { origin: 'published', source: 'obdb', frames: ['0462115604'], values: {
          [`${POWERTRAIN}.Transmission.SelectedGear`]: 127 } },
      ],
    },
    {
      name: 'charge-port', target: '797', answer: '79A',
      request: '221234', intervalMs: 10000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.Charging.IsACCableConnected`, formula: '31|8@0+ (1,0)', unit: 'flag', map: {
          0: 0, 1: 0, 2: 1 }, note: '1 is a plug that is half in.' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462123402'], values: {
          [`${BATTERY}.Charging.IsACCableConnected`]: 1 } },
        { origin: 'published', source: 'obdb', frames: ['0462123401'], values: {
          [`${BATTERY}.Charging.IsACCableConnected`]: 0 } },
      ],
    },
    {
      name: 'charge-power', target: '797', answer: '79A',
      request: '221236', intervalMs: 10000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.Charging.Power`, formula: '31|16@0+ (100,0)', unit: 'W', max: 200000 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['056212360010'], values: {
          [`${BATTERY}.Charging.Power`]: 1600 } },
        { origin: 'published', source: 'obdb', frames: ['056212360000'], values: {
          [`${BATTERY}.Charging.Power`]: 0 } },
      ],
    },
    {
      name: 'motor', target: '797', answer: '79A',
      request: '221255', intervalMs: 5000, confidence: 'single source', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.ElectricMotor.Speed`, formula: '31|16@0- (1,0)', unit: 'rpm', min: -15000,
          max: 15000, nulls: [16383] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['056212550000'], values: {
          [`${POWERTRAIN}.ElectricMotor.Speed`]: 0 } },
        { origin: 'published', source: 'obdb', frames: ['0562125507CF'], values: {
          [`${POWERTRAIN}.ElectricMotor.Speed`]: 1999 } },
      ],
    },
  ],
};

import type { VehicleProfileFile } from '../profile.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const LOW_VOLTAGE = 'Vehicle.LowVoltageBattery';
const FRONT = 'Vehicle.Chassis.Axle.Row1.Wheel';
const REAR = 'Vehicle.Chassis.Axle.Row2.Wheel';
const POWERTRAIN = 'Vehicle.Powertrain';

// biome-ignore format: a table reads by columns
export const NISSAN_LEAF: VehicleProfileFile = {
  format: 1, name: 'nissan-leaf', title: 'Nissan Leaf, 24 and 30 kWh',
  vehicles: [
    { make: 'Nissan', models: ['Leaf'], years: [2011, 2017], powertrain: 'bev', vins: ['1N4AZ0',
      'SJNFAAZE0', 'JN1AZ0', 'JN1FAAZE0'] },
  ],
  note: 'The battery answers to service 21, which most adapters pass on as it is.',
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
      request: '2101', answerBytes: [41, 43], intervalMs: 10000, confidence: 'measured elsewhere',
        sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.CurrentVoltage`, formula: '167|16@0+ (0.01,0)', unit: 'V', min: 100,
          max: 500 },
        { signal: `${BATTERY}.StateOfCharge.Current`, formula: '255|24@0+ (0.0001,0)', unit: 'percent',
          min: 0, max: 100,
          note: 'The published set reads two bytes further on, where there is the capacity.' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['1029610100000328', '2102880000049FFF',
          '22FFFFFF02EE16A0', '23905238F3038B01', '24F90AD60005322B', '250004E23E800005'], values: {
          [`${BATTERY}.CurrentVoltage`]: 369.46, [`${BATTERY}.StateOfCharge.Current`]: 34.05 } },
        { origin: 'published', source: 'obdb', frames: ['1029610100000525', '210286000003B6FF',
          '22FFFFFF03021C34', '23910D3148038601', '24750AD60007EF60', '250004E23E800005'], values: {
          [`${BATTERY}.CurrentVoltage`]: 371.33, [`${BATTERY}.StateOfCharge.Current`]: 52 } },
      ],
    },
    {
      name: 'health', target: '79B', answer: '7BB',
      request: '2161', intervalMs: 3600000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.StateOfHealth`, formula: '39|16@0+ (0.01,0)', unit: 'percent', min: 0,
          max: 100 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['100C61610AD3130C', '21061305130C03FF'], values: {
          [`${BATTERY}.StateOfHealth`]: 48.76 } },
        { origin: 'published', source: 'obdb', frames: ['100C6161140F1C9A', '21FF1CA41C9A03FF'], values: {
          [`${BATTERY}.StateOfHealth`]: 73.22 } },
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

import type { VehicleProfileFile } from '../profile.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const LOW_VOLTAGE = 'Vehicle.LowVoltageBattery';
const FRONT = 'Vehicle.Chassis.Axle.Row1.Wheel';
const REAR = 'Vehicle.Chassis.Axle.Row2.Wheel';
const POWERTRAIN = 'Vehicle.Powertrain';

// biome-ignore format: a table reads by columns
export const TOYOTA_RAV4_HYBRID: VehicleProfileFile = {
  format: 1, name: 'toyota-rav4-hybrid', title: 'Toyota RAV4 Hybrid',
  vehicles: [
    { make: 'Toyota', models: ['RAV4 Hybrid'], years: [2019, 2025], powertrain: 'hev' },
  ],
  note: 'Wheel numbers may be mixed after a change of wheels; the car reports them by the place ' +
    'that its sensors were last learned for.',
  sources: [
    { id: 'obdb', where: 'OBDb/Toyota-RAV4-Hybrid, signal set v3 and its test cases, commit 0807c7d38d12',
      licence: 'CC-BY-SA-4.0' },
  ],
  requests: [
    {
      name: 'odometer', target: '7D2', answer: '7DA',
      request: '220103', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.TravelledDistance`, formula: '39|24@0+ (1,0)', unit: 'km',
          max: 2000000, nulls: [0, 16777215] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0762010302010FCC'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 69580 } },
        { origin: 'published', source: 'obdb', frames: ['0762010302018B32'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 101170 } },
      ],
    },
    {
      name: 'fuel', target: '7C0', answer: '7C8',
      request: '221022', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.FuelSystem.AbsoluteLevel`, formula: '31|16@0+ (0.01,0)', unit: 'l',
          max: 100, nulls: [65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['056210220152'], values: {
          [`${POWERTRAIN}.FuelSystem.AbsoluteLevel`]: 3.38 } },
        { origin: 'published', source: 'obdb', frames: ['056210221505'], values: {
          [`${POWERTRAIN}.FuelSystem.AbsoluteLevel`]: 53.81 } },
      ],
    },
    {
      name: 'low-voltage', target: '7C0', answer: '7C8',
      request: '221021', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${LOW_VOLTAGE}.VehicleVoltage`, formula: '31|8@0+ (0.1,0)', unit: 'V', min: 5, max: 20 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['046210217E'], values: {
          [`${LOW_VOLTAGE}.VehicleVoltage`]: 12.6 } },
        { origin: 'published', source: 'obdb', frames: ['0462102189'], values: {
          [`${LOW_VOLTAGE}.VehicleVoltage`]: 13.7 } },
      ],
    },
    {
      name: 'state-of-charge', target: '7D2', answer: '7DA',
      request: '221F5B', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.StateOfCharge.Current`, formula: '31|8@0+ (20/51,0)', unit: 'percent' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['04621F5B59'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 34.9 } },
        { origin: 'published', source: 'obdb', frames: ['04621F5B99'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 60 } },
      ],
    },
    {
      name: 'voltage', target: '7D2', answer: '7DA',
      request: '221F9A', intervalMs: 5000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.CurrentVoltage`, formula: '47|16@0+ (0.015625,0)', unit: 'V', min: 50,
          max: 600 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['1009621F9A0E003C', '2140020400000000'], values: {
          [`${BATTERY}.CurrentVoltage`]: 241 } },
        { origin: 'published', source: 'obdb', frames: ['1009621F9A0E003E', '2180FFCE00000000'], values: {
          [`${BATTERY}.CurrentVoltage`]: 250 } },
      ],
    },
    {
      name: 'gearbox-temperature', target: '7D2', answer: '7DA',
      request: '221040', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.Temperature`, formula: '47|8@0+ (1,-40)', unit: 'celsius',
          max: 200 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['066210409AD068'], values: {
          [`${POWERTRAIN}.Transmission.Temperature`]: 64 } },
        { origin: 'published', source: 'obdb', frames: ['06621040D16037'], values: {
          [`${POWERTRAIN}.Transmission.Temperature`]: 15 } },
      ],
    },
    {
      name: 'oil-temperature', target: '700', answer: '708',
      request: '221F5C', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.CombustionEngine.EOT`, formula: '31|8@0+ (1,-40)', unit: 'celsius' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['04621F5C45'], values: {
          [`${POWERTRAIN}.CombustionEngine.EOT`]: 29 } },
        { origin: 'published', source: 'obdb', frames: ['04621F5C6C'], values: {
          [`${POWERTRAIN}.CombustionEngine.EOT`]: 68 } },
      ],
    },
    {
      name: 'tyres', target: '750', answer: '758', extended: { request: '2A', answer: '2A' },
      request: '221005', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${FRONT}.Left.Tire.Pressure`, formula: '39|8@0+ (50/29,-50)', unit: 'kPa', nulls: [[0,
          29]] },
        { signal: `${FRONT}.Right.Tire.Pressure`, formula: '55|8@0+ (50/29,-50)', unit: 'kPa', nulls: [[0,
          29]] },
        { signal: `${REAR}.Left.Tire.Pressure`, formula: '71|8@0+ (50/29,-50)', unit: 'kPa', nulls: [[0,
          29]] },
        { signal: `${REAR}.Right.Tire.Pressure`, formula: '87|8@0+ (50/29,-50)', unit: 'kPa', nulls: [[0,
          29]] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['2A100D62100500A1', '2A21009B00A00098',
          '2A22000000000000'], values: { [`${FRONT}.Left.Tire.Pressure`]: 227.59,
          [`${FRONT}.Right.Tire.Pressure`]: 217.24, [`${REAR}.Left.Tire.Pressure`]: 225.86,
          [`${REAR}.Right.Tire.Pressure`]: 212.07 } },
        { origin: 'published', source: 'obdb', frames: ['2A100D62100500A8', '2A2100A300A900A0',
          '2A22000000000000'], values: { [`${FRONT}.Left.Tire.Pressure`]: 239.66,
          [`${FRONT}.Right.Tire.Pressure`]: 231.03, [`${REAR}.Left.Tire.Pressure`]: 241.38,
          [`${REAR}.Right.Tire.Pressure`]: 225.86 } },
      ],
    },
  ],
};

import type { VehicleProfileFile } from '../profile.ts';

const LOW_VOLTAGE = 'Vehicle.LowVoltageBattery';
const FRONT = 'Vehicle.Chassis.Axle.Row1.Wheel';
const REAR = 'Vehicle.Chassis.Axle.Row2.Wheel';
const POWERTRAIN = 'Vehicle.Powertrain';

// biome-ignore format: a table reads by columns
export const FORD_F150: VehicleProfileFile = {
  format: 1, name: 'ford-f-150', title: 'Ford F-150',
  vehicles: [
    { make: 'Ford', models: ['F-150'], years: [2011, 2026], powertrain: 'combustion', vins: ['1FTEW1',
      '1FTFW1', '1FTEX1', '1FTFX1', '1FTMF1'] },
  ],
  note: 'Control units outside the engine are on the medium speed bus up to 2014, which a plain ' +
    'adapter does not reach.',
  sources: [
    { id: 'obdb', where: 'OBDb/Ford-F-150, signal set v3 and its test cases, commit 090509f5747e',
      licence: 'CC-BY-SA-4.0' },
  ],
  requests: [
    {
      name: 'odometer', target: '720', answer: '728',
      request: '22404C', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.TravelledDistance`, formula: '31|24@0+ (0.1,0)', unit: 'km',
          max: 2000000, nulls: [0, 16777215] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0662404C346530'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 343377.6 } },
        { origin: 'published', source: 'obdb', frames: ['0662404C346E25'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 343606.9 } },
      ],
    },
    {
      name: 'fuel', target: '7E0', answer: '7E8',
      request: '22F42F', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.FuelSystem.RelativeLevel`, formula: '31|8@0+ (20/51,0)', unit: 'percent' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462F42F4F'], values: {
          [`${POWERTRAIN}.FuelSystem.RelativeLevel`]: 30.98 } },
        { origin: 'published', source: 'obdb', frames: ['0462F42FD5'], values: {
          [`${POWERTRAIN}.FuelSystem.RelativeLevel`]: 83.53 } },
      ],
    },
    {
      name: 'oil-life', target: '7E0', answer: '7E8',
      request: '22054B', intervalMs: 3600000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.CombustionEngine.OilLife`, formula: '31|8@0+ (1,0)', unit: 'percent',
          max: 100, nulls: [255] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462054B1B'], values: {
          [`${POWERTRAIN}.CombustionEngine.OilLife`]: 27 } },
        { origin: 'published', source: 'obdb', frames: ['0462054B0D'], values: {
          [`${POWERTRAIN}.CombustionEngine.OilLife`]: 13 } },
      ],
    },
    {
      name: 'gear', target: '7E0', answer: '7E8',
      request: '221E23', intervalMs: 5000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.SelectedGear`, formula: '31|8@0+ (1,0)', unit: 'code',
          nulls: [10], map: { 46: 127, 50: 0, 60: -1, 70: 126 },
          note: '10 is the manual gate, which VSS has no number for.' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['04621E232E'], values: {
          [`${POWERTRAIN}.Transmission.SelectedGear`]: 127 } },
        { origin: 'published', source: 'obdb', frames: ['04621E2346'], values: {
          [`${POWERTRAIN}.Transmission.SelectedGear`]: 126 } },
      ],
    },
    {
      name: 'gearbox-temperature', target: '7E0', answer: '7E8',
      request: '221E1C', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.Temperature`, formula: '31|16@0- (0.0625,0)', unit: 'celsius',
          min: -50, max: 200 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['05621E1C00F8'], values: {
          [`${POWERTRAIN}.Transmission.Temperature`]: 15.5 } },
        { origin: 'published', source: 'obdb', frames: ['05621E1C04FF'], values: {
          [`${POWERTRAIN}.Transmission.Temperature`]: 79.94 } },
      ],
    },
    {
      name: 'low-voltage-battery-temperature', target: '726', answer: '72E',
      request: '224029', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${LOW_VOLTAGE}.Temperature`, formula: '31|8@0+ (1,-40)', unit: 'celsius', max: 120 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['046240293B'], values: {
          [`${LOW_VOLTAGE}.Temperature`]: 19 } },
        { origin: 'published', source: 'obdb', frames: ['046240293E'], values: {
          [`${LOW_VOLTAGE}.Temperature`]: 22 } },
      ],
    },
    {
      name: 'tyre-fl', target: '726', answer: '72E',
      request: '222813', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${FRONT}.Left.Tire.Pressure`, formula: '31|16@0+ (0.34473785,0)', unit: 'kPa', max: 1000,
          nulls: [0, 3000, 65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['05622813028A'], values: {
          [`${FRONT}.Left.Tire.Pressure`]: 224.08 } },
        { origin: 'published', source: 'obdb', frames: ['0562281302FF'], values: {
          [`${FRONT}.Left.Tire.Pressure`]: 264.41 } },
      ],
    },
    {
      name: 'tyre-fr', target: '726', answer: '72E',
      request: '222814', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${FRONT}.Right.Tire.Pressure`, formula: '31|16@0+ (0.34473785,0)', unit: 'kPa',
          max: 1000, nulls: [0, 3000, 65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0562281402AD'], values: {
          [`${FRONT}.Right.Tire.Pressure`]: 236.15 } },
        { origin: 'published', source: 'obdb', frames: ['0562281402FF'], values: {
          [`${FRONT}.Right.Tire.Pressure`]: 264.41 } },
      ],
    },
    {
      name: 'tyre-rr', target: '726', answer: '72E',
      request: '222815', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${REAR}.Right.Tire.Pressure`, formula: '31|16@0+ (0.34473785,0)', unit: 'kPa', max: 1000,
          nulls: [0, 3000, 65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0562281502B7'], values: {
          [`${REAR}.Right.Tire.Pressure`]: 239.59 } },
        { origin: 'published', source: 'obdb', frames: ['0562281500FF'], values: {
          [`${REAR}.Right.Tire.Pressure`]: 87.91 } },
      ],
    },
    {
      name: 'tyre-rl', target: '726', answer: '72E',
      request: '222816', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${REAR}.Left.Tire.Pressure`, formula: '31|16@0+ (0.34473785,0)', unit: 'kPa', max: 1000,
          nulls: [0, 3000, 65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0562281602D3'], values: {
          [`${REAR}.Left.Tire.Pressure`]: 249.25 } },
        { origin: 'published', source: 'obdb', frames: ['0562281601FF'], values: {
          [`${REAR}.Left.Tire.Pressure`]: 176.16 } },
      ],
    },
  ],
};

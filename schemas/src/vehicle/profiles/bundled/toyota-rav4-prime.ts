import type { VehicleProfileFile } from '../profile.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const POWERTRAIN = 'Vehicle.Powertrain';

// biome-ignore format: a table reads by columns
export const TOYOTA_RAV4_PRIME: VehicleProfileFile = {
  format: 1, name: 'toyota-rav4-prime', title: 'Toyota RAV4 Prime (plug-in hybrid)',
  vehicles: [
    { make: 'Toyota', models: ['RAV4 Prime', 'RAV4 Plug-in Hybrid'], years: [2021, 2024],
      powertrain: 'phev' },
  ],
  sources: [
    { id: 'obdb', where: 'OBDb/Toyota-RAV4-Prime, signal set v3 and its test cases, commit 764445ca7fc8',
      licence: 'CC-BY-SA-4.0' },
  ],
  requests: [
    {
      name: 'state-of-charge', target: '7D2', answer: '7DA',
      request: '221F5B', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.StateOfCharge.Current`, formula: '31|8@0+ (20/51,0)', unit: 'percent' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['04621F5B99'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 60 } },
        { origin: 'published', source: 'obdb', frames: ['04621F5B9C'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 61.18 } },
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
        { origin: 'published', source: 'obdb', frames: ['056210220687'], values: {
          [`${POWERTRAIN}.FuelSystem.AbsoluteLevel`]: 16.71 } },
        { origin: 'published', source: 'obdb', frames: ['05621022079B'], values: {
          [`${POWERTRAIN}.FuelSystem.AbsoluteLevel`]: 19.47 } },
      ],
    },
  ],
};

import type { VehicleProfileFile } from '../profile.ts';

const POWERTRAIN = 'Vehicle.Powertrain';

// biome-ignore format: a table reads by columns
export const HONDA_CIVIC: VehicleProfileFile = {
  format: 1, name: 'honda-civic', title: 'Honda Civic',
  vehicles: [
    { make: 'Honda', models: ['Civic'], years: [2016, 2024], powertrain: 'combustion' },
  ],
  sources: [
    { id: 'obdb', where: 'OBDb/Honda-Civic, signal set v3 and its test cases, commit 90a6fba63884',
      licence: 'CC-BY-SA-4.0' },
  ],
  requests: [
    {
      name: 'fuel', target: '18DA60F1', answer: '18DAF160',
      request: '227029', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.FuelSystem.AbsoluteLevel`, formula: '127|16@0+ (0.01,0)', unit: 'l',
          max: 100, nulls: [65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['10396270298FFC00', '2100000002000000',
          '22013201A1023302', '232D003200000000', '2400000000000000', '2500000000000000', '2600000000000000',
          '2700000000000000', '2800005555555555'], values: {
          [`${POWERTRAIN}.FuelSystem.AbsoluteLevel`]: 4.17 } },
        { origin: 'published', source: 'obdb', frames: ['10396270298FFC00', '2100000002000000',
          '2201320203028502', '234F003200000000', '2400000000000000', '2500000000000000', '2600000000000000',
          '2700000000000000', '2800005555555555'], values: {
          [`${POWERTRAIN}.FuelSystem.AbsoluteLevel`]: 5.15 } },
      ],
    },
    {
      name: 'odometer', target: '18DA10F1', answer: '18DAF110',
      request: '222660', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.TravelledDistance`, formula: '375|24@0+ (1,0)', unit: 'km',
          max: 2000000, nulls: [0, 16777215] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['1039622660801FFF', '21F007F300000000',
          '2200000000000000', '2300003958130301', '2400040040008300', '2501024000000000', '260000000000023E',
          '274E001C00000000', '2800645555555555'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 147022 } },
        { origin: 'published', source: 'obdb', frames: ['1039622660801FFF', '21F007F300000000',
          '2200000000000000', '2300003958130301', '2400040040008300', '2501024000000000', '260000000000023E',
          '274E009F00000000', '2803205555555555'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 147022 } },
      ],
    },
  ],
};

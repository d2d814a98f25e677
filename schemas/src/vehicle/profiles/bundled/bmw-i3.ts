import type { VehicleProfileFile } from '../profile.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const POWERTRAIN = 'Vehicle.Powertrain';

// biome-ignore format: a table reads by columns
export const BMW_I3: VehicleProfileFile = {
  format: 1, name: 'bmw-i3', title: 'BMW i3',
  vehicles: [
    { make: 'BMW', models: ['i3', 'i3s'], years: [2014, 2022], powertrain: 'bev', vins: ['WBY1Z', 'WBY7Z',
      'WBY8P'] },
  ],
  note: 'Every control unit is addressed by a byte before the ISO-TP byte (extended addressing), ' +
    'and all are asked on 6F1.',
  sources: [
    { id: 'obdb', where: 'OBDb/BMW-i3, signal set v3 and its test cases, commit aff196ba4bab',
      licence: 'CC-BY-SA-4.0' },
    { id: 'ovms', where: 'Open-Vehicle-Monitoring-System-3, components/vehicle_bmwi3, commit 1aa1daff19c5',
      licence: 'MIT' },
  ],
  requests: [
    {
      name: 'voltage', target: '6F1', answer: '607', extended: { request: '07', answer: 'F1' },
      request: '22DD68', intervalMs: 5000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.CurrentVoltage`, formula: '31|16@0+ (0.01,0)', unit: 'V', min: 100, max: 600,
          nulls: [0, 65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['F10562DD6891CA'], values: {
          [`${BATTERY}.CurrentVoltage`]: 373.22 } },
        { origin: 'published', source: 'obdb', frames: ['F10562DD6897FA'], values: {
          [`${BATTERY}.CurrentVoltage`]: 389.06 } },
      ],
    },
    {
      name: 'current', target: '6F1', answer: '607', extended: { request: '07', answer: 'F1' },
      request: '22DD69', intervalMs: 5000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.CurrentCurrent`, formula: '31|32@0- (0.01,0)', unit: 'A', min: -1000,
          max: 1000 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['F1100762DD69FFFF', 'F121FD07FFFFFFFF'], values: {
          [`${BATTERY}.CurrentCurrent`]: -7.6 } },
        { origin: 'published', source: 'obdb', frames: ['F1100762DD690000', 'F1210000FFFFFFFF'], values: {
          [`${BATTERY}.CurrentCurrent`]: 0 } },
      ],
    },
    {
      name: 'state-of-charge', target: '6F1', answer: '607', extended: { request: '07', answer: 'F1' },
      request: '22DDBC', intervalMs: 10000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.StateOfCharge.Current`, formula: '31|16@0+ (0.1,0)', unit: 'percent', min: 0,
          max: 100, nulls: [65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['F1100962DDBC01F0', 'F12102D50050FFFF'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 49.6 } },
        { origin: 'published', source: 'obdb', frames: ['F1100962DDBC02CE', 'F12102D50050FFFF'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 71.8 } },
      ],
    },
    {
      name: 'temperature', target: '6F1', answer: '607', extended: { request: '07', answer: 'F1' },
      request: '22DDC0', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.Temperature.Min`, formula: '31|16@0- (0.01,0)', unit: 'celsius', min: -60,
          max: 120 },
        { signal: `${BATTERY}.Temperature.Max`, formula: '47|16@0- (0.01,0)', unit: 'celsius', min: -60,
          max: 120 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['F1100962DDC0044B', 'F121044B044BFFFF'], values: {
          [`${BATTERY}.Temperature.Min`]: 10.99, [`${BATTERY}.Temperature.Max`]: 10.99 } },
        { origin: 'published', source: 'obdb', frames: ['F1100962DDC004B0', 'F121050D04B5FFFF'], values: {
          [`${BATTERY}.Temperature.Min`]: 12, [`${BATTERY}.Temperature.Max`]: 12.93 } },
      ],
    },
    {
      name: 'cells', target: '6F1', answer: '607', extended: { request: '07', answer: 'F1' },
      request: '22DFA0', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.CellVoltage.Min`, formula: '79|16@0+ (0.0001,0)', unit: 'V', min: 1, max: 5,
          nulls: [65535] },
        { signal: `${BATTERY}.CellVoltage.Max`, formula: '95|16@0+ (0.0001,0)', unit: 'V', min: 1, max: 5,
          nulls: [65535] },
        { signal: `${BATTERY}.Temperature.Average`, formula: '159|16@0- (0.01,0)', unit: 'celsius',
          min: -60, max: 120, nulls: [32767, -1] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['F1102962DFA01181', 'F121127F120F97C2',
          'F12297F497DE0578', 'F12305DC05B9FFFF', 'F124FFFF23A90F4B', 'F12510E110299F92', 'F1269FB09FA223A9'],
          values: { [`${BATTERY}.CellVoltage.Min`]: 3.885, [`${BATTERY}.CellVoltage.Max`]: 3.89,
          [`${BATTERY}.Temperature.Average`]: 14.65 } },
        { origin: 'published', source: 'obdb', frames: ['F1102962DFA01181', 'F121127F120F9A00',
          'F1229A3E9A2604B0', 'F12304F304B4FFFF', 'F124FFFF24B214B1', 'F1251647158F9F92', 'F1269FB09FA224B2'],
          values: { [`${BATTERY}.CellVoltage.Min`]: 3.9424, [`${BATTERY}.CellVoltage.Max`]: 3.9486,
          [`${BATTERY}.Temperature.Average`]: 12.04 } },
      ],
    },
    {
      name: 'health', target: '6F1', answer: '607', extended: { request: '07', answer: 'F1' },
      request: '226335', intervalMs: 3600000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.StateOfHealth`, formula: '55|8@0+ (1,0)', unit: 'percent', min: 1, max: 100,
          nulls: [0] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['F110076263350000', 'F121004AFFFFFFFF'], values: {
          [`${BATTERY}.StateOfHealth`]: 74 } },
        { origin: 'published', source: 'obdb', frames: ['F110076263350000', 'F121005EFFFFFFFF'], values: {
          [`${BATTERY}.StateOfHealth`]: 94 } },
      ],
    },
    {
      name: 'range', target: '6F1', answer: '660', extended: { request: '60', answer: 'F1' },
      request: '22420C', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.Range`, formula: '63|16@0+ (1,0)', unit: 'km', max: 1000, nulls: [2047,
          65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['F1100B62420C002D', 'F121002B002D0035'], values: {
          [`${BATTERY}.Range`]: 45 } },
        { origin: 'published', source: 'obdb', frames: ['F1100B62420C003F', 'F121003A003F0047'], values: {
          [`${BATTERY}.Range`]: 63 } },
      ],
    },
    {
      name: 'odometer', target: '6F1', answer: '660', extended: { request: '60', answer: 'F1' },
      request: '22D10D', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.TravelledDistance`, formula: '31|32@0+ (1,0)', unit: 'km',
          max: 2000000, nulls: [4294967295] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['F1100B62D10D0001', 'F121E8140001E814'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 124948 } },
        { origin: 'published', source: 'obdb', frames: ['F1100B62D10D0001', 'F12190A5000190A5'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 102565 } },
      ],
    },
  ],
};

import type { VehicleProfileFile } from '../profile.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';

// biome-ignore format: a table reads by columns
export const CHEVROLET_BOLT_EV: VehicleProfileFile = {
  format: 1, name: 'chevrolet-bolt-ev', title: 'Chevrolet Bolt EV (Opel Ampera-e)',
  vehicles: [
    { make: 'Chevrolet', models: ['Bolt EV', 'Bolt EUV'], years: [2017, 2023], powertrain: 'bev',
      vins: ['1G1FW6', '1G1FX6', '1G1FY6', '1G1FZ6'] },
    { make: 'Opel', models: ['Ampera-e'], years: [2017, 2020], powertrain: 'bev' },
  ],
  note: 'The odometer is the standard parameter 01 A6; nobody publishes the pack current with a ' +
    'frame to check it against.',
  sources: [
    { id: 'obdb', where: 'OBDb/Chevrolet-Bolt-EV, signal set v3 and its test cases, commit 525816add7c7',
      licence: 'CC-BY-SA-4.0' },
    { id: 'ovms', where: 'Open-Vehicle-Monitoring-System-3, components/vehicle_boltev, commit 1aa1daff19c5',
      licence: 'MIT' },
  ],
  requests: [
    {
      name: 'state-of-charge', target: '7E4', answer: '7EC',
      request: '2243AF', intervalMs: 10000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.StateOfCharge.Current`, formula: '31|16@0+ (20/13107,0)', unit: 'percent',
          max: 100 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['056243AF4013'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 25.03 } },
        { origin: 'published', source: 'obdb', frames: ['056243AFF529'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 95.77 } },
      ],
    },
    {
      name: 'state-of-charge-displayed', target: '7E4', answer: '7EC',
      request: '228334', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.StateOfCharge.Displayed`, formula: '31|8@0+ (20/51,0)', unit: 'percent',
          max: 100 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462833435'], values: {
          [`${BATTERY}.StateOfCharge.Displayed`]: 20.78 } },
        { origin: 'published', source: 'obdb', frames: ['04628334A9'], values: {
          [`${BATTERY}.StateOfCharge.Displayed`]: 66.27 } },
      ],
    },
    {
      name: 'voltage', target: '7E4', answer: '7EC',
      request: '22432D', intervalMs: 5000, confidence: 'single source', sources: ['ovms'],
      signals: [
        { signal: `${BATTERY}.CurrentVoltage`, formula: '31|16@0+ (0.52,0)', unit: 'V', min: 100,
          max: 600 },
      ],
      vectors: [
        { origin: 'computed', frames: ['0562432D02BCAAAA'], values: {
          [`${BATTERY}.CurrentVoltage`]: 364 } },
        { origin: 'computed', frames: ['0562432D0280AAAA'], values: {
          [`${BATTERY}.CurrentVoltage`]: 332.8 } },
      ],
    },
    {
      name: 'temperature', target: '7E4', answer: '7EC',
      request: '22434F', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.Temperature.Average`, formula: '31|8@0+ (1,-40)', unit: 'celsius' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462434F40'], values: {
          [`${BATTERY}.Temperature.Average`]: 24 } },
        { origin: 'published', source: 'obdb', frames: ['0462434F38'], values: {
          [`${BATTERY}.Temperature.Average`]: 16 } },
      ],
    },
    {
      name: 'charging', target: '7E4', answer: '7EC',
      request: '224531', intervalMs: 10000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.Charging.Mode`, formula: '31|8@0+ (1,0)', unit: 'code', map: { 0: 0, 1: 1,
          2: 2, 3: 3 } },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462453100'], values: {
          [`${BATTERY}.Charging.Mode`]: 0 } },
        { origin: 'published', source: 'obdb', frames: ['0462453102'], values: {
          [`${BATTERY}.Charging.Mode`]: 2 } },
      ],
    },
    {
      name: 'charger-ac-voltage', target: '7E4', answer: '7EC',
      request: '224368', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.Charging.ChargeVoltage.AC`, formula: '31|8@0+ (2,0)', unit: 'V' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462436800'], values: {
          [`${BATTERY}.Charging.ChargeVoltage.AC`]: 0 } },
        { origin: 'published', source: 'obdb', frames: ['0462436879'], values: {
          [`${BATTERY}.Charging.ChargeVoltage.AC`]: 242 } },
      ],
    },
    {
      name: 'charger-ac-current', target: '7E4', answer: '7EC',
      request: '224369', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb', 'ovms'],
      signals: [
        { signal: `${BATTERY}.Charging.ChargeCurrent.AC`, formula: '31|8@0+ (0.2,0)', unit: 'A' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462436900'], values: {
          [`${BATTERY}.Charging.ChargeCurrent.AC`]: 0 } },
        { origin: 'published', source: 'obdb', frames: ['04624369E0'], values: {
          [`${BATTERY}.Charging.ChargeCurrent.AC`]: 44.8 } },
      ],
    },
    {
      name: 'charger-dc-voltage', target: '7E4', answer: '7EC',
      request: '22436B', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.Charging.ChargeVoltage.DC`, formula: '31|16@0+ (0.5,0)', unit: 'V',
          max: 1000 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0562436B0000'], values: {
          [`${BATTERY}.Charging.ChargeVoltage.DC`]: 0 } },
        { origin: 'published', source: 'obdb', frames: ['0562436B02D9'], values: {
          [`${BATTERY}.Charging.ChargeVoltage.DC`]: 364.5 } },
      ],
    },
    {
      name: 'charger-dc-current', target: '7E4', answer: '7EC',
      request: '22436C', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.Charging.ChargeCurrent.DC`, formula: '31|16@0- (0.05,0)', unit: 'A',
          min: -500, max: 500 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0562436C0000'], values: {
          [`${BATTERY}.Charging.ChargeCurrent.DC`]: 0 } },
        { origin: 'published', source: 'obdb', frames: ['0562436C0230'], values: {
          [`${BATTERY}.Charging.ChargeCurrent.DC`]: 28 } },
      ],
    },
  ],
};

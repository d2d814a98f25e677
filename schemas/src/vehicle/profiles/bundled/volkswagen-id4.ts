import type { VehicleProfileFile } from '../profile.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const LOW_VOLTAGE = 'Vehicle.LowVoltageBattery';
const POWERTRAIN = 'Vehicle.Powertrain';

// biome-ignore format: a table reads by columns
export const VOLKSWAGEN_ID4: VehicleProfileFile = {
  format: 1, name: 'volkswagen-id4', title: 'Volkswagen ID.4 and its MEB relatives',
  vehicles: [
    { make: 'Volkswagen', models: ['ID.4', 'ID.5'], years: [2021, 2026], powertrain: 'bev',
      vins: ['WVGZZZE2'] },
    { make: 'Volkswagen', models: ['ID.3'], years: [2020, 2026], powertrain: 'bev', vins: ['WVWZZZE1'] },
    { make: 'Skoda', models: ['Enyaq'], years: [2021, 2026], powertrain: 'bev' },
    { make: 'Audi', models: ['Q4 e-tron'], years: [2021, 2026], powertrain: 'bev' },
    { make: 'Cupra', models: ['Born'], years: [2021, 2026], powertrain: 'bev' },
  ],
  note: 'Battery and drive answer on 29-bit addresses, the gateway on 11-bit ones; the adapter ' +
    'must be able to change between them. Measured on the ID.4; the others share the platform.',
  sources: [
    { id: 'obdb', where: 'OBDb/Volkswagen-ID.4, signal set v3 and its test cases, commit b872112e728d',
      licence: 'CC-BY-SA-4.0' },
    { id: 'wican', where: 'meatpiHQ/wican-fw, vehicle_profiles/vw/ev_meb.json at commit 5e28f494232b',
      licence: 'GPL-3.0' },
  ],
  requests: [
    {
      name: 'state-of-charge', target: '17FC007B', answer: '17FE007B',
      request: '22028C', intervalMs: 10000, confidence: 'measured elsewhere', sources: ['obdb', 'wican'],
      signals: [
        { signal: `${BATTERY}.StateOfCharge.Current`, formula: '31|8@0+ (0.4,0)', unit: 'percent', min: 0,
          max: 100, nulls: [[251, 255]], note: 'The dashboard shows some raw × 20.4 ÷ 46 − 6.4 %.' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462028C37'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 22 } },
        { origin: 'published', source: 'obdb', frames: ['0462028C79'], values: {
          [`${BATTERY}.StateOfCharge.Current`]: 48.4 } },
      ],
    },
    {
      name: 'voltage', target: '17FC007B', answer: '17FE007B',
      request: '221E3B', intervalMs: 5000, confidence: 'measured elsewhere', sources: ['obdb', 'wican'],
      signals: [
        { signal: `${BATTERY}.CurrentVoltage`, formula: '31|16@0+ (0.25,0)', unit: 'V', min: 100, max: 1000,
          nulls: [4094, 4095] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['05621E3B0526'], values: {
          [`${BATTERY}.CurrentVoltage`]: 329.5 } },
        { origin: 'published', source: 'obdb', frames: ['05621E3B0600'], values: {
          [`${BATTERY}.CurrentVoltage`]: 384 } },
      ],
    },
    {
      name: 'current', target: '17FC007B', answer: '17FE007B',
      request: '221E3D', intervalMs: 5000, confidence: 'single source', sources: ['wican'],
      signals: [
        { signal: `${BATTERY}.CurrentCurrent`, formula: '31|32@0+ (0.01,-1500)', unit: 'A', min: -1500,
          max: 1500,
          note: 'Positive into the battery; a parked car that is switched on shows a few negative amperes.' },
      ],
      vectors: [
        { origin: 'computed', frames: ['07621E3D0002479E'], values: {
          [`${BATTERY}.CurrentCurrent`]: -5.9 } },
        { origin: 'computed', frames: ['07621E3D00027AC4'], values: {
          [`${BATTERY}.CurrentCurrent`]: 125 } },
      ],
    },
    {
      name: 'temperature-max', target: '17FC007B', answer: '17FE007B',
      request: '221E0E', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.Temperature.Max`, formula: '31|16@0- (0.015625,0)', unit: 'celsius', min: -60,
          max: 120 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['07621E0E02D80005'], values: {
          [`${BATTERY}.Temperature.Max`]: 11.38 } },
        { origin: 'published', source: 'obdb', frames: ['07621E0E01A00001'], values: {
          [`${BATTERY}.Temperature.Max`]: 6.5 } },
      ],
    },
    {
      name: 'temperature-min', target: '17FC007B', answer: '17FE007B',
      request: '221E0F', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.Temperature.Min`, formula: '31|16@0- (0.015625,0)', unit: 'celsius', min: -60,
          max: 120 },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['07621E0F02B80004'], values: {
          [`${BATTERY}.Temperature.Min`]: 10.88 } },
        { origin: 'published', source: 'obdb', frames: ['07621E0F0188000D'], values: {
          [`${BATTERY}.Temperature.Min`]: 6.13 } },
      ],
    },
    {
      name: 'cell-max', target: '17FC007B', answer: '17FE007B',
      request: '221E33', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.CellVoltage.Max`, formula: '31|16@0+ (0.000244140625,0)', unit: 'V', min: 1,
          max: 5,
          note: 'Published scalings give millivolts as volts; 1/4096 V agrees with the pack voltage.' },
        { signal: `${BATTERY}.CellVoltage.IdMax`, formula: '47|16@0+ (1,0)', unit: 'count' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['07621E33374C000A'], values: {
          [`${BATTERY}.CellVoltage.Max`]: 3.4561, [`${BATTERY}.CellVoltage.IdMax`]: 10 } },
        { origin: 'published', source: 'obdb', frames: ['07621E333E4A0013'], values: {
          [`${BATTERY}.CellVoltage.Max`]: 3.8931, [`${BATTERY}.CellVoltage.IdMax`]: 19 } },
      ],
    },
    {
      name: 'cell-min', target: '17FC007B', answer: '17FE007B',
      request: '221E34', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.CellVoltage.Min`, formula: '31|16@0+ (0.000244140625,0)', unit: 'V', min: 1,
          max: 5 },
        { signal: `${BATTERY}.CellVoltage.IdMin`, formula: '47|16@0+ (1,0)', unit: 'count' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['07621E34374C0020'], values: {
          [`${BATTERY}.CellVoltage.Min`]: 3.4561, [`${BATTERY}.CellVoltage.IdMin`]: 32 } },
        { origin: 'published', source: 'obdb', frames: ['07621E343EBC0001'], values: {
          [`${BATTERY}.CellVoltage.Min`]: 3.9209, [`${BATTERY}.CellVoltage.IdMin`]: 1 } },
      ],
    },
    {
      name: 'charging', target: '17FC007B', answer: '17FE007B',
      request: '227448', intervalMs: 10000, confidence: 'single source', sources: ['wican'],
      signals: [
        { signal: `${BATTERY}.Charging.IsCharging`, formula: '26|1@0+ (1,0)', unit: 'flag' },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0462744801'], values: {
          [`${BATTERY}.Charging.IsCharging`]: 0 } },
        { origin: 'published', source: 'obdb', frames: ['0462744804'], values: {
          [`${BATTERY}.Charging.IsCharging`]: 1 } },
      ],
    },
    {
      name: 'odometer', target: '17FC0076', answer: '17FE0076',
      request: '22295A', intervalMs: 60000, confidence: 'measured elsewhere', sources: ['obdb', 'wican'],
      signals: [
        { signal: `${POWERTRAIN}.Transmission.TravelledDistance`, formula: '31|24@0+ (1,0)', unit: 'km',
          max: 2000000, nulls: [16777215] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['0662295A00A7E5'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 42981 } },
        { origin: 'published', source: 'obdb', frames: ['0662295A0170FF'], values: {
          [`${POWERTRAIN}.Transmission.TravelledDistance`]: 94463 } },
      ],
    },
    {
      name: 'range', target: '710', answer: '77A',
      request: '222AB5', intervalMs: 60000, confidence: 'single source', sources: ['obdb'],
      signals: [
        { signal: `${BATTERY}.Range`, formula: '63|16@0+ (1,0)', unit: 'km', max: 1500, nulls: [2047,
          65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['100D622AB5002D00', '2100002D00000000'], values: {
          [`${BATTERY}.Range`]: 45 } },
        { origin: 'published', source: 'obdb', frames: ['100D622AB500FD00', '210000FD00000000'], values: {
          [`${BATTERY}.Range`]: 253 } },
      ],
    },
    {
      name: 'capacity', target: '710', answer: '77A',
      request: '222AB2', intervalMs: 3600000, confidence: 'measured elsewhere', sources: ['obdb', 'wican'],
      signals: [
        { signal: `${BATTERY}.NetCapacity`, formula: '31|16@0+ (0.05,0)', unit: 'kWh', max: 250,
          nulls: [65535] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['07622AB2053A0400'], values: {
          [`${BATTERY}.NetCapacity`]: 66.9 } },
        { origin: 'published', source: 'obdb', frames: ['07622AB2059C0400'], values: {
          [`${BATTERY}.NetCapacity`]: 71.8 } },
      ],
    },
    {
      name: 'low-voltage-battery', target: '710', answer: '77A',
      request: '222AF7', intervalMs: 30000, confidence: 'measured elsewhere', sources: ['obdb'],
      signals: [
        { signal: `${LOW_VOLTAGE}.VehicleVoltage`, formula: '31|16@0+ (0.001,4)', unit: 'V', min: 5,
          max: 20 },
        { signal: `${LOW_VOLTAGE}.CurrentCurrent`, formula: '47|32@0- (0.001,0)', unit: 'A', min: -1000,
          max: 1000 },
        { signal: `${LOW_VOLTAGE}.StateOfCharge`, formula: '87|8@0+ (1,0)', unit: 'percent', max: 100 },
        { signal: `${LOW_VOLTAGE}.Temperature`, formula: '95|8@0+ (1,-40)', unit: 'celsius', nulls: [0,
          255] },
      ],
      vectors: [
        { origin: 'published', source: 'obdb', frames: ['101A622AF71EF0FF', '21FFD92C0B3C4947',
          '221F1C0000493000', '23004459645731AA'], values: { [`${LOW_VOLTAGE}.VehicleVoltage`]: 11.92,
          [`${LOW_VOLTAGE}.CurrentCurrent`]: -9.94, [`${LOW_VOLTAGE}.StateOfCharge`]: 60,
          [`${LOW_VOLTAGE}.Temperature`]: 33 } },
        { origin: 'published', source: 'obdb', frames: ['101A622AF71F1EFF', '21FFDEEF0C3D4948',
          '221E1C0000493000', '2300444F645731AA'], values: { [`${LOW_VOLTAGE}.VehicleVoltage`]: 11.966,
          [`${LOW_VOLTAGE}.CurrentCurrent`]: -8.465, [`${LOW_VOLTAGE}.StateOfCharge`]: 61,
          [`${LOW_VOLTAGE}.Temperature`]: 33 } },
      ],
    },
  ],
};

import { gzipSync } from 'node:zlib';
import { signalById } from '@outpost/schemas/vehicle';
import { wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { decimalText, eventText, HEADER_TEXT, headerObjection, timeText } from './codec.ts';
import { joinedName, NAMES, SENT } from './names.ts';
import { halvesOf, isEmpty, readDelivery, statusEvent, statusOf } from './status.ts';
import {
  at,
  codes,
  FULL_SAMPLE,
  FULL_SAMPLE_NAMED,
  FULL_SAMPLE_SIGNALS,
  number,
  position,
  SAMPLE_DIMO_KEY,
  SAMPLE_PARTIES,
  sampleDelivery,
  vin,
} from './testing.ts';

const START = at('2024-04-18T17:20:23.243Z');
const statusFor = (bodies: Parameters<typeof sampleDelivery>[0], positions = true) => {
  const delivery = sampleDelivery(bodies, START);
  return statusOf(delivery, readDelivery(delivery)!, { positions, events: true });
};
const sent = (bodies: Parameters<typeof sampleDelivery>[0]) => {
  const text = eventText(statusEvent(statusFor(bodies), SAMPLE_PARTIES, SAMPLE_DIMO_KEY.sign));
  return JSON.parse(text) as { data: { signals: object[]; vin?: string } } & Record<string, unknown>;
};

describe("DIMO's names", () => {
  it('are 116: numbers, flags, texts and one location', () => {
    const count = (kind: string) => [...NAMES.values()].filter((name) => name.kind === kind).length;
    expect([NAMES.size, count('number'), count('flag'), count('text'), count('location')]).toEqual([
      116, 78, 31, 6, 1,
    ]);
  });

  it.each([
    ['Vehicle.Speed', 'speed'],
    ['Vehicle.OBD.EngineLoad', 'obdEngineLoad'],
    ['Vehicle.IsIgnitionOn', 'isIgnitionOn'],
    ['Vehicle.DIMO.Aftermarket.HDOP', 'dimoAftermarketHDOP'],
    ['Vehicle.Powertrain.CombustionEngine.ECT', 'powertrainCombustionEngineECT'],
    ['Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure', 'chassisAxleRow1WheelLeftTirePressure'],
    ['Vehicle.OBD.O2WR.Sensor1.Voltage', 'obdO2WRSensor1Voltage'],
  ])('join %s to %s', (path, name) => expect(joinedName(path)).toBe(name));

  it('are those of our signals in the same unit, watts of charging as kilowatts', () => {
    expect(SENT.size).toBe(57);
    for (const [id, { name, decimals }] of SENT) {
      const signal = signalById(id)!;
      expect(NAMES.has(name)).toBe(true);
      expect(decimals - signal.decimals).toBe(name === 'powertrainTractionBatteryChargingPower' ? 3 : 0);
    }
  });
});

describe('numbers and times', () => {
  it.each([
    [0, 2, '0'],
    [5, 0, '5'],
    [-5, 1, '-0.5'],
    [12_500, 2, '125'],
    [-565_015_183, 7, '-56.5015183'],
    [1, 5, '0.00001'],
    [100, 2, '1'],
  ])('%i × 10^−%i is %s', (mantissa, decimals, text) => {
    expect(decimalText(mantissa, decimals)).toBe(text);
    expect(Number(text)).toBeCloseTo(mantissa / 10 ** decimals, 9);
  });

  it('moments are RFC 3339 to the millisecond, or to the nanosecond', () => {
    const wall = wallNs(1_713_460_846_436_008_782n);
    expect(timeText(wall)).toBe('2024-04-18T17:20:46.436Z');
    expect(timeText(wall, true)).toBe('2024-04-18T17:20:46.436008782Z');
    expect(timeText(wallNs(-1n))).toBe('1969-12-31T23:59:59.999Z');
  });
});

describe("an attestation as DIMO's status", () => {
  it('has the values and moments of its readings, and is the same at every attempt', () => {
    const event = sent([
      number(1, 39),
      number(2, 200_000),
      number(46, 1),
      number(475, 7_400),
      number(21, 569_922),
    ]);
    expect(event.data.signals).toEqual([
      { name: 'speed', timestamp: '2024-04-18T17:20:23.243Z', value: 39 },
      { name: 'powertrainCombustionEngineSpeed', timestamp: '2024-04-18T17:20:23.343Z', value: 2_000 },
      { name: 'isIgnitionOn', timestamp: '2024-04-18T17:20:23.443Z', value: 1 },
      { name: 'powertrainTractionBatteryChargingPower', timestamp: '2024-04-18T17:20:23.543Z', value: 7.4 },
      {
        name: 'powertrainTransmissionTravelledDistance',
        timestamp: '2024-04-18T17:20:23.643Z',
        value: 56_992.2,
      },
    ]);
    expect(event).toMatchObject({
      specversion: '1.0',
      type: 'dimo.status',
      time: '2024-04-18T17:20:23.643Z',
    });
    expect(event['id']).toMatch(/^[0-9a-f]{64}$/);
    expect(sent([number(1, 39)])).toEqual(sent([number(1, 39)]));
  });

  it('pairs positions as one value, sends none without a fix and none where they are off', () => {
    const [place] = sent([position(562_701_400, -565_015_183, 140)]).data.signals;
    expect(place).toMatchObject({
      name: 'currentLocationCoordinates',
      value: { latitude: 56.27014, longitude: -56.5015183, hdop: 1.4 },
    });
    expect(statusFor([position(0, 0)]).signals).toEqual([]);
    expect(statusFor([position(562_701_400, 1)], false).signals).toEqual([]);
  });

  it('sends altitude and heading beside the place, each with the moment of the fix', () => {
    const full = { ...position(562_701_400, -565_015_183), altitudeCm: 51_234, courseCdeg: 27_150 } as const;
    const timestamp = '2024-04-18T17:20:23.243Z';
    expect(sent([full]).data.signals).toEqual([
      {
        name: 'currentLocationCoordinates',
        timestamp,
        value: { latitude: 56.27014, longitude: -56.5015183 },
      },
      { name: 'currentLocationAltitude', timestamp, value: 512.34 },
      { name: 'currentLocationHeading', timestamp, value: 271.5 },
    ]);
    expect(statusFor([full], false).signals).toEqual([]);
  });

  it('tells of the driving beside the signals, or alone, or not at all where that is off', () => {
    const braking = [number(1, 72), ...Array.from({ length: 9 }, () => number(10, 1)), number(1, 40)];
    expect(sent(braking)).toMatchObject({
      type: 'dimo.status',
      data: {
        events: [
          {
            name: 'behavior.extremeBraking',
            timestamp: '2024-04-18T17:20:23.243Z',
            durationNs: 1_000_000_000,
            metadata: '{"fromKmh":72,"toKmh":40,"atLeastMs2":7.83}',
          },
        ],
      },
    });
    const delivery = sampleDelivery(braking, START);
    const off = statusOf(delivery, readDelivery(delivery)!, { positions: true, events: false });
    expect(off.events).toEqual([]);
    const status = { ...statusFor(braking), signals: [] };
    expect(isEmpty(status)).toBe(false);
    expect(statusEvent(status, SAMPLE_PARTIES, SAMPLE_DIMO_KEY.sign).header.type).toBe('dimo.events');
  });

  it('sends the codes of all control units as one text that holds a list', () => {
    const { signals } = sent([codes(['P0456'], 1), codes(['P00BD'], 2), codes([], 1)]).data;
    expect(signals).toEqual([
      { name: 'obdDTCList', timestamp: '2024-04-18T17:20:23.443Z', value: '["P00BD"]' },
    ]);
  });

  it('carries a VIN beside signals, alone as a fingerprint, and leaves out what is none', () => {
    expect(sent([vin('1HGBH41JXMN109186'), number(1, 3)])).toMatchObject({
      type: 'dimo.status',
      data: { vin: '1HGBH41JXMN109186' },
    });
    expect(sent([vin('1HGBH41JXMN109186')])).toMatchObject({ type: 'dimo.fingerprint' });
    expect(isEmpty(statusFor([vin('1HGBH41JXMN10918O'), number(10, 1), number(1, 256)]))).toBe(true);
  });

  it('tells two readings apart that fall into one millisecond', () => {
    const status = statusFor([number(1, 1), number(1, 2)]);
    const [first, second] = status.signals;
    const close = [first!, { ...second!, wall: wallNs(first!.wall + 1n) }];
    const { data } = statusEvent({ ...status, signals: close }, SAMPLE_PARTIES, SAMPLE_DIMO_KEY.sign);
    expect(data).toContain('"timestamp":"2024-04-18T17:20:23.243Z","value":1');
    expect(data).toContain('"timestamp":"2024-04-18T17:20:23.243000001Z","value":2');
  });

  it('parts in halves with names of their own, down to one signal', () => {
    const [a, b] = halvesOf(statusFor([number(1, 1), number(1, 2), vin('1HGBH41JXMN109186')]))!;
    expect([a.signals.length, b.signals.length, a.vin, b.vin]).toEqual([
      1,
      1,
      '1HGBH41JXMN109186',
      undefined,
    ]);
    expect(a.id).not.toBe(b.id);
    expect(b.events).toEqual([]);
    expect(halvesOf(a)).toBeUndefined();
  });

  it('has a header that DIMO takes', () => {
    const { header } = statusEvent(statusFor([number(1, 1)]), SAMPLE_PARTIES, SAMPLE_DIMO_KEY.sign);
    expect(headerObjection(header)).toBeUndefined();
    expect(headerObjection({ ...header, id: 'a+b' })).toContain('id');
    expect(headerObjection({ ...header, dataversion: 'a'.repeat(9_000) })).toContain('8192');
    expect(HEADER_TEXT.test(`${header.id}/a/b`)).toBe(true);
  });

  it("has 93 bytes for each of the 21 signals of DIMO's own full sample, 31 compressed, with signature and identifiers", () => {
    const text = eventText(statusEvent(statusFor(FULL_SAMPLE), SAMPLE_PARTIES, SAMPLE_DIMO_KEY.sign));
    expect(text.length / FULL_SAMPLE_SIGNALS).toBeCloseTo(92.9, 1);
    expect(text.length / FULL_SAMPLE_NAMED).toBeCloseTo(114.8, 1);
    // Versions of zlib differ by some bytes.
    expect(gzipSync(text).length / FULL_SAMPLE_SIGNALS).toBeLessThanOrEqual(31.9);
    expect(gzipSync(text).length / FULL_SAMPLE_NAMED).toBeLessThanOrEqual(39.5);
  });
});

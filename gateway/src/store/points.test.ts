import { signalById } from '@outpost/schemas/vehicle';
import { type Body, type Epoch, wallNs } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointProblem } from './point.ts';
import { pointOf, selfPoint } from './points.ts';
import type { StoreRecord } from './records.ts';
import { anchorAt, EPOCH_A, opened, reading, WALL_START } from './testing/records.ts';

const wall = wallNs(WALL_START);
const pointFor = (record: StoreRecord, trust: 'none' | 'rtc' | 'ntp' | 'gnss' = 'ntp') => {
  const point = pointOf(record, wall, trust);
  if (!point.ok) throw new Error(point.fault.words);
  expect(pointProblem(point.value)).toBeUndefined();
  return point.value;
};
const of = (body: Body) => reading({ sequence: 7, ms: 0, body });

describe('a number', () => {
  it('is a value of the measurement vehicle under its VSS name, with the control unit in hex', () => {
    const point = pointFor(of({ kind: 'number', signal: 2, mantissa: 81_350, ecu: 0x7e8 }));
    expect(point).toEqual({
      measurement: 'vehicle',
      series: 'vehicle,device=car,signal=Vehicle.Powertrain.CombustionEngine.Speed,ecu=7E8',
      tags: { device: 'car', signal: 'Vehicle.Powertrain.CombustionEngine.Speed', ecu: '7E8' },
      floats: { value: 813.5 },
      integers: { seq: 7 },
      at: point.at,
    });
  });

  it('has a tag for what is unusual only: origin, trust, lane, control unit', () => {
    const body: Body = { kind: 'number', signal: 1, mantissa: 50, ecu: 0 };
    expect(pointFor(of(body)).tags).toEqual({ device: 'car', signal: 'Vehicle.Speed' });
    expect(pointFor({ ...of(body), origin: 'simulated', stream: 'car/coverage' }, 'rtc').tags).toEqual({
      device: 'car',
      signal: 'Vehicle.Speed',
      origin: 'simulated',
      trust: 'rtc',
      lane: 'coverage',
    });
  });

  it('is the number that its exact decimal text is read as', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.maxSafeInteger(), (decimals, mantissa) => {
        const digits = String(Math.abs(mantissa)).padStart(decimals + 1, '0');
        const at = digits.length - decimals;
        const text = `${mantissa < 0 ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at)}`;
        expect(mantissa / 10 ** decimals).toBe(Number(text));
      }),
    );
    const row = signalById(2);
    expect(row?.decimals).toBe(2);
  });

  it('of a signal that this program does not know is named as such', () => {
    const unknown = pointOf(of({ kind: 'number', signal: 65_000, mantissa: 1, ecu: 0 }), wall, 'ntp');
    expect(unknown).toMatchObject({ ok: false, fault: { kind: 'malformed' } });
    expect(!unknown.ok && unknown.fault.words).toContain('65000');
  });
});

describe('what is no number', () => {
  it.each<[string, Body, object]>([
    [
      'codes',
      { kind: 'codes', status: 'stored', codes: ['P0301', 'P0420'], ecu: 0x7e8 },
      {
        tags: { kind: 'codes', status: 'stored', ecu: '7E8' },
        texts: { text: 'P0301 P0420' },
        integers: { count: 2 },
      },
    ],
    [
      'an identity with a control character',
      { kind: 'identity', of: 'vin', text: '\0WVWZZZ1KZAW000001', ecu: 0 },
      { tags: { kind: 'identity', of: 'vin' }, texts: { text: '\ufffdWVWZZZ1KZAW000001' } },
    ],
    [
      'a gap',
      { kind: 'gap', reason: 'disconnected', count: 0 },
      { tags: { kind: 'gap', reason: 'disconnected' }, integers: { count: 0 } },
    ],
    [
      'a clock anchor',
      { kind: 'anchor', anchor: anchorAt(0, 'ntp') },
      { tags: { kind: 'clock' }, texts: { text: 'clock trusted as ntp' } },
    ],
  ])('%s is an event with a text', (_, body, expected) => {
    expect(pointFor(of(body))).toMatchObject({ measurement: 'events', ...expected });
  });

  it('a position has degrees, metres and metres per second, and nothing for what is not known', () => {
    const unknown = { altitudeCm: undefined, courseCdeg: undefined, hdopCenti: undefined };
    const place = { latitude: 481_173_000, longitude: -115_166_667, speedCmS: 1_152, satellites: 8 };
    const body: Body = { kind: 'position', fix: '3d', ...place, ...unknown, fixedAt: undefined };
    const point = pointFor(of(body));
    expect(point).toMatchObject({ measurement: 'position', integers: { seq: 7, satellites: 8 } });
    expect(point.floats).toEqual({ lat: 48.1173, lon: -11.516_666_7, speed: 11.52 });
  });

  it('a trip has its distance, its time and why it began and ended', () => {
    const epoch = new Uint8Array(16) as Epoch;
    const body: Body = {
      kind: 'trip',
      start: { epoch, sequence: 1, wall },
      startedBy: 'run-time',
      end: { epoch, sequence: 6, wall: wallNs(WALL_START + 90_500_000_000n) },
      endedBy: 'engine-off',
      distanceM: 1_204,
      fuelMl: 95,
      energyWh: undefined,
      odometerStartM: undefined,
      odometerEndM: undefined,
    };
    expect(pointFor(of(body))).toMatchObject({
      measurement: 'trips',
      tags: { started_by: 'run-time', ended_by: 'engine-off' },
      floats: { duration_s: 90.5 },
      integers: { seq: 7, distance_m: 1_204, fuel_ml: 95 },
    });
  });

  it('a redacted mark is an event that says why', () => {
    const point = pointFor(of({ kind: 'redacted', what: 'position', reason: 'zone' }));
    expect(point).toMatchObject({ tags: { kind: 'redacted', what: 'position' }, texts: { text: 'zone' } });
  });

  it('a text of a signal stands beside its numbers, in a field of its own', () => {
    expect(pointFor(of({ kind: 'text', signal: 1, text: 'fast', ecu: 0 }))).toMatchObject({
      measurement: 'vehicle',
      texts: { text: 'fast' },
      integers: { seq: 7 },
    });
  });

  it('epochs, attestations, receipts and events of the box have their own points', () => {
    const placed = { device: 'car', stream: 'car/telemetry', epoch: EPOCH_A, ordinal: 5n } as const;
    expect(pointFor(opened())).toMatchObject({ measurement: 'events', tags: { kind: 'epoch' } });
    const attestation = {
      ...placed,
      kind: 'attestation',
      counter: 3,
      size: 256,
      bytes: 400,
      mono: reading({ sequence: 0, ms: 0 }).mono,
      anchor: anchorAt(0, 'ntp'),
    } as const;
    expect(pointFor(attestation)).toMatchObject({
      measurement: 'attestations',
      integers: { counter: 3, size: 256 },
    });
    const receipt = {
      ...placed,
      kind: 'receipt',
      network: 'outpost',
      verdict: 'refused',
      code: 'gap',
      words: 'two\nlines',
      attestation: '00',
      wall,
    } as const;
    expect(pointFor(receipt)).toMatchObject({
      measurement: 'receipts',
      tags: { network: 'outpost', verdict: 'refused' },
      texts: { text: 'two\ufffdlines' },
    });
    const event = {
      kind: 'event',
      device: '',
      what: 'connected',
      words: 'hello',
      wall,
      ordinal: 9n,
    } as const;
    expect(pointFor(event)).toMatchObject({ measurement: 'events', tags: { kind: 'connected' } });
    expect(pointProblem(selfPoint(wall, { pending: 0 }))).toBeUndefined();
  });
});

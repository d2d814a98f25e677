import { signalByName } from '@outpost/schemas/vehicle';
import type { Body } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { vinOfSeed } from '../car/identity.ts';
import { type Met, meet } from './elm327/meeting.ts';
import { modelOf } from './elm327/testing.ts';

const MINUTE_MS = 60_000;

const signalsOf = ({ said }: Met, ecu: number): ReadonlySet<number> =>
  new Set(said.flatMap(({ body }) => (body.kind === 'number' && body.ecu === ecu ? [body.signal] : [])));

const identities = ({ said }: Met, of: string): readonly string[] =>
  said.flatMap(({ body }) => (body.kind === 'identity' && body.of === of ? [body.text] : []));

const values = ({ said }: Met, name: string, ecu: number): readonly number[] => {
  const signal = signalByName(name)!;
  const isIt = (body: Body): boolean =>
    body.kind === 'number' && body.signal === signal.id && body.ecu === ecu;
  return said.flatMap(({ body }) =>
    body.kind === 'number' && isIt(body) ? [body.mantissa / 10 ** signal.decimals] : [],
  );
};

/** Each list of codes as it was said, by its text. */
const codes = ({ said }: Met, status: string): readonly string[] =>
  said.flatMap(({ body }) =>
    body.kind === 'codes' && body.status === status ? [body.codes.join(' ') || 'none'] : [],
  );

const RPM = signalByName('Vehicle.Powertrain.CombustionEngine.Speed')!.id;
const soundSignals = signalsOf(meet(modelOf(), 150_000), 0x7e8);

describe("the gateway's own dialogue at the simulated dongle", () => {
  it.each([
    ['genuine', '6', 0x7e8],
    ['genuine', '7', 0x18daf110],
    ['clone', '8', 0x7e8],
    ['clone', '9', 0x18daf110],
  ] as const)('reads the whole car: %s dongle, protocol %s', (profile, protocol, engine) => {
    const met = meet(modelOf({ profile, protocol }), 90_000);
    expect(met.quarantined).toEqual([]);
    // A reply may be under way when the time is up.
    expect(met.items - met.fates).toBeLessThanOrEqual(2);
    expect(met.reopenedAtMs).toEqual([]);
    expect(signalsOf(met, engine).size).toBeGreaterThanOrEqual(60);
    expect(new Set(identities(met, 'vin'))).toEqual(new Set([vinOfSeed(1)]));
    expect(identities(met, 'calibration-id')).toContain('OUTPOST-SIM-E160');
    expect(new Set(met.said.map(({ origin }) => origin))).toEqual(new Set(['simulated']));
    const speeds = values(met, 'Vehicle.Speed', engine);
    expect(Math.max(...speeds)).toBeGreaterThan(40);
    expect(speeds.length).toBeGreaterThan(20);
  });

  it.each([
    ['clone-2.1', '6', 100],
    ['clone-fast', '7', 100],
    ['wican', '8', 100],
    ['genuine', '1', 40],
    ['clone', '3', 40],
    ['stn', '5', 40],
  ] as const)(
    'reads a car through any dongle over any bus: %s, protocol %s',
    (profile, protocol, signals) => {
      const met = meet(modelOf({ profile, protocol }), 45_000);
      const of = (kind: Body['kind']): number => met.said.filter(({ body }) => body.kind === kind).length;
      expect(met.phase).toBe('polling');
      expect(of('number')).toBeGreaterThan(signals);
      expect(new Set(identities(met, 'vin'))).toEqual(new Set([vinOfSeed(1)]));
      // Lines that ran together, and answers whose flow control was lost, are kept aside and not believed.
      const quirks = { 'clone-2.1': ['elm327.not-a-frame'], 'clone-fast': ['isotp.missing'] };
      const expected = new Set<string>(profile in quirks ? quirks[profile as keyof typeof quirks] : []);
      expect(new Set(met.quarantined.map(({ code }) => code))).toEqual(expected);
    },
  );

  it('notices that the car is parked, and finds it again when it is started', () => {
    const met = meet(modelOf({ parkS: 600 }), 15 * MINUTE_MS);
    const rpm = met.said.filter(({ body }) => body.kind === 'number' && body.signal === RPM);
    expect(rpm.length).toBeGreaterThan(10);
    expect(Math.min(...rpm.map(({ atMs }) => atMs))).toBeGreaterThan(600_000);
    expect(
      values(met, 'Vehicle.LowVoltageBattery.CurrentVoltage', 0).filter((volts) => volts < 13).length,
    ).toBeGreaterThan(5);
  });

  it('hears of a trouble code, pending first and then stored', () => {
    const faults = [{ atMs: MINUTE_MS, what: 'dtc-appears', code: 'P0301' }];
    const met = meet(modelOf({ faults }), 5 * MINUTE_MS);
    expect(codes(met, 'pending')).toContain('P0301');
    expect(codes(met, 'stored')).toContain('P0301');
    expect(codes(met, 'stored')[0]).toBe('none');
  });

  it.each([
    ['noise', 8_000],
    ['half-frame', 5_000],
    ['garbage', 5_000],
    ['mute', 20_000],
    ['lv-reset', 0],
    ['no-data', 10_000],
    ['wrong-pid', 5_000],
  ] as const)('goes on after %s, and says nothing that is not so meanwhile', (what, forMs) => {
    const met = meet(modelOf({ faults: [{ atMs: 30_000, what, forMs }] }), 150_000);
    const rpm = met.said.filter(({ body }) => body.kind === 'number' && body.signal === RPM);
    expect(rpm.filter(({ atMs }) => atMs < 30_000).length).toBeGreaterThan(5);
    expect(rpm.filter(({ atMs }) => atMs > 120_000).length).toBeGreaterThan(5);
    expect(new Set(identities(met, 'vin'))).toEqual(new Set([vinOfSeed(1)]));
    expect(signalsOf(met, 0x7e8)).toEqual(soundSignals);
  });
});

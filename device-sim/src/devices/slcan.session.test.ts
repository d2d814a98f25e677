import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Said } from '@outpost/firmware-bridge';
import { redecodeSlcan } from '@outpost/firmware-bridge/wires';
import { signalByName } from '@outpost/schemas/vehicle';
import { afterAll, describe, expect, it } from 'vitest';
import { vinOfSeed } from '../car/identity.ts';
import { endlessDrive, parkedFirst } from '../car/plan.ts';
import { cycleOf } from '../cycles/cycle.ts';
import { CAR_DBC, CAR_MAP } from './slcan/car-dbc.ts';
import { meetSlcan, slcanModelOf } from './slcan/testing.ts';

const redecode = redecodeSlcan;

const signalsOf = (said: readonly Said[], ecu: number): ReadonlySet<number> =>
  new Set(said.flatMap(({ body }) => (body.kind === 'number' && body.ecu === ecu ? [body.signal] : [])));

const textsOf = (said: readonly Said[]): ReadonlySet<string> =>
  new Set(said.flatMap(({ body }) => (body.kind === 'identity' ? [`${body.of} ${body.text}`] : [])));

const valuesOf = (said: readonly Said[], name: string): readonly number[] => {
  const row = signalByName(name)!;
  return said.flatMap(({ body }) =>
    body.kind === 'number' && body.signal === row.id ? [body.mantissa / 10 ** row.decimals] : [],
  );
};

describe("the gateway's own dialogue at the simulated SLCAN adapter", () => {
  it.each([
    ['6', 0x7e8],
    ['7', 0x18daf110],
    ['8', 0x7e8],
    ['9', 0x18daf110],
  ] as const)('reads the whole car by protocol %s', (protocol, engine) => {
    const { rig, run, state } = meetSlcan(slcanModelOf({ protocol }));
    run(30_000);
    const { said, fates } = rig;
    expect(fates.filter(({ kind }) => kind === 'quarantined')).toEqual([]);
    expect(rig.reopen).toBeUndefined();
    expect(signalsOf(said, engine).size).toBeGreaterThanOrEqual(60);
    expect(textsOf(said)).toContain(`vin ${vinOfSeed(1)}`);
    expect(textsOf(said)).toContain('calibration-id OUTPOST-SIM-E160');
    expect(new Set(said.map(({ origin }) => origin))).toEqual(new Set(['simulated']));
    expect(Math.max(...valuesOf(said, 'Vehicle.Speed'))).toBeGreaterThan(10);
    for (const { body, raw } of said) expect(redecode(raw)).toContainEqual(body);
    expect(state().tally.givenUp).toBe(0);
    expect(rig.undecided).toBeLessThanOrEqual(2);
  });

  it("reads an electric car's own control units by its profile, at their own addresses", () => {
    const { rig, run } = meetSlcan(slcanModelOf({ vehicle: 'electric', broadcasts: true }), {
      profile: 'hyundai-kona-electric',
    });
    run(30_000);
    expect(rig.fates.filter(({ kind }) => kind === 'quarantined')).toEqual([]);
    for (const ecu of [0x7ce, 0x7a8]) expect(signalsOf(rig.said, ecu).size).toBeGreaterThan(0);
    expect(signalsOf(rig.said, 0x7ec).size).toBeGreaterThan(20);
    for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
  });

  it('is not confused by a busy bus', () => {
    const { rig, run, state } = meetSlcan(slcanModelOf({ broadcasts: true }));
    run(25_000);
    expect(textsOf(rig.said)).toContain(`vin ${vinOfSeed(1)}`);
    expect(rig.fates.filter(({ kind }) => kind === 'quarantined')).toEqual([]);
    const dropped = rig.fates.filter((fate) => fate.kind === 'dropped' && fate.reason === 'not-asked').length;
    expect(dropped).toBeGreaterThan(1_000);
    expect(state().tally.broadcasts).toBeGreaterThan(1_500);
    expect(rig.statuses.at(-1)?.facts).toMatchObject({ busLoadPercent: expect.any(Number) });
  });

  it('says nothing on the bus of a sleeping car, and reads it as soon as its bus wakes up', () => {
    const plan = parkedFirst(cycleOf('wltc'), 120);
    const { rig, run, state } = meetSlcan(slcanModelOf({ broadcasts: true, plan }));
    run(50_000);
    const asked = state().tally.framesIn;
    expect(asked).toBeLessThanOrEqual(6);
    run(65_000);
    expect(state().tally.framesIn - asked).toBeLessThanOrEqual(1);
    run(25_000);
    expect(textsOf(rig.said)).toContain(`vin ${vinOfSeed(1)}`);
  });
});

describe('a DBC file at the simulated SLCAN adapter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-dbc-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const options = { dbc: join(folder, 'car.dbc'), dbcMap: join(folder, 'map.json') };
  writeFileSync(options.dbc, CAR_DBC);
  writeFileSync(options.dbcMap, JSON.stringify(CAR_MAP));

  it.each(['6', '8'] as const)(
    'gives what the car says by itself, without a word: protocol %s',
    (protocol) => {
      const plan = endlessDrive(cycleOf('udds'));
      const { rig, run, state } = meetSlcan(slcanModelOf({ protocol, broadcasts: true, plan }), options);
      run(60_000);
      expect(state().tally.framesIn).toBe(0);
      expect(signalsOf(rig.said, 0x110).size).toBe(2);
      const speeds = valuesOf(rig.said, 'Vehicle.Speed');
      expect(speeds.length).toBeGreaterThan(40);
      expect(Math.max(...speeds)).toBeGreaterThan(20);
      const { car } = state();
      expect(valuesOf(rig.said, 'Vehicle.Speed').at(-1)).toBeCloseTo(car.motion.speedMps * 3.6, -1);
      expect(valuesOf(rig.said, 'Vehicle.LowVoltageBattery.CurrentVoltage').at(-1)).toBeCloseTo(
        car.supply.volts,
        0,
      );
      for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
    },
  );
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningInflux, realInflux, runInflux } from '../influxd/testing/real-influx.ts';
import type { Influx } from './influx.ts';
import type { PointOutcome } from './isolate.ts';
import type { Point } from './point.ts';
import { nanosecondsOf } from './rows.ts';

const signal = new AbortController().signal;
const found = await realInflux(signal);
const name = found.ok ? 'a real InfluxDB' : `a real InfluxDB (skipped: ${found.fault.words})`;

const DATABASE = 'traps';
/** Now, in whole minutes, so that nothing is older than the retention policy keeps. */
const NOW = (BigInt(Math.floor(performance.timeOrigin / 60_000)) - 10n) * 60_000_000_000n;

const point = (i: number, more: Partial<Point> = {}): Point => ({
  measurement: 'vehicle',
  tags: { device: 'car', signal: 'Vehicle.Speed' },
  floats: { value: i },
  integers: { seq: i },
  at: NOW + BigInt(i),
  ...more,
});

const kinds = (outcomes: readonly PointOutcome[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

const poisonOf = (outcomes: readonly PointOutcome[]): readonly (readonly [number, string])[] =>
  outcomes.flatMap((outcome, i) => (outcome.kind === 'poison' ? [[i, outcome.words] as const] : []));

describe.skipIf(!found.ok)(name, () => {
  let running: RunningInflux;
  let influx: Influx;

  const rows = async (statement: string) => {
    const result = await influx.query(statement, signal);
    if (!result.ok) throw new Error(result.fault.words);
    return result.value;
  };
  const count = async (measurement: string, where = ''): Promise<number> =>
    Number((await rows(`SELECT count("seq") FROM "raw"."${measurement}" ${where}`))[0]?.['count'] ?? 0);

  beforeAll(async () => {
    if (!found.ok) return;
    running = await runInflux(found.value.path);
    await running.prepare(DATABASE);
    influx = running.connect(DATABASE);
  });
  afterAll(() => running?.end());

  it('is known by its headers', async () => {
    expect(await influx.ping(signal)).toMatchObject({ ok: true, value: { kind: 'influxdb-1' } });
  });

  it('takes points whose types, texts and nanoseconds come back as they were', async () => {
    const text = 'quote " backslash \\ both \\" apostrophe \\\' end \\';
    const written = point(0, {
      measurement: 'types',
      tags: { device: 'a b,c=d', path: 'C:\\x' },
      floats: { whole: 2, small: 1e-7, large: 1e21, negative: -0.1 },
      integers: { seq: 1, big: 2n ** 63n - 1n, least: -(2n ** 63n) },
      texts: { text },
      at: NOW + 123_456_789n,
    });
    expect(kinds(await influx.write([written], 'raw', signal))).toEqual({ stored: 1 });
    const [row] = await rows('SELECT * FROM "raw"."types"');
    expect(row).toMatchObject({ device: 'a b,c=d', path: 'C:\\x', whole: 2, small: 1e-7, large: 1e21, text });
    expect(nanosecondsOf(row?.['time'])).toBe(NOW + 123_456_789n);
    const fields = await rows('SHOW FIELD KEYS FROM "raw"."types"');
    const types = Object.fromEntries(fields.map((field) => [field['fieldKey'], field['fieldType']]));
    expect(types).toEqual({
      whole: 'float',
      small: 'float',
      large: 'float',
      negative: 'float',
      seq: 'integer',
      big: 'integer',
      least: 'integer',
      text: 'string',
    });
  });

  it('lets no text become a point, a tag or a field of its own', async () => {
    const evil = [
      point(0, { tags: { device: 'y rpm=1\nevil rpm=666' } }),
      point(1, { tags: { device: 'a\\,evil=1' } }),
      point(2, { tags: { device: 'a\\' } }),
      point(3, { tags: { device: '' } }),
      point(4, { tags: { device: undefined as unknown as string } }),
      point(5, { measurement: 'vehicle\nevil v=1' }),
      point(6, { measurement: 'a,b=c' }),
      point(7, { texts: { text: 'a\nevil v=1' } }),
      point(8, { texts: { 'a=1,b': 'x' } }),
      point(9, { floats: { value: Number.NaN } }),
      point(10, { floats: { value: Number.POSITIVE_INFINITY } }),
      point(11, { floats: { value: undefined as unknown as number } }),
      point(12, { integers: { seq: 2.9 } }),
      point(13, { integers: { seq: 2n ** 63n } }),
      point(14, { floats: { time: 1 } }),
      point(15, { floats: {}, integers: {} }),
      point(16, { at: 2n ** 63n }),
      point(17, { at: 17 as unknown as bigint }),
    ];
    const outcomes = await influx.write(evil, 'raw', signal);
    expect(kinds(outcomes)).toEqual({ poison: evil.length });
    for (const [, words] of poisonOf(outcomes)) expect(words.length).toBeGreaterThan(10);
    const measurements = (await rows('SHOW MEASUREMENTS')).map((row) => row['name']);
    expect(measurements).not.toContain('evil');
    expect(measurements).not.toContain('a');
  });

  it('stores 999 of 1,000 points around one of another type, and says why in the words of the server', async () => {
    const points = Array.from({ length: 1_000 }, (_, i) => point(i, { measurement: 'conflict' }));
    const poison = { measurement: 'conflict', floats: {}, texts: { value: 'fast' } };
    points[617] = point(617, poison);
    await influx.write([point(-1, { measurement: 'conflict' })], 'raw', signal);
    const outcomes = await influx.write(points, 'raw', signal);
    expect(kinds(outcomes)).toEqual({ stored: 999, poison: 1 });
    expect(poisonOf(outcomes)).toEqual([[617, expect.stringContaining('field type conflict')]]);
    expect(await count('conflict', `WHERE time >= ${NOW}`)).toBe(999);
  });

  it('stores 999 of 1,000 points around one from before what is kept, and around a thousand in any mixture', async () => {
    const old = (i: number) => NOW - 30n * 86_400_000_000_000n + BigInt(i);
    const points = Array.from({ length: 1_000 }, (_, i) => point(i, { measurement: 'old' }));
    points[0] = point(0, { measurement: 'old', at: old(0) });
    const outcomes = await influx.write(points, 'raw', signal);
    expect(poisonOf(outcomes)).toEqual([[0, expect.stringContaining('beyond retention policy')]]);
    expect(await count('old')).toBe(999);
    const mixed = points.map((each, i) => (i % 3 === 0 ? { ...each, at: old(i) } : each));
    const again = await influx.write(mixed, 'raw', signal);
    expect(kinds(again)).toEqual({ poison: 334, stored: 666 });
    expect(poisonOf(again).every(([i]) => i % 3 === 0)).toBe(true);
    expect(await count('old')).toBe(999);
  });

  it('changes nothing when the same points are written again', async () => {
    const points = Array.from({ length: 500 }, (_, i) => point(i, { measurement: 'again' }));
    for (let i = 0; i < 3; i += 1) await influx.write(points, 'raw', signal);
    expect(await count('again')).toBe(500);
  });

  it('keeps points where the policy, the database or the right is missing, and says which', async () => {
    const [policy] = await influx.write([point(0)], 'nope', signal);
    expect(policy).toMatchObject({
      kind: 'kept',
      fault: { kind: 'misconfigured', code: 'influx.no-retention' },
    });
    expect(policy?.kind === 'kept' && policy.fault.words).toContain('retention policy not found: nope');
    // A failed write leaves the next one alone: the client's pool would now refuse for some time.
    expect(kinds(await influx.write([point(0)], 'raw', signal))).toEqual({ stored: 1 });
    const [database] = await running.connect('elsewhere').write([point(0)], undefined, signal);
    expect(database?.kind).toBe('kept');
    const statement = await influx.query('CREATE DATABASE "mine"', signal);
    expect(statement).toMatchObject({
      ok: false,
      fault: { kind: 'misconfigured', code: 'influx.not-allowed' },
    });
  });

  it('says no password in any fault', async () => {
    const { password } = running.influxd.credentials.write;
    const faults = await Promise.all([
      influx.query('CREATE DATABASE "mine"', signal),
      influx.query('SELECT nonsense FROM', signal),
      influx.write([point(0)], 'nope', signal),
    ]);
    expect(JSON.stringify(faults)).not.toContain(password);
    expect(JSON.stringify(faults)).not.toContain('Basic ');
  });

  it('keeps points while it is away and takes them when it is back, at the same address', async () => {
    await running.stop();
    const away = await influx.write([point(0, { measurement: 'back' })], 'raw', signal);
    expect(away).toMatchObject([{ kind: 'kept', fault: { kind: 'unreachable' } }]);
    running.start();
    await running.ready();
    const back = await influx.write([point(0, { measurement: 'back' })], 'raw', signal);
    expect(kinds(back)).toEqual({ stored: 1 });
    expect(await count('again')).toBe(500);
  });
});

import { systemClock } from '@outpost/firmware-bridge';
import { type ClockAnchor, monoNs, wallNs } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { influxAs } from '../influxd/provision.ts';
import { type RunningInflux, realInflux, runInflux } from '../influxd/testing/real-influx.ts';
import type { Influx } from './influx.ts';
import type { DeadLetter } from './intake.ts';
import { prepareSchema } from './schema.ts';
import { runStore } from './store.ts';
import { newStoreTally, type StoreTally } from './tally.ts';
import { type MemoryJournal, memoryJournal } from './testing/memory-journal.ts';
import { opened, reading, speed } from './testing/records.ts';

const signal = new AbortController().signal;
const found = await realInflux(signal);
const name = found.ok ? 'into a real InfluxDB' : `into a real InfluxDB (skipped: ${found.fault.words})`;

/** An hour ago, at a whole minute: late enough for the retention policy, early enough for the whole test. */
const START_MS = (Math.floor(performance.timeOrigin / 60_000) - 60) * 60_000;
const anchorOf = (ms: number, wallMs: number): ClockAnchor => ({
  wall: wallNs(BigInt(START_MS + wallMs) * 1_000_000n),
  mono: monoNs(BigInt(ms) * 1_000_000n),
  trust: 'ntp',
});
const anchorReading = (sequence: number, ms: number, wallMs: number) =>
  reading({ sequence, ms, body: { kind: 'anchor', anchor: anchorOf(ms, wallMs) } });

describe.skipIf(!found.ok)(name, () => {
  let running: RunningInflux;

  beforeAll(async () => {
    if (found.ok) running = await runInflux(found.value.path);
  });
  afterAll(() => running?.end());

  /** One run of the follower over what the journal holds, roll-ups included. */
  const store = async (
    database: string,
    journal: MemoryJournal,
    letters: DeadLetter[] = [],
  ): Promise<StoreTally> => {
    const tally = newStoreTally();
    await runStore(
      {
        follow: (inner) => journal.follow(500, true, inner),
        position: journal.position,
        commit: journal.commit,
        influx: running.connect(database),
        database,
        prepare: async () => ({ ok: true, value: await running.prepare(database) }),
        state: journal.state,
        clock: systemClock(),
        tally,
        deadLetter: async (letter) => void letters.push(letter),
        flushEveryMs: 10_000,
        pointsMax: 5_000,
      },
      signal,
    );
    return tally;
  };

  const rows = async (influx: Influx, statement: string) => {
    const result = await influx.query(statement, signal);
    if (!result.ok) throw new Error(result.fault.words);
    return result.value;
  };
  const rolled = (influx: Influx) =>
    rows(influx, 'SELECT "mean", "min", "max", "count", "last" FROM "r1m"."vehicle" GROUP BY *');
  const wanted = (influx: Influx) =>
    rows(
      influx,
      'SELECT mean("value"), min("value"), max("value"), count("value"), last("value") FROM "raw"."vehicle" ' +
        `WHERE time >= ${START_MS - 3_600_000}ms AND time < ${START_MS + 3_600_000}ms ` +
        'GROUP BY time(1m), * fill(none)',
    );

  it('rolls up each minute of each series, and again where a point comes late', async () => {
    const journal = memoryJournal();
    const influx = running.connect('late');
    journal.append(opened(), anchorReading(0, 0, 0));
    for (let i = 1; i < 1_800; i += 1)
      journal.append(reading({ sequence: i, ms: i * 500, body: speed(i % 97) }));
    expect(await store('late', journal)).toMatchObject({ stored: 1_801, pending: 0, rollupFault: undefined });
    const first = await rolled(influx);
    expect(first.length).toBe(15);
    expect(first.map((row) => row['count']).reduce((sum: number, n) => sum + Number(n), 0)).toBe(1_799);
    expect(first).toEqual(await wanted(influx));

    // The clock is set back into minutes that were rolled up, and to before all of them.
    journal.append(
      anchorReading(1_800, 900_000, 120_000),
      reading({ sequence: 1_801, ms: 900_001, body: speed(255) }),
    );
    journal.append(
      anchorReading(1_802, 900_002, -90_000),
      reading({ sequence: 1_803, ms: 900_003, body: speed(1) }),
    );
    await store('late', journal);
    const second = await rolled(influx);
    expect(second).toEqual(await wanted(influx));
    expect(second.length).toBe(16);
    expect(second.map((row) => row['max'])).toContain(255);
  });

  it('changes nothing when the whole journal is stored again, as by a gateway that lost its cursor', async () => {
    const journal = memoryJournal();
    const influx = running.connect('replay');
    journal.append(opened(), anchorReading(0, 0, 0));
    // Readings that share a moment, and a clock that is set back by exactly as long as it ran.
    for (let i = 1; i < 1_000; i += 1)
      journal.append(reading({ sequence: i, ms: (i >> 2) * 10, body: speed(7) }));
    journal.append(anchorReading(1_000, 10_000, 0));
    for (let i = 1; i < 1_000; i += 1) {
      journal.append(reading({ sequence: 1_000 + i, ms: 10_000 + (i >> 2) * 10, body: speed(7) }));
    }
    await store('replay', journal);
    const count = async () =>
      (await rows(influx, 'SELECT count("value"), count(distinct("seq")) FROM "raw"."vehicle"'))[0];
    expect(await count()).toMatchObject({ count: 1_998, count_1: 1_998 });
    const before = await rolled(influx);
    const again = memoryJournal();
    again.append(...journal.records);
    await store('replay', again);
    expect(await count()).toMatchObject({ count: 1_998, count_1: 1_998 });
    expect(await rolled(influx)).toEqual(before);
  });

  it('keeps what is older than raw points are kept apart, with the words of the server', async () => {
    const journal = memoryJournal();
    const letters: DeadLetter[] = [];
    const month = 30 * 86_400_000;
    journal.append(opened(), anchorReading(0, 0, 0), reading({ sequence: 1, ms: 1 }));
    journal.append(anchorReading(2, 2, -month), reading({ sequence: 3, ms: 3 }), anchorReading(4, 4, 4));
    expect(await store('old', journal, letters)).toMatchObject({ read: 6, stored: 4, deadLettered: 2 });
    expect(letters.map(({ words }) => words)).toEqual([
      expect.stringContaining('points beyond retention policy'),
      expect.stringContaining('points beyond retention policy'),
    ]);
    expect(journal.position).toBe(6n);
  });

  it('brings policies to the plan, and takes the database as it is where it may not', async () => {
    const { credentials } = running.influxd;
    await running.prepare('plans');
    const clock = systemClock();
    const admin = influxAs(running.influxd, credentials.admin, 'plans', clock, 5_000);
    const plan = { database: 'plans', rawDays: 7, rollupDays: 30 };
    expect(await prepareSchema(admin, plan, signal)).toMatchObject({ ok: true, value: { rollups: true } });
    const policies = await rows(admin, 'SHOW RETENTION POLICIES ON "plans"');
    expect(policies.map((row) => [row['name'], row['duration']])).toEqual([
      ['raw', '168h0m0s'],
      ['r1m', '720h0m0s'],
    ]);
    const writer = running.connect('plans');
    const other = await prepareSchema(writer, { ...plan, rawDays: 14 }, signal);
    expect(other).toMatchObject({ ok: true, value: { raw: 'raw', rollups: true } });
    expect(other.ok && other.value.notes.join()).toContain('used as it stands');
    await rows(admin, 'CREATE DATABASE "theirs"');
    await rows(admin, 'GRANT ALL ON "theirs" TO "outpost"');
    const theirs = await prepareSchema(running.connect('theirs'), { ...plan, database: 'theirs' }, signal);
    expect(theirs).toMatchObject({ ok: true, value: { raw: undefined, rollups: false } });
    const nobody = influxAs(running.influxd, { user: 'x', password: 'y' }, 'plans', clock, 5_000);
    expect(await prepareSchema(nobody, plan, signal)).toMatchObject({
      ok: false,
      fault: { kind: 'misconfigured', code: 'influx.not-allowed' },
    });
  });
});

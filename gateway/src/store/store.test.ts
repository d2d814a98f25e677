import { sampleReception } from '@outpost/schemas/testing';
import { describe, expect, it } from 'vitest';
import { NO_RETENTION } from './answers.ts';
import type { StoreRecord } from './records.ts';
import { begin, follower, readings } from './testing/follower.ts';
import { AWAY, memoryInflux } from './testing/memory-influx.ts';
import type { MemoryJournal } from './testing/memory-journal.ts';
import { memoryJournal } from './testing/memory-journal.ts';
import { anchor, anchorAt, EPOCH_A, EPOCH_B, opened, reading } from './testing/records.ts';

describe('the follower', () => {
  it('writes after ten seconds, not at every reading, and then moves its cursor', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    const run = follower(journal, influx);
    journal.append(...begin);
    await run.pass(5_000);
    journal.append(...readings(1, 100));
    await run.pass(4_900);
    expect(influx.writes).toEqual([]);
    expect(journal.position).toBe(0n);
    expect(run.tally).toMatchObject({ read: 101, pending: 101, stored: 0 });
    await run.pass(200);
    expect(influx.writes).toEqual([101]);
    expect(journal.position).toBe(101n);
    expect(run.tally).toMatchObject({ read: 101, pending: 0, stored: 101, waiting: 0 });
    await run.stop();
  });

  it('takes receptions apart, those too that came before their clock anchor', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    const heard = reading({ sequence: 1, ms: 10, body: sampleReception() });
    journal.append(...begin.slice(0, -1), heard, ...begin.slice(-1));
    const run = follower(journal, influx, { follow: (signal) => journal.follow(1, true, signal) });
    await run.done;
    expect(run.tally).toMatchObject({ pending: 0, stored: begin.length + 1, deadLettered: 0 });
    const written = [...influx.points.values()].filter(({ measurement }) => measurement === 'receptions');
    expect(written.map(({ texts }) => texts?.['dev_addr'])).toEqual(['49be7df1']);
  });

  it('writes a backlog in full batches without waiting', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    journal.append(...begin, ...readings(1, 12_000));
    const run = follower(journal, influx, {
      follow: (signal) => journal.follow(1_000, true, signal),
    });
    await run.done;
    expect(influx.writes).toEqual([5_000, 5_000, 2_001]);
    expect(influx.points.size).toBe(12_001);
    expect(journal.position).toBe(12_001n);
  });

  it('holds one batch while InfluxDB is away, moves no cursor, and loses nothing', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    influx.away = AWAY;
    const run = follower(journal, influx, { pointsMax: 500 });
    journal.append(...begin, ...readings(1, 50_000));
    await run.pass(600_000);
    expect(journal.position).toBe(0n);
    // 500 points are five batches of the source; one more may have been asked for.
    expect(journal.handedOut).toBeLessThanOrEqual(6);
    expect(run.tally.retries).toBeGreaterThan(55);
    expect(run.faults).toEqual(['influx.unreachable']);
    influx.away = undefined;
    await run.pass(60_000);
    expect(influx.points.size).toBe(50_001);
    expect(journal.position).toBe(50_001n);
    expect(run.faults).toEqual(['influx.unreachable', 'back']);
    await run.stop();
  });

  it('keeps poison as a dead letter, with the words, before the cursor passes it', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    const probe = follower(journal, influx);
    journal.append(...begin, ...readings(1, 1_000));
    await probe.pass(11_000);
    await probe.stop();
    const times = [...influx.points.values()].map(({ at }) => at);
    influx.points.clear();
    influx.poison.set(times[617] ?? 0n, 'field type conflict');
    journal.position = 0n as MemoryJournal['position'];
    const positions: bigint[] = [];
    const run = follower(journal, influx, {
      deadLetter: async () => void positions.push(journal.position),
    });
    journal.append(
      reading({ sequence: 1_000, ms: 10_000, body: { kind: 'number', signal: 64_000, mantissa: 1, ecu: 0 } }),
    );
    await run.pass(11_000);
    expect(influx.points.size).toBe(1_000);
    expect(positions).toEqual([0n, 0n]);
    expect(run.tally).toMatchObject({ read: 1_002, stored: 1_000, deadLettered: 2, pending: 0 });
    expect(journal.position).toBe(1_002n);
    await run.stop();
  });

  it('looks after the schema when it is found missing, and at the start', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    const run = follower(journal, influx);
    journal.append(...begin);
    await run.pass(11_000);
    expect(run.prepared()).toBe(1);
    influx.away = { ...AWAY, code: NO_RETENTION };
    journal.append(...readings(1, 10));
    await run.pass(11_000);
    influx.away = undefined;
    await run.pass(11_000);
    expect(run.prepared()).toBeGreaterThan(1);
    expect(influx.points.size).toBe(11);
    await run.stop();
  });

  it('dates readings from before a restart by an anchor it will not read again', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    const first = follower(journal, influx);
    journal.append(...begin, ...readings(1, 100));
    await first.pass(11_000);
    await first.stop();
    journal.append(...readings(100, 200));
    const second = follower(journal, influx);
    await second.pass(11_000);
    expect(second.tally).toMatchObject({ read: 100, stored: 100, deadLettered: 0 });
    expect(influx.points.size).toBe(201);
    await second.stop();
  });

  it('dates readings by what the gateway knows otherwise where its own state was lost', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    journal.append(...readings(1, 100));
    const known = { epoch: EPOCH_A, anchor: anchorAt(0, 'ntp'), trusted: anchorAt(0, 'ntp') };
    const run = follower(journal, influx, { clocks: new Map([['car/telemetry', known]]) });
    await run.pass(11_000);
    expect(run.tally).toMatchObject({ read: 99, stored: 99, deadLettered: 0 });
    await run.stop();
  });

  it('keeps readings apart whose clock nobody knows any more', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    journal.append(...readings(1, 10), ...begin.map((each) => ({ ...each, epoch: EPOCH_B }) as StoreRecord));
    const run = follower(journal, influx);
    await run.pass(11_000);
    expect(run.tally).toMatchObject({ read: 11, stored: 2, deadLettered: 9 });
    expect(run.letters[0]?.words).toContain('no clock anchor');
    await run.stop();
  });

  it('waits for a clock that can be believed, and then gives every reading its time', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    const run = follower(journal, influx);
    journal.append(opened(), anchor({ sequence: 0, ms: 0 }, 'none', -1e12), ...readings(1, 100));
    await run.pass(60_000);
    expect(influx.points.size).toBe(0);
    expect(run.tally).toMatchObject({ read: 101, waiting: 101, pending: 0 });
    expect(journal.position).toBe(0n);
    journal.append(anchor({ sequence: 100, ms: 60_000 }, 'ntp'));
    await run.pass(11_000);
    expect(influx.points.size).toBe(102);
    expect([...influx.points.values()].every(({ tags }) => tags['trust'] === undefined)).toBe(true);
    expect(journal.position).toBe(102n);
    await run.stop();
  });

  it('does not wait for ever: after ten silent minutes the readings are stored as they are', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    const run = follower(journal, influx);
    journal.append(opened(), anchor({ sequence: 0, ms: 0 }, 'none'), ...readings(1, 10));
    await run.pass(590_000);
    expect(influx.points.size).toBe(0);
    await run.pass(60_000);
    expect(influx.points.size).toBe(11);
    expect(journal.position).toBe(11n);
    await run.stop();
  });

  it('writes its own numbers along with the readings, every ten seconds', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    let made = 0n;
    const selfPoints = () => {
      made += 1n;
      return [{ measurement: 'outpost', tags: {}, floats: { a: 1 }, at: made }];
    };
    const run = follower(journal, influx, { selfPoints });
    await run.pass(30_500);
    expect(influx.writes).toEqual([1, 1, 1]);
    journal.append(...begin);
    await run.pass(10_000);
    expect(influx.writes.slice(3)).toEqual([3]);
    expect(run.tally).toMatchObject({ read: 2, stored: 2, pending: 0 });
    await run.stop();
  });

  it('makes roll-ups once a minute, and those that were due at a crash at the next start', async () => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    const first = follower(journal, influx);
    journal.append(...begin, ...readings(1, 100));
    await first.pass(11_000);
    expect(influx.statements).toEqual([]);
    await first.stop();
    const second = follower(journal, influx);
    await second.pass(61_000);
    expect(influx.statements.length).toBe(1);
    expect(influx.statements[0]).toContain('INTO "outpost"."r1m"."vehicle"');
    expect(second.tally.rollups).toBe(1);
    await second.pass(600_000);
    expect(influx.statements.length).toBe(1);
    influx.away = AWAY;
    await second.stop();
  });
});

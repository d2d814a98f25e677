import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DeadLetter } from './intake.ts';
import type { StoreTally } from './tally.ts';
import { begin, follower, POWER, readings } from './testing/follower.ts';
import { AWAY, memoryInflux } from './testing/memory-influx.ts';
import { memoryJournal } from './testing/memory-journal.ts';
import { EPOCH_A, reading, WALL_START } from './testing/records.ts';
import { pointTime } from './timestamp.ts';

const accounted = (tally: StoreTally): number =>
  tally.stored + tally.deadLettered + tally.pending + tally.waiting;

/** Of the reading with this sequence in `readings`. */
const timeOf = (sequence: number): bigint =>
  pointTime(WALL_START + BigInt(sequence) * 10_000_000n, EPOCH_A, BigInt(sequence));

/** Lets `steps` acts on the outside happen and then cuts the power: just before the next one, or just after it. */
const powerLine = () => {
  const line = { steps: Number.POSITIVE_INFINITY, after: false };
  const guard =
    <A extends unknown[], T>(act: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      line.steps -= 1;
      if (line.steps < 0 && !line.after) throw new Error(POWER);
      const value = await act(...args);
      if (line.steps < 0) throw new Error(POWER);
      return value;
    };
  return { line, guard };
};

/** What a run of the follower meets. */
const mishap = fc.record({
  what: fc.constantFrom('append', 'append', 'pause', 'away', 'half', 'back', 'cut', 'cut', 'poison'),
  steps: fc.nat(4),
  after: fc.boolean(),
});

it('stores every reading once or keeps it as a dead letter, whatever happens and wherever it dies', async () => {
  let cuts = 0;
  const trial = async (
    mishaps: readonly { what: string; steps: number; after: boolean }[],
  ): Promise<void> => {
    const [journal, influx] = [memoryJournal(), memoryInflux()];
    const dead = new Set<string>();
    const start = () => {
      const { line, guard } = powerLine();
      const run = follower(journal, influx, {
        influx: { ...influx, write: guard(influx.write) },
        state: { load: journal.state.load, save: guard(journal.state.save) },
        commit: guard(journal.commit),
        deadLetter: guard(async ({ point }: DeadLetter) => void dead.add(String(point?.at))),
        pointsMax: 50,
      });
      return { ...run, line };
    };
    let run = start();
    journal.append(...begin);
    let made = 1;
    const pass = async (ms: number): Promise<void> => {
      await run.pass(ms);
      if (run.line.steps < 0) {
        cuts += 1;
        await run.stop();
        run = start();
      }
    };
    for (const { what, steps, after } of mishaps) {
      if (what === 'append') {
        journal.append(...readings(made, made + 37));
        made += 37;
      }
      if (what === 'pause') await pass(7_000);
      if (what === 'away' || what === 'half') influx.away = AWAY;
      if (what === 'half') influx.storedBeforeFault = 20;
      if (what === 'back') influx.away = undefined;
      if (what === 'poison') {
        journal.append(reading({ sequence: made, ms: made * 10 }));
        influx.poison.set(timeOf(made), 'no');
        made += 1;
      }
      if (what === 'cut') {
        Object.assign(run.line, { steps, after });
        await pass(12_000);
      }
      expect(accounted(run.tally)).toBe(run.tally.read);
    }
    influx.away = undefined;
    run.line.steps = Number.POSITIVE_INFINITY;
    await run.pass(30_000);
    await run.stop();
    // Sequences 0 to made − 1, and the opening of the epoch.
    expect(influx.points.size + dead.size).toBe(made + 1);
    expect(dead.size).toBe(mishaps.filter(({ what }) => what === 'poison').length);
    expect(journal.position).toBe(BigInt(journal.records.length));
    expect(run.tally.deadLettered).toBeLessThanOrEqual(run.tally.read);
  };
  await fc.assert(fc.asyncProperty(fc.array(mishap, { maxLength: 20 }), trial), { numRuns: 60 });
  expect(cuts).toBeGreaterThan(20);
});

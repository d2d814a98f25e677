import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@outpost/schemas/testing';
import { fault } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { openLog } from '../log.ts';
import type { LiveNetwork, LiveOutcome } from '../networks/contract.ts';
import { KIND, readAside } from '../record/entry.ts';
import { readIntents, readReadingsSettled } from '../record/live-entry.ts';
import { chainsAt } from '../run/history.ts';
import { deliverReader } from '../run/open.ts';
import { newNetworkView } from '../run/tasks.ts';
import { newTestBox, openTestBox, type TestBox } from '../run/testing.ts';
import { newTaskState, supervise } from '../supervise.ts';
import { openLive } from './live.ts';

const READER = deliverReader('sim');
const HOUR_MS = 3_600_000;

type Answer = (said: number, signal: AbortSignal) => Promise<LiveOutcome> | LiveOutcome;

const setUp = (box: TestBox, answer: Answer, over: Partial<LiveNetwork> = {}, acceptSimulated = true) => {
  const sent: number[] = [];
  const network: LiveNetwork = {
    follows: 'readings',
    name: 'sim',
    windowMax: 4,
    expiresAfterMs: HOUR_MS,
    takesOnce: false,
    wants: ({ body }) => body.kind === 'number',
    deliver: async ({ body }, signal) => {
      if (body.kind !== 'number') throw new Error('this was not wanted');
      sent.push(body.mantissa);
      return await answer(body.mantissa, signal);
    },
    run: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...over,
  };
  const view = newNetworkView({
    name: 'sim',
    network: 'chirpstack',
    url: '',
    acceptSimulated,
    options: {},
  });
  const { journal } = box.opened;
  const live = openLive({
    journal,
    clock: box.clock,
    network,
    reader: READER,
    acceptSimulated,
    view,
    chainsAt: (offset) => chainsAt(journal, offset),
  });
  return { live, view, sent, journal };
};

/** Runs it until the end of the scope; what it still writes down then takes time, which has to pass. */
const running = (box: TestBox, run: (signal: AbortSignal) => Promise<void>): AsyncDisposable => {
  const stopping = new AbortController();
  let hasEnded = false;
  const done = run(stopping.signal)
    .catch((error: unknown) => {
      if (!stopping.signal.aborted) throw error;
    })
    .finally(() => {
      hasEnded = true;
    });
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('the test stops it'));
      await box.until('it has ended', () => hasEnded);
      await done;
    },
  };
};

const say = async (box: TestBox, ...numbers: readonly number[]): Promise<void> => {
  for (const number of numbers) await box.say(number);
};

/** Also on the disk, then, and so is everything before. */
const signed = (box: TestBox, readings: number): Promise<void> =>
  box.until('all is signed', () => box.opened.attestTally.readings === readings + 1, 250);

const written = async ({ opened: { journal } }: TestBox) => {
  const found = { settled: 0, others: [] as string[], intents: 0, asides: 0 };
  for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
    const ends = kind === KIND.readingsSettled ? readReadingsSettled(bytes) : undefined;
    found.settled += ends?.settled.length ?? 0;
    found.others.push(...(ends?.others.map(({ code }) => code) ?? []));
    if (kind === KIND.intents) found.intents += readIntents(bytes)?.readings.length ?? 0;
    if (kind === KIND.quarantined && readAside(bytes).ok) found.asides += 1;
  }
  return found;
};

const settled: LiveOutcome = { kind: 'settled' };
const away: LiveOutcome = {
  kind: 'kept',
  retryAfterMs: 0,
  fault: fault('unreachable', 'sim.away', 'sim', 'away.'),
};

describe('bringing readings to a network', () => {
  it('sends each once and in order, and none again after a start', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'outpost-live-'));
    const clock = manualClock();
    {
      await using box = await openTestBox(directory, clock);
      const { live, view, sent } = setUp(box, () => settled);
      await using _ = running(box, live.run);
      await say(box, 1, 2, 3, 4, 5, 6);
      await box.until('all are settled', () => view.settled === 6);
      expect(sent).toEqual([1, 2, 3, 4, 5, 6]);
      expect(view).toMatchObject({ pending: 0, refused: 0, expired: 0, unknown: 0, withheld: 0 });
      await signed(box, 6);
    }
    await using box = await openTestBox(directory, clock);
    const { live, view, sent, journal } = setUp(box, () => settled);
    expect(journal.position(READER)).toBe(journal.start);
    expect((await written(box)).settled).toBe(6);
    await using _ = running(box, live.run);
    await say(box, 7);
    await box.until('the new one is settled', () => view.settled === 1);
    expect(sent).toEqual([7]);
    await rm(directory, { recursive: true, force: true });
  });

  it('lets nothing overtake what the network keeps, and knows how each ended', async () => {
    await using box = await newTestBox();
    let isAway = true;
    const { live, view, sent } = setUp(box, (number) => {
      if (number === 3 && isAway) return away;
      return number === 2 ? { kind: 'refused', code: 'no', words: 'no.' } : settled;
    });
    await using _ = running(box, live.run);
    await say(box, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    await box.until('it hears that the network is away', () => view.words === 'sim: away.');
    const before = sent.length;
    expect(sent.filter((number) => number > 6)).toEqual([]);
    isAway = false;
    await box.until('all have ended', () => view.settled === 8);
    expect(view).toMatchObject({ refused: 1, pending: 0, words: 'last refusal: no, no.' });
    expect(
      sent
        .slice(before)
        .filter((number, at, all) => all.indexOf(number) === at)
        .at(0),
    ).toBe(3);
    expect(sent.filter((number) => number === 2)).toHaveLength(1);
  });

  it('has at most as many under way as the network says', async () => {
    await using box = await newTestBox();
    const open = { now: 0, most: 0 };
    const { live, view } = setUp(box, async (_, signal) => {
      open.now += 1;
      open.most = Math.max(open.most, open.now);
      await box.clock.sleep(10, signal);
      open.now -= 1;
      return settled;
    });
    await say(box, ...Array.from({ length: 20 }, (_, at) => at));
    await using _ = running(box, live.run);
    await box.until('all are settled', () => view.settled === 20);
    expect(open.most).toBe(4);
  });

  it('ends what is too old without sending it, also while it waits', async () => {
    await using box = await newTestBox();
    let isAway = true;
    await say(box, 1);
    await box.clock.advance(2 * HOUR_MS);
    const { live, view, sent } = setUp(box, () => (isAway ? away : settled));
    await using _ = running(box, live.run);
    await box.until('the first is too old', () => view.expired === 1);
    expect(sent).toEqual([]);
    await say(box, 2);
    await box.until('the second is kept', () => sent.length > 0);
    await box.until('the second is too old', () => view.expired === 2, 60_000);
    isAway = false;
    await say(box, 3);
    await box.until('the third is settled', () => view.settled === 1);
    expect(view).toMatchObject({ pending: 0, unknown: 0, refused: 0 });
  });

  it('withholds what a demo key signs from whoever pays for the real thing', async () => {
    await using box = await newTestBox();
    await say(box, 1, 2);
    const { live, view, sent } = setUp(box, () => settled, {}, false);
    await using _ = running(box, live.run);
    await box.until('they are seen', () => view.withheld === 2);
    expect(sent).toEqual([]);
    expect(view.pending).toBe(0);
  });

  it('sends nothing twice to a network that takes it once: what was under way at a crash is unknown', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'outpost-live-'));
    const clock = manualClock();
    const crashed = new AbortController();
    let ended: Promise<void> = Promise.resolve();
    {
      await using box = await openTestBox(directory, clock);
      const never: Answer = (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      const { live, sent } = setUp(box, never, { takesOnce: true });
      // The program ends without a word from the network: nobody waits for this run any more.
      ended = live.run(crashed.signal).catch(() => undefined);
      await say(box, 1, 2);
      await box.until('one is under way', () => sent.length > 0);
      await signed(box, 2);
    }
    await using box = await openTestBox(directory, clock);
    const { live, view, sent } = setUp(box, () => settled, { takesOnce: true });
    const { intents } = await written(box);
    expect(intents).toBeGreaterThan(0);
    await using _ = running(box, live.run);
    await say(box, 3);
    await box.until('all have ended', () => view.settled + view.unknown === 3);
    expect(view.unknown).toBe(intents);
    expect(sent).toEqual([1, 2, 3].slice(intents));
    crashed.abort(new Error('the test is over'));
    await ended;
    await rm(directory, { recursive: true, force: true });
  });

  it('writes each intent once, however long the network is away, and never sends what died while it was sent', async () => {
    await using box = await newTestBox();
    let isAway = true;
    await say(box, 1, 2, 3);
    const answer: Answer = (number) => {
      if (isAway) return away;
      if (number === 2) throw new Error('a bug');
      return settled;
    };
    const { live, view, sent } = setUp(box, answer, { takesOnce: true, windowMax: 1 });
    const { clock } = box;
    const log = openLog({ clock, style: 'time', repeatAfterMs: 0, write: () => undefined });
    const state = newTaskState('network sim');
    const task = { run: live.run, died: async () => live.died() };
    await using _ = running(box, (signal) =>
      supervise(state, task, { clock, log, signal, backoffMs: 10, backoffMsMax: 10 }),
    );
    await box.until('it was tried three times', () => sent.length >= 3, 250);
    expect((await written(box)).intents).toBe(1);
    isAway = false;
    await box.until('all have ended', () => view.settled === 2 && view.unknown === 1, 250);
    expect(sent.filter((number) => number === 2)).toHaveLength(1);
    expect((await written(box)).intents).toBe(3);
  });

  it('goes on past the reading at which this program dies, and sends no other again', async () => {
    await using box = await newTestBox();
    await say(box, 1, 2, 3, 4, 5, 6, 7);
    const { live, view, sent } = setUp(box, (number) => {
      if (number === 5) throw new Error('a bug');
      return settled;
    });
    const { clock } = box;
    const log = openLog({ clock, style: 'time', repeatAfterMs: 0, write: () => undefined });
    const state = newTaskState('network sim');
    const task = { run: live.run, died: async () => live.died() };
    await using _ = running(box, (signal) =>
      supervise(state, task, { clock, log, signal, backoffMs: 10, backoffMsMax: 10 }),
    );
    await box.until('the rest is settled', () => view.settled === 6 && view.unknown === 1);
    expect(view.pending).toBe(0);
    expect(state.setAside).toBe(1);
    for (const number of [6, 7]) expect(sent.filter((each) => each === number)).toHaveLength(1);
    expect((await written(box)).asides).toBe(1);
  });

  it('brings at a clean stop what is left, for as long as the network takes it', async () => {
    await using box = await newTestBox();
    await say(box, 1, 2, 3);
    await signed(box, 3);
    let isAway = true;
    const { live, view, sent, journal } = setUp(box, () => (isAway ? away : settled));
    const never = new AbortController().signal;
    expect(await live.finish(journal.end, never)).toBe(false);
    isAway = false;
    const finishing = live.finish(journal.end, never);
    await box.until('it is done', () => view.settled === 3, 500);
    await box.clock.advance(2_000);
    expect(await finishing).toBe(true);
    expect(sent.slice(-3)).toEqual([1, 2, 3]);
    expect(journal.position(READER)).toBeGreaterThan(journal.start);
  });
});

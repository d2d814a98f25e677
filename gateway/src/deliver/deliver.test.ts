import { readAttestation } from '@outpost/schemas/evidence';
import { fault } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { platformHash } from '../hash.ts';
import { openLog } from '../log.ts';
import type { Network, Outcome } from '../networks/contract.ts';
import { KIND, readAside, readSettlement } from '../record/entry.ts';
import { deliverReader } from '../run/open.ts';
import { newNetworkView } from '../run/tasks.ts';
import { newTestBox, type TestBox } from '../run/testing.ts';
import { newTaskState, supervise } from '../supervise.ts';
import { openDeliver } from './deliver.ts';

const READER = deliverReader('sim');

/** A network that says no to everything, which settles it, and dies where it is told to. */
const scripted = (answer: (counter: number) => Outcome) => {
  const calls: number[][] = [];
  const network: Network = {
    follows: 'attestations',
    name: 'sim',
    itemsMax: 4,
    bytesMax: 1 << 20,
    async deliver(items) {
      const counters = items.map(({ attestation }) => {
        const read = readAttestation(attestation);
        if (!read.ok) throw new Error(read.fault.words);
        return read.value.statement.counter;
      });
      calls.push(counters);
      return counters.map(answer);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { network, calls };
};

const no: Outcome = { kind: 'refused', code: 'no', words: 'no.' };
const away: Outcome = {
  kind: 'kept',
  retryAfterMs: 0,
  fault: fault('unreachable', 'sim.away', 'sim', 'away.'),
};

const setUp = (box: TestBox, answer: (counter: number) => Outcome) => {
  const { network, calls } = scripted(answer);
  const view = newNetworkView({
    name: 'sim',
    network: 'outpost',
    url: '',
    key: '',
    acceptSimulated: true,
    options: {},
  });
  const { journal } = box.opened;
  const deliver = openDeliver({
    journal,
    clock: box.clock,
    hash: platformHash,
    network,
    reader: READER,
    acceptSimulated: true,
    view,
  });
  return { deliver, view, calls, journal };
};

const attestations = async (box: TestBox, count: number): Promise<void> => {
  for (let made = 1; made <= count; made += 1) {
    await box.say(made);
    await box.until('it is signed', () => box.opened.attestTally.attestations === made, 250);
  }
};

const settled = async ({ opened: { journal } }: TestBox) => {
  const found = { settlements: 0, asides: [] as string[] };
  for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
    if (kind === KIND.settlement && readSettlement(bytes).ok) found.settlements += 1;
    const aside = kind === KIND.quarantined ? readAside(bytes) : undefined;
    if (aside?.ok) found.asides.push(`${aside.value.device}: ${aside.value.code}`);
  }
  return found;
};

describe('delivering to a network', () => {
  it('goes on past the attestation at which this program dies, and sends no other twice', async () => {
    await using box = await newTestBox();
    await attestations(box, 10);
    const { deliver, view, calls, journal } = setUp(box, (counter) => {
      if (counter === 6) throw new Error('a bug');
      return no;
    });
    const stopping = new AbortController();
    const log = openLog({ clock: box.clock, style: 'time', repeatAfterMs: 0, write: () => undefined });
    const state = newTaskState('network sim');
    const { clock } = box;
    const supervision = { clock, log, signal: stopping.signal, backoffMs: 10, backoffMsMax: 10 };
    const task = { run: deliver.run, died: async () => deliver.died() };
    const running = supervise(state, task, supervision);
    await box.until('the rest is delivered', () => view.refused === 9 && view.pending === 0);
    await box.until(
      'all is done with',
      () => journal.position(READER) >= journal.end - 1_000n && state.state === 'running',
    );
    stopping.abort(new Error('the test is over'));
    await running;
    expect(view).toMatchObject({ settled: 0, refused: 9, unknown: 1, withheld: 0, pending: 0 });
    expect(state).toMatchObject({ restarts: 4, setAside: 1 });
    // The call that died first held four; after that each that had been read went alone, and those before it were not sent again.
    expect(calls).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [4], [5], [6], [6], [6], [7], [8], [9]]);
    expect(await settled(box)).toEqual({ settlements: 9, asides: ['sim: network.dead-letter'] });
  });

  it('says how many wait and whose they are, while the network is away too', async () => {
    await using box = await newTestBox();
    await attestations(box, 9);
    const answers = { isAway: true };
    const { deliver, view } = setUp(box, () => (answers.isAway ? away : no));
    const stopping = new AbortController();
    const running = deliver.run(stopping.signal);
    await box.until('all are counted', () => view.pending === 9);
    expect(view.unsent).toEqual({ car: 9 });
    await box.say(10);
    await box.until('one more is counted', () => view.pending === 10, 250);
    answers.isAway = false;
    await box.until('all are taken', () => view.pending === 0, 250);
    expect([view.refused, view.unsent]).toEqual([10, {}]);
    stopping.abort(new Error('the test is over'));
    await running;
  });

  it('brings at a clean stop what the network takes at once, and leaves the rest for the next start', async () => {
    await using box = await newTestBox();
    await attestations(box, 6);
    const answers = { taken: 0, max: 4 };
    const { deliver, view, calls, journal } = setUp(box, () => {
      answers.taken += 1;
      return answers.taken > answers.max ? away : no;
    });
    const never = new AbortController().signal;
    expect(await deliver.finish(journal.end, never)).toBe(false);
    expect(view).toMatchObject({ refused: 4, words: 'sim: away.' });
    const left = journal.position(READER);
    expect(left).toBeGreaterThan(0n);
    answers.max = 100;
    const { end } = journal;
    expect(await deliver.finish(end, never)).toBe(true);
    expect(journal.position(READER)).toBe(end);
    expect(calls).toEqual([
      [0, 1, 2, 3],
      [4, 5],
      [4, 5],
    ]);
    expect(await settled(box)).toEqual({ settlements: 6, asides: [] });
  });

  it('is no longer at it when it is told to stop', async () => {
    await using box = await newTestBox();
    await attestations(box, 1);
    const { deliver, calls, journal } = setUp(box, () => no);
    const stopped = AbortSignal.abort(new Error('it took too long'));
    await expect(deliver.finish(journal.end, stopped)).rejects.toThrow('it took too long');
    expect(calls).toEqual([]);
    expect(journal.position(READER)).toBe(journal.start);
  });
});

import { ok } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { defineAdapter } from './define-adapter.ts';
import { absent, deviceBench as bench } from './testing/device-bench.ts';
import { letters, quiet } from './testing/letters.ts';

/** Does what its first order says and tells of it; any later one stays open. */
const obedient = defineAdapter({
  name: 'obedient',
  takes: ['restart'],
  check: () => ok(undefined),
  codec: letters,
  session: () => ({
    initial: 0,
    step: (state: number) => quiet(state),
    order: (state: number, { id }) => ({
      ...quiet(state + 1),
      commands: ['restart'],
      outcomes: state === 0 ? [{ id, kind: 'done', words: 'it restarts.' }] : [],
      happenings: [{ what: 'restarted', words: `restart ${state}.` }],
    }),
  }),
});

describe('a device between its owner and its port', () => {
  it('is given orders while it is connected, and each is answered once though it goes', async () => {
    const { pass, plug, memory, give, outcomes, happened } = bench({ by: obedient, plugged: true });
    give('a');
    await pass(0);
    for (const id of ['b', 'c']) give(id);
    give('d', 'approve');
    await pass(0);
    expect(outcomes).toEqual(['a away', 'd not-taken', 'b done']);
    expect(memory().written).toEqual(['restart\n', 'restart\n']);
    plug(absent);
    memory().hangUp();
    await pass(100);
    give('e');
    plug(undefined);
    await pass(1_000);
    give('f');
    await pass(0);
    expect(outcomes.slice(3)).toEqual(['c port-closed', 'e away', 'f done']);
    expect(happened).toEqual(['restart 0.', 'restart 1.', 'restart 0.']);
  });

  it('counts what its ports lose by themselves, over all of its connections', async () => {
    const { pass, memory, tally } = bench({ plugged: true });
    await pass(0);
    memory().lose('kernel-dropped', 3);
    memory().hangUp();
    await pass(300);
    memory().lose('kernel-dropped', 2);
    memory().lose('unsent', 1);
    expect([...tally.port]).toEqual([
      ['kernel-dropped', 5],
      ['unsent', 1],
    ]);
  });
});

import { manualClock } from '@outpost/schemas/testing';
import { type DeviceName, fail, fault, ok } from '@outpost/schemas/words';
import { describe, expect, it, vi } from 'vitest';
import { newTally } from './adapter.ts';
import { defineAdapter } from './define-adapter.ts';
import { letters, quiet } from './testing/letters.ts';
import { memoryPort } from './testing/memory-port.ts';

const wrong = fault('misconfigured', 'greeter.name', 'options', 'a name is needed.');

const greeter = defineAdapter({
  name: 'greeter',
  check: (options) => (typeof options === 'string' ? ok({ name: options }) : fail(wrong)),
  codec: letters,
  session: ({ name }) => ({
    initial: 0,
    step: (state: number) => ({ ...quiet(state), commands: [`hello ${name}`] }),
  }),
});

const bench = () => {
  const clock = manualClock();
  const memory = memoryPort({ clock });
  const context = {
    device: 'toy' as DeviceName,
    clock,
    signal: new AbortController().signal,
    tally: newTally(),
    report: () => undefined,
  };
  return { memory, context, clock };
};

describe('an adapter made of a codec and a session', () => {
  it('checks its options and hands them to the session', async () => {
    expect(greeter.name).toBe('greeter');
    expect(await greeter.check('world')).toEqual(ok(undefined));
    expect(await greeter.check(7)).toEqual(fail(wrong));
    const { memory, context } = bench();
    const dialogue = greeter.read(memory.port, 'world', context)[Symbol.asyncIterator]();
    const next = dialogue.next();
    await vi.waitFor(() => expect(memory.written).toEqual(['hello world\n']));
    memory.hangUp();
    expect(await next).toMatchObject({ done: true, value: { code: 'memory.hung-up' } });
  });

  it('says nothing to a device where its options are wrong', async () => {
    const { memory, context } = bench();
    const next = await greeter.read(memory.port, 7, context)[Symbol.asyncIterator]().next();
    expect(next).toEqual({ done: true, value: wrong });
    expect(memory.written).toEqual([]);
  });
});

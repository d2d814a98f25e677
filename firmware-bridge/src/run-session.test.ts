import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { asciiText, type DeviceName, type Fault, fault } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type AdapterContext, newTally, type Observed, type Tally } from './adapter.ts';
import { runSession } from './run-session.ts';
import type { DeviceStatus, Input, Session, Step } from './session.ts';
import { DIALOGUE_ENDED, undecided } from './tally.ts';
import { letters, quiet, sorter, TAIL_MAX_BYTES } from './testing/letters.ts';
import { hungUp, type MemoryPort, memoryPort } from './testing/memory-port.ts';

interface Bench {
  readonly clock: ManualClock;
  readonly memory: MemoryPort;
  readonly tally: Tally;
  readonly statuses: DeviceStatus[];
  readonly stop: AbortController;
  readonly context: AdapterContext;
}

const bench = (): Bench => {
  const clock = manualClock();
  const stop = new AbortController();
  const tally = newTally();
  const statuses: DeviceStatus[] = [];
  const context: AdapterContext = {
    device: 'toy' as DeviceName,
    clock,
    signal: stop.signal,
    tally,
    report: (status) => statuses.push(status),
  };
  return { clock, memory: memoryPort({ clock }), tally, statuses, stop, context };
};

type Script = (input: Input<string>, now: bigint) => Partial<Step<number, string>>;

/** A session without memory: what it does depends on the input alone. */
const scripted = (script: Script): Session<number, string, string> => ({
  initial: 0,
  step: (state, input, now) => ({ ...quiet(state + 1), ...script(input, now) }),
});

interface Run {
  readonly observed: Observed[];
  readonly ended: Promise<Fault>;
}

/** Takes everything as it comes. */
const run = ({ memory, context }: Bench, session: Session<number, string, string>): Run => {
  const observed: Observed[] = [];
  const read = async (): Promise<Fault> => {
    const dialogue = runSession({ codec: letters, session }, memory.port, context);
    for (;;) {
      const next = await dialogue.next();
      if (next.done === true) return next.value;
      observed.push(next.value);
    }
  };
  const ended = read();
  ended.catch(() => undefined);
  return { observed, ended };
};

const said = (observed: readonly Observed[]): readonly string[] =>
  observed.flatMap(({ readings }) => readings.map(({ raw }) => asciiText(raw)));

const reopening = fault('unreachable', 'toy.deaf', 'toy', 'it makes no sense any more.');

describe('the shell that runs a session', () => {
  it('opens the dialogue, writes the commands of a step in order and reports its status', async () => {
    const { memory, clock, statuses, ...rest } = bench();
    const status = { phase: 'probing', words: 'asking.', facts: {} };
    run(
      { memory, clock, statuses, ...rest },
      scripted((input) => (input.kind === 'opened' ? { commands: ['one', 'two', 'three'], status } : {})),
    );
    await clock.advance(0);
    expect(memory.written).toEqual(['one\n', 'two\n', 'three\n']);
    expect(statuses).toEqual([status]);
    expect(rest.tally.commands).toBe(3);
  });

  it('hands over what a step said, stamped with the arrival of the chunk that completed it', async () => {
    const all = bench();
    const { observed } = run(all, sorter);
    await all.clock.advance(5);
    all.memory.say('o');
    await all.clock.advance(7);
    const completed = all.clock.mono();
    all.memory.say('1\n');
    await all.clock.advance(100);
    expect(observed.flatMap(({ readings }) => readings)).toEqual([
      expect.objectContaining({ mono: completed, origin: 'live', raw: Uint8Array.from([0x6f, 0x31]) }),
    ]);
  });

  it('marks everything from a recording as replayed, whatever the session believes', async () => {
    const all = bench();
    const memory = memoryPort({ clock: all.clock, origin: 'replayed' });
    const { observed } = run({ ...all, memory }, sorter);
    memory.say('o1\n');
    await all.clock.advance(0);
    expect(observed[0]?.readings[0]?.origin).toBe('replayed');
  });

  it('keeps a bad item aside and goes on with its siblings', async () => {
    const all = bench();
    const { observed } = run(all, sorter);
    all.memory.say('o1 Bad o2\n');
    await all.clock.advance(0);
    expect(said(observed)).toEqual(['o1', 'o2']);
    const aside = observed.flatMap(({ quarantined }) => quarantined);
    expect(aside.map(({ fault: why, raw }) => [why.code, asciiText(raw)])).toEqual([
      ['letters.capital', 'Bad'],
    ]);
  });

  it('tells the device that its data is safe only once it is kept', async () => {
    const all = bench();
    const { observed } = run(all, sorter);
    for (const text of ['o1\n', 'o2\n', 'o3\n']) {
      all.memory.say(text);
      await all.clock.advance(10_000);
    }
    expect(all.memory.written).toEqual([]);
    observed[0]?.kept();
    observed[1]?.refused(fault('refused', 'journal.full', 'journal', 'no room.'));
    observed[2]?.kept();
    await all.clock.advance(0);
    expect(all.memory.written).toEqual(['ack o1\n', 'ack o3\n']);
  });

  it('takes one answer for each observation: a second one is a Bug', async () => {
    const all = bench();
    const { observed } = run(all, sorter);
    for (const text of ['o1\n', 'o2\n']) {
      all.memory.say(text);
      await all.clock.advance(0);
    }
    observed[0]?.kept();
    observed[1]?.refused(hungUp);
    expect(() => observed[0]?.kept()).toThrow(/answered twice/);
    expect(() => observed[1]?.kept()).toThrow(/answered twice/);
  });

  it('owes a device nothing more when the port is gone, and takes a late answer calmly', async () => {
    const all = bench();
    const { observed, ended } = run(all, sorter);
    all.memory.say('o1\n');
    all.memory.hangUp();
    expect(await ended).toBe(hungUp);
    observed[0]?.kept();
    expect(all.memory.written).toEqual([]);
  });

  it('ends with the fault of the port, after everything that arrived before was read', async () => {
    const all = bench();
    const { observed, ended } = run(all, sorter);
    for (const text of ['o1\no', '2\n', 'o3\n']) all.memory.say(text);
    all.memory.hangUp();
    expect(await ended).toBe(hungUp);
    expect(said(observed)).toEqual(['o1', 'o2', 'o3']);
  });

  it('ends with the fault for which a session wants a new port, and leaves the port to its owner', async () => {
    const all = bench();
    const { observed, ended } = run(
      all,
      scripted((input) =>
        input.kind === 'event' ? { reopen: reopening, fates: [{ kind: 'control' }], commands: ['x'] } : {},
      ),
    );
    all.memory.say('a b c\n');
    expect(await ended).toBe(reopening);
    expect(observed).toEqual([]);
    expect(all.memory.written).toEqual([]);
    expect(await Promise.race([all.memory.port.closed, 'still open'])).toBe('still open');
    expect([...all.tally.dropped]).toEqual([[DIALOGUE_ENDED, 2]]);
    expect(undecided(all.tally)).toBe(0);
  });

  it('ends when the port takes no bytes for 5 s', async () => {
    const all = bench();
    all.memory.stall();
    const { ended } = run(
      all,
      scripted(() => ({ commands: ['x'] })),
    );
    await all.clock.advance(4_999);
    expect(await Promise.race([ended, 'waiting'])).toBe('waiting');
    await all.clock.advance(1);
    expect((await ended).code).toBe('port.stalled');
    expect(all.tally.commands).toBe(0);
  });

  it('reads what arrived before the port went, though its answers can no longer be written', async () => {
    const all = bench();
    const { observed, ended } = run(all, {
      ...sorter,
      step: (state, input, now) => ({ ...sorter.step(state, input, now), commands: ['next'] }),
    });
    for (const text of ['o1\n', 'o2\n', 'o3\n']) all.memory.say(text);
    all.memory.hangUp();
    expect(await ended).toBe(hungUp);
    expect(said(observed)).toEqual(['o1', 'o2', 'o3']);
    // The one of the opening, before the port went.
    expect(all.tally.commands).toBe(1);
  });

  it('ends when a command cannot be written', async () => {
    const all = bench();
    const { ended } = run(
      all,
      scripted((input) => (input.kind === 'silence' ? {} : { commands: ['x'] })),
    );
    all.memory.say('a\n');
    all.memory.hangUp();
    expect(await ended).toBe(hungUp);
  });

  it('throws the reason of an abort, wherever it waits', async () => {
    const reason = new Error('enough');
    const waiting = bench();
    const first = run(waiting, sorter);
    await waiting.clock.advance(1);
    waiting.stop.abort(reason);
    await expect(first.ended).rejects.toBe(reason);

    const writing = bench();
    writing.memory.stall();
    const second = run(
      writing,
      scripted(() => ({ commands: ['x'] })),
    );
    await writing.clock.advance(1);
    writing.stop.abort(reason);
    await expect(second.ended).rejects.toBe(reason);
    expect(writing.clock.sleeping).toBe(0);
  });

  it('ends with its reader, and leaves no timer behind', async () => {
    const all = bench();
    const session = scripted(() => ({ silenceAfterMs: 1_000, whenKept: ['x'] }));
    for await (const observed of runSession({ codec: letters, session }, all.memory.port, all.context)) {
      observed.refused(hungUp);
      break;
    }
    expect(all.clock.sleeping).toBe(0);
  });

  it('lets a Bug of a session through, after what was observed before it', async () => {
    const all = bench();
    const bug = new Error('impossible');
    const session: Session<number, string, string> = {
      ...sorter,
      step: (state, input, now) => {
        if (input.kind === 'event' && input.event === 'bug') throw bug;
        return sorter.step(state, input, now);
      },
    };
    const { observed, ended } = run(all, session);
    all.memory.say('o1 bug o2\n');
    await expect(ended).rejects.toBe(bug);
    expect(said(observed)).toEqual(['o1']);
    expect(undecided(all.tally)).toBe(0);
  });

  it('calls it a Bug when a session decides more than it was given', async () => {
    const all = bench();
    const { ended } = run(
      all,
      scripted((input) =>
        input.kind === 'event' ? { fates: [{ kind: 'control' }, { kind: 'control' }] } : {},
      ),
    );
    all.memory.say('a\n');
    await expect(ended).rejects.toThrow(/decided 2 items and was given 1/);
  });

  it('calls it a Bug when a wire keeps more than the tail it promised', async () => {
    const all = bench();
    const event = {
      ...letters.event,
      cut: (tail: Uint8Array, chunk: Uint8Array) => ({
        frames: [],
        tail: Uint8Array.from([...tail, ...chunk]),
        discardedBytes: 0,
      }),
    };
    const parts = { codec: { command: letters.command, event }, session: sorter };
    const dialogue = runSession(parts, all.memory.port, all.context);
    all.memory.say('x'.repeat(TAIL_MAX_BYTES + 1));
    await expect(dialogue.next()).rejects.toThrow(/promised 16 B/);
  });
});

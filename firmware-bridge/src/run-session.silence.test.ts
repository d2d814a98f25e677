import { manualClock } from '@outpost/schemas/testing';
import { elapsedMs, type MonoNs, monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type AdapterContext, newTally, type Observed } from './adapter.ts';
import { runSession } from './run-session.ts';
import type { Session } from './session.ts';
import { letters, quiet } from './testing/letters.ts';
import { memoryPort } from './testing/memory-port.ts';

const SILENCE_MS = 100;
const START = monoNs(1_000_000_000n);

/** Lets everything that waits for nothing but its turn go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const bench = (silenceAfterMs: number | undefined) => {
  const clock = manualClock();
  const stop = new AbortController();
  const context: AdapterContext = {
    device: 'toy' as AdapterContext['device'],
    clock,
    signal: stop.signal,
    tally: newTally(),
    report: () => undefined,
  };
  const steps: string[] = [];
  const session: Session<number, string, string> = {
    initial: 0,
    step: (state, input, now: MonoNs) => {
      steps.push(`${input.kind} ${elapsedMs(START, now)}`);
      return {
        ...quiet(state),
        silenceAfterMs,
        fates: input.kind === 'event' ? [{ kind: 'control' }] : [],
        // Something to hand over, so that a test can make the reader slow.
        whenKept: input.kind === 'event' ? ['ok'] : [],
      };
    },
  };
  const memory = memoryPort({ clock });
  const dialogue = runSession({ codec: letters, session }, memory.port, context);
  return { clock, memory, dialogue, steps, stop, tally: context.tally };
};

const drain = async (dialogue: AsyncIterable<Observed>): Promise<void> => {
  for await (const observed of dialogue) observed.kept();
};

describe('silence', () => {
  it('is told after the time that the last step asked for, again and again', async () => {
    const { clock, dialogue, steps, stop } = bench(SILENCE_MS);
    const drained = drain(dialogue).catch(() => undefined);
    await clock.advance(350);
    expect(steps).toEqual(['opened 0', 'silence 100', 'silence 200', 'silence 300']);
    stop.abort();
    await drained;
  });

  it('is never told where the last step waits for ever', async () => {
    const { clock, dialogue, steps, stop } = bench(undefined);
    const drained = drain(dialogue).catch(() => undefined);
    await clock.advance(100_000);
    expect(steps).toEqual(['opened 0']);
    expect(clock.sleeping).toBe(0);
    stop.abort();
    await drained;
  });

  it('counts from the last item: bytes that make none do not put it off', async () => {
    const { clock, memory, dialogue, steps, stop } = bench(SILENCE_MS);
    const drained = drain(dialogue).catch(() => undefined);
    await clock.advance(50);
    memory.say('a\n');
    for (let i = 0; i < 20; i += 1) {
      await clock.advance(9);
      memory.say('.');
    }
    expect(steps).toEqual(['opened 0', 'event 50', 'silence 150']);
    stop.abort();
    await drained;
  });

  it('comes in the order of time: what arrived before the deadline is told first, what came after is told after', async () => {
    const { clock, memory, dialogue, steps, stop } = bench(SILENCE_MS);
    // More steps than the shell keeps for a reader who does not read.
    memory.say('a\n'.repeat(1400));
    const first = dialogue.next();
    await settled();
    // The opening, and the batch that the reader has besides what waits for it.
    expect(steps.length).toBe(1 + 256 + 1024);
    await clock.advance(60);
    memory.say('b\n');
    await clock.advance(60);
    memory.say('c\n');
    await clock.advance(1_000);
    await first;
    const drained = drain(dialogue).catch(() => undefined);
    await settled();
    await clock.advance(50);
    expect(steps.slice(-3)).toEqual(['event 0', 'event 60', 'event 120']);
    expect(steps).not.toContainEqual(expect.stringMatching(/silence/));
    await clock.advance(50);
    expect(steps.at(-1)).toBe('silence 1220');
    stop.abort();
    await drained;
  });

  it('comes before what arrived after the deadline, even where both waited for the reader', async () => {
    const { clock, memory, dialogue, steps, stop } = bench(SILENCE_MS);
    const first = dialogue.next();
    // One batch is taken, and the rest is exactly what the shell keeps for a reader who does not read.
    memory.say('a\n'.repeat(256 + 1024));
    await settled();
    await first;
    await clock.advance(SILENCE_MS + 20);
    memory.say('b\n');
    await clock.advance(1_000);
    expect(steps.at(-1)).toBe('event 0');
    const drained = drain(dialogue).catch(() => undefined);
    await settled();
    // And the session does not see time go back for it.
    expect(steps.slice(-3)).toEqual(['event 0', 'silence 1120', 'event 1120']);
    stop.abort();
    await drained;
  });

  it('never lets a session see time go back', async () => {
    const { clock, memory, dialogue, steps, stop } = bench(10);
    const drained = drain(dialogue).catch(() => undefined);
    for (let i = 0; i < 30; i += 1) {
      memory.say('a\n');
      await clock.advance(7 + (i % 9));
    }
    const times = steps.map((step) => Number(step.split(' ')[1]));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    stop.abort();
    await drained;
  });

  it('pauses a dialogue whose reader is away and loses nothing', async () => {
    const { memory, dialogue, steps, tally } = bench(undefined);
    for (let i = 0; i < 50; i += 1) memory.say('a\n'.repeat(100));
    memory.hangUp();
    await dialogue.next();
    await settled();
    expect(steps.length).toBe(1 + 256 + 1024);
    await drain(dialogue);
    expect(steps.length).toBe(1 + 5_000);
    expect(tally.control).toBe(5_000);
  });
});

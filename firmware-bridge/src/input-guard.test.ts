import { manualClock } from '@outpost/schemas/testing';
import { asciiText, type DeviceName } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { newTally, type Observed } from './adapter.ts';
import type { InputGuard } from './input-guard.ts';
import { runSession } from './run-session.ts';
import type { Session } from './session.ts';
import { undecided } from './tally.ts';
import { letters, sorter } from './testing/letters.ts';
import { memoryPort } from './testing/memory-port.ts';
import type { Codec } from './wire.ts';

/** A session with a Bug: it cannot take `cboom`. */
const fragile: Session<number, string, string> = {
  initial: 0,
  step(state, input, now) {
    if (input.kind === 'event' && input.event === 'cboom') throw new Error('a bug in step');
    return sorter.step(state, input, now);
  },
};

/** A codec with a Bug: it cannot decode a line that starts with `cbang`. */
const brittle: Codec<string, string> = {
  command: letters.command,
  event: {
    ...letters.event,
    decode(frame) {
      if (asciiText(frame).startsWith('cbang')) throw new Error('a bug in decode');
      return letters.event.decode(frame);
    },
  },
};

const converse = async (said: string, aside: readonly string[]) => {
  const clock = manualClock();
  const memory = memoryPort({ clock });
  const tally = newTally();
  let last: string | undefined;
  const guard: InputGuard = {
    at(raw) {
      last = raw === undefined ? undefined : asciiText(raw);
    },
    isSetAside: (raw) => aside.includes(asciiText(raw)),
  };
  const { signal } = new AbortController();
  const context = { device: 'toy' as DeviceName, clock, signal, tally, guard, report: () => undefined };
  const observed: Observed[] = [];
  const talk = async (): Promise<string> => {
    const dialogue = runSession({ codec: brittle, session: fragile }, memory.port, context);
    for (;;) {
      const next = await dialogue.next();
      if (next.done === true) return next.value.code;
      observed.push(next.value);
    }
  };
  const ended = talk().catch((error: unknown) => (error as Error).message);
  memory.say(said);
  await clock.advance(1);
  memory.hangUp();
  return { ended: await ended, observed, tally, last: () => last };
};

describe('inputs at which this program fails', () => {
  it('are named by the last one that was worked on', async () => {
    const stepping = await converse('o1 cboom o2\n', []);
    expect([stepping.ended, stepping.last()]).toEqual(['a bug in step', 'cboom']);
    const decoding = await converse('o1\ncbang o2\n', []);
    expect([decoding.ended, decoding.last()]).toEqual(['a bug in decode', 'cbang o2']);
    for (const { tally } of [stepping, decoding]) expect(undecided(tally)).toBe(0);
  });

  it('are quarantined unread with their bytes once they are set aside, and the rest goes on', async () => {
    const { ended, observed, tally } = await converse('o1 cboom o2\ncbang o3\no4\n', ['cboom', 'cbang o3']);
    expect(ended).toBe('memory.hung-up');
    const said = observed.flatMap(({ readings }) => readings.map(({ raw }) => asciiText(raw)));
    const aside = observed.flatMap(({ quarantined }) =>
      quarantined.map(({ fault, raw }) => `${fault.code}: ${asciiText(raw)}`),
    );
    expect(said).toEqual(['o1', 'o2', 'o4']);
    expect(aside).toEqual(['device.set-aside: cboom', 'device.set-aside: cbang o3']);
    expect(tally).toMatchObject({ items: 5, observed: 3, quarantined: 2 });
    expect(undecided(tally)).toBe(0);
  });
});

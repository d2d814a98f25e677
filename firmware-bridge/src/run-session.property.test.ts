import { manualClock } from '@outpost/schemas/testing';
import { asciiText, concatBytes, type DeviceName } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newTally, type Observed, type Tally } from './adapter.ts';
import { runSession } from './run-session.ts';
import { undecided } from './tally.ts';
import { letters, sorter } from './testing/letters.ts';
import { memoryPort } from './testing/memory-port.ts';

interface Outcome {
  readonly tally: Tally;
  readonly said: readonly string[];
  readonly aside: readonly string[];
}

/** Plays the chunks through one dialogue and hangs up. */
const play = async (chunks: readonly Uint8Array[]): Promise<Outcome> => {
  const clock = manualClock();
  const tally = newTally();
  const memory = memoryPort({ clock });
  const context = {
    device: 'toy' as DeviceName,
    clock,
    signal: new AbortController().signal,
    tally,
    report: () => undefined,
  };
  for (const chunk of chunks) memory.say(chunk);
  memory.hangUp();
  const observed: Observed[] = [];
  for await (const one of runSession({ codec: letters, session: sorter }, memory.port, context)) {
    one.kept();
    observed.push(one);
  }
  return {
    tally,
    said: observed.flatMap(({ readings }) => readings.map(({ raw }) => asciiText(raw))),
    aside: observed.flatMap(({ quarantined }) => quarantined.map(({ raw }) => asciiText(raw))),
  };
};

const chop = (bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] => {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.slice(from, places[i] ?? bytes.length));
};

/** Letters that mean something, mixed with ones that do not. */
const talk = fc
  .array(fc.constantFrom('o', 'c', 'd', 'q', 'u', 'B', '1', ' ', '\n'), { maxLength: 300 })
  .map((parts) => Uint8Array.from(parts.map((part) => part.charCodeAt(0))));

const cuts = fc.array(fc.nat(1_000), { maxLength: 30 });

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

/** Counts the items by another way than the wire's: by reading the whole text at once. */
const itemsIn = (bytes: Uint8Array): readonly string[] =>
  asciiText(bytes)
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => line.slice(0, 16).split(' '))
    .filter((item) => item !== '');

describe('the shell, for any bytes and any cut of them', () => {
  it('conserves: every item ends as observed, control, quarantined or dropped', async () => {
    await fc.assert(
      fc.asyncProperty(talk, cuts, async (bytes, places) => {
        const { tally } = await play(chop(bytes, places));
        const items = itemsIn(bytes);
        const starting = (letter: string) => items.filter((item) => item.startsWith(letter)).length;
        expect(tally.items).toBe(items.length);
        expect(tally.observed).toBe(starting('o'));
        expect(tally.quarantined).toBe(starting('q') + starting('B'));
        expect(tally.items).toBe(
          tally.observed + tally.control + tally.quarantined + sum(tally.dropped.values()),
        );
        expect(undecided(tally)).toBe(0);
        expect(tally.bytes).toBe(bytes.length);
      }),
    );
  });

  it('hears the same however the bytes were chopped', async () => {
    await fc.assert(
      fc.asyncProperty(talk, cuts, async (bytes, places) => {
        const whole = await play([bytes]);
        expect(await play(chop(bytes, places))).toEqual(whole);
      }),
    );
  });

  it('survives noise, and accounts for every byte of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), async (chunks) => {
        const { tally } = await play(chunks);
        const framed = asciiText(concatBytes(...chunks)).split('\n');
        const inFrames = framed.slice(0, -1).reduce((total, line) => total + Math.min(line.length, 16), 0);
        expect(tally.bytesDiscarded).toBe(tally.bytes - inFrames - (framed.length - 1));
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isolate, type PointOutcome, type Sent } from './isolate.ts';
import { type Point, pointProblem, printable, TEXT_MAX } from './point.ts';
import { pointTime } from './timestamp.ts';

const good: Point = { measurement: 'm', tags: { device: 'car' }, floats: { value: 1 }, at: 1n };

it('calls every text of a device storable once it is printable, and unchanged where it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = printable(text);
      expect(pointProblem({ ...good, texts: { text: shown } })).toBeUndefined();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      if (!/[\u0000-\u001f\u007f]/.test(text)) expect(shown).toBe(text);
    }),
    { numRuns: 50 },
  );
  expect(printable('x'.repeat(TEXT_MAX + 1)).length).toBe(TEXT_MAX);
});

it.each([
  ['no field', { floats: {} }],
  ['a tag key that needs escaping', { tags: { 'a b': 'c' } }],
  ['a long tag', { tags: { device: 'x'.repeat(1_025) } }],
  ['a long text', { texts: { text: 'x'.repeat(TEXT_MAX + 1) } }],
  ['a tag named time', { tags: { time: 'now' } }],
  ['an integer beyond what a number holds', { integers: { seq: 2 ** 53 } }],
  ['a time too early', { at: -(2n ** 63n) }],
  ['too many fields', { floats: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, i])) }],
])('names %s', (_, more) => {
  expect(pointProblem(good)).toBeUndefined();
  expect(pointProblem({ ...good, ...more })).toMatch(/\w+ \w+/);
});

/** A server that refuses the points in `poison`, and stores the others of a refused batch or not. */
const refusing =
  (poison: ReadonlySet<bigint>, counts: boolean, stored: Set<bigint>) =>
  async (points: readonly Point[]): Promise<Sent> => {
    const bad = points.filter(({ at }) => poison.has(at)).length;
    for (const { at } of points) if (!poison.has(at)) stored.add(at);
    if (bad === 0) return { kind: 'stored' };
    return { kind: 'refused', words: 'no', dropped: counts ? bad : undefined };
  };

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ index, point: { ...good, at: BigInt(index) } }));

it('finds exactly the poison in any mixture, whether or not the server counts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 59 })),
      fc.boolean(),
      async (size, bad, counts) => {
        const poison = new Set(bad.filter((i) => i < size).map(BigInt));
        const stored = new Set<bigint>();
        const outcomes: PointOutcome[] = [];
        await isolate(numbered(size), refusing(poison, counts, stored), (index, outcome) => {
          expect(outcomes[index]).toBeUndefined();
          outcomes[index] = outcome;
        });
        expect(outcomes.length).toBe(size);
        for (const [i, { kind }] of outcomes.entries()) {
          expect(kind).toBe(poison.has(BigInt(i)) ? 'poison' : 'stored');
        }
        expect(stored.size).toBe(size - poison.size);
      },
    ),
  );
});

it('needs about twenty writes for one in a thousand, and one where a whole batch is refused', async () => {
  const writes = async (poison: readonly number[]): Promise<number> => {
    let sent = 0;
    const send = refusing(new Set(poison.map(BigInt)), true, new Set());
    const counting = (points: readonly Point[]) => {
      sent += 1;
      return send(points);
    };
    await isolate(numbered(1_000), counting, () => undefined);
    return sent;
  };
  expect(await writes([617])).toBeLessThanOrEqual(21);
  expect(await writes(Array.from({ length: 1_000 }, (_, i) => i))).toBe(1);
  expect(await writes(Array.from({ length: 400 }, (_, i) => i))).toBeLessThanOrEqual(21);
});

it('stops asking a server that goes away in the middle, and loses no point over it', async () => {
  const fault = { kind: 'unreachable', code: 'gone', where: '', words: '' } as const;
  let sent = 0;
  const outcomes: PointOutcome[] = [];
  const send = async (points: readonly Point[]): Promise<Sent> => {
    sent += 1;
    if (sent > 4) return { kind: 'kept', fault };
    return points.some(({ at }) => at === 617n)
      ? { kind: 'refused', words: 'no', dropped: 1 }
      : { kind: 'stored' };
  };
  await isolate(numbered(1_000), send, (index, outcome) => {
    outcomes[index] = outcome;
  });
  expect(sent).toBe(5);
  expect(outcomes.filter(({ kind }) => kind === 'stored').length).toBeGreaterThan(0);
  expect(outcomes.filter(({ kind }) => kind === 'kept').length).toBeGreaterThan(0);
  expect(outcomes.filter(({ kind }) => kind === 'poison').length).toBe(0);
  expect(outcomes.length).toBe(1_000);
});

it('gives no two readings of a stream one time, however close they are and however the clock is set back', () => {
  const epoch = 'deadbeef'.repeat(4);
  fc.assert(
    fc.property(
      fc.array(fc.record({ stepNs: fc.bigInt(-(10n ** 12n), 10n ** 9n) }), { maxLength: 300 }),
      (steps) => {
        let wall = 1_700_000_000_000_000_000n;
        const times = new Set<bigint>();
        for (const [sequence, { stepNs }] of steps.entries()) {
          // A quarter of the steps go nowhere, so that readings share a nanosecond or a clock comes back to it.
          if (sequence % 4 !== 0) wall += stepNs;
          const at = pointTime(wall, epoch, BigInt(sequence));
          expect(at / 1_000_000n).toBe(wall / 1_000_000n);
          times.add(at);
        }
        expect(times.size).toBe(steps.length);
      },
    ),
  );
});

it('keeps two epochs apart that lived through the same times, as a box without a clock does after a power cut', () => {
  const wall = 1_700_000_000_000_000_000n;
  const times = new Set<bigint>();
  const epochs = Array.from({ length: 50 }, (_, i) =>
    ((i + 1) * 2_654_435_761).toString(16).padStart(12, '0').padEnd(32, '7'),
  );
  for (const epoch of epochs) {
    for (let i = 0; i < 100; i += 1) times.add(pointTime(wall + BigInt(i) * 10_000_000n, epoch, BigInt(i)));
  }
  expect(times.size).toBe(5_000);
});

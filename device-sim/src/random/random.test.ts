import { describe, expect, it } from 'vitest';
import { drawAt, normalAt } from './draw-at.ts';
import { random } from './sfc32.ts';

const COUNT = 20_000;

const moments = (draws: readonly number[]): { mean: number; variance: number } => {
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
  return { mean, variance };
};

describe('seeded random streams', () => {
  it('repeats itself for the same seed and stream, and differs for another', () => {
    const first = random(7, 'noise').bytes(64);
    expect(random(7, 'noise').bytes(64)).toEqual(first);
    expect(random(8, 'noise').bytes(64)).not.toEqual(first);
    expect(random(7, 'delay').bytes(64)).not.toEqual(first);
    expect(random(7 + 2 ** 32, 'noise').bytes(64)).not.toEqual(first);
  });

  it('matches the sfc32 of PractRand for a known state', () => {
    // The recurrence written out by hand for state (0, 0, fnv1a('') = 0x811c9dc5, 1) and sixteen rounds.
    let [a, b, c, n] = [0n, 0n, 0x811c9dc5n, 1n];
    const word = 0xffffffffn;
    let sum = 0n;
    for (let round = 0; round < 16; round += 1) {
      sum = (a + b + n) & word;
      n += 1n;
      a = b ^ (b >> 9n);
      b = (c + (c << 3n)) & word;
      c = ((((c << 21n) | (c >> 11n)) & word) + sum) & word;
    }
    expect(random(0).uint32()).toBe(Number(sum));
  });

  it('spreads evenly and stays within its bounds', () => {
    const source = random(1);
    const { mean, variance } = moments(Array.from({ length: COUNT }, () => source.unit()));
    expect(mean).toBeCloseTo(0.5, 1);
    expect(variance).toBeCloseTo(1 / 12, 2);
    for (let i = 0; i < 1000; i += 1) {
      expect(source.whole(6)).toBeLessThan(6);
      expect(source.between(-2, 3)).toBeGreaterThanOrEqual(-2);
    }
  });
});

describe('draws by number', () => {
  it('depend on seed, channel and index, and on nothing else', () => {
    expect(drawAt(1, 2, 3)).toBe(drawAt(1, 2, 3));
    const others = [drawAt(2, 2, 3), drawAt(1, 3, 3), drawAt(1, 2, 4), drawAt(1, 2, 3 + 2 ** 32)];
    for (const other of others) expect(other).not.toBe(drawAt(1, 2, 3));
  });

  it('are uniform, and the normal ones have mean 0 and deviation 1', () => {
    const indexes = Array.from({ length: COUNT }, (_, index) => index);
    const uniform = moments(indexes.map((index) => drawAt(5, 0, index)));
    expect(uniform.mean).toBeCloseTo(0.5, 1);
    expect(uniform.variance).toBeCloseTo(1 / 12, 2);
    const normal = moments(indexes.map((index) => normalAt(5, 9, index)));
    expect(Math.abs(normal.mean)).toBeLessThan(0.05);
    expect(normal.variance).toBeCloseTo(1, 1);
  });

  it('are not correlated from one index to the next', () => {
    let sum = 0;
    for (let i = 0; i < COUNT; i += 1) sum += (drawAt(3, 1, i) - 0.5) * (drawAt(3, 1, i + 1) - 0.5);
    expect(Math.abs(sum / COUNT) * 12).toBeLessThan(0.03);
  });
});

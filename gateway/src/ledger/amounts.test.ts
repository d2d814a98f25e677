import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reward } from '../record/reward.ts';
import { decimalText, newAmounts, UNITS_MAX } from './amounts.ts';

const reward = fc.record({
  unit: fc.constantFrom('DC', 'DIMO', 'm3'),
  mantissa: fc.maxSafeNat(),
  decimals: fc.integer({ min: 0, max: 18 }),
  basis: fc.constantFrom('network' as const, 'rule' as const),
});

/** In units of 10^−18, as no sum can be finer. */
const exact = ({ mantissa, decimals }: { mantissa: number | bigint; decimals: number }): bigint =>
  BigInt(mantissa) * 10n ** BigInt(18 - decimals);

describe('sums of rewards', () => {
  it('are exact, and never add up two units, nor what was said and what a rule gives', () => {
    fc.assert(
      fc.property(fc.array(reward, { maxLength: 60 }), (rewards) => {
        const amounts = newAmounts();
        for (const each of rewards) amounts.add(each);
        const sumOf = (unit: string, basis: Reward['basis']): bigint =>
          rewards
            .filter((each) => each.unit === unit && each.basis === basis)
            .reduce((sum, each) => sum + exact(each), 0n);
        for (const amount of amounts.list()) expect(exact(amount)).toBe(sumOf(amount.unit, amount.basis));
        expect(amounts.list()).toHaveLength(
          new Set(rewards.map(({ unit, basis }) => `${unit} ${basis}`)).size,
        );
      }),
    );
  });

  it('are the same whether they are summed at once or by days', () => {
    fc.assert(
      fc.property(fc.array(fc.array(reward, { maxLength: 9 }), { maxLength: 9 }), (days) => {
        const [whole, sums] = [newAmounts(), newAmounts()];
        for (const each of days.flat()) whole.add(each);
        for (const day of days) {
          const own = newAmounts();
          for (const each of day) own.add(each);
          for (const each of own.list()) sums.add(each);
        }
        const texts = ({ list }: typeof whole) => list().map((each) => [each.unit, decimalText(each)]);
        expect(texts(sums)).toEqual(texts(whole));
      }),
    );
  });

  it('are written with all their digits and no others', () => {
    const text = (mantissa: bigint, decimals: number) => decimalText({ mantissa, decimals });
    expect(text(0n, 0)).toBe('0');
    expect(text(0n, 18)).toBe('0');
    expect(text(5n, 1)).toBe('0.5');
    expect(text(1_200n, 2)).toBe('12');
    expect(text(90_071_992_547_409_931n, 6)).toBe('90071992547.409931');
    expect(text(1n, 18)).toBe('0.000000000000000001');
  });

  it('stop at so many units', () => {
    const amounts = newAmounts();
    for (let unit = 0; unit < 2 * UNITS_MAX; unit += 1)
      amounts.add({ unit: `U${unit}`, mantissa: 1, decimals: 0, basis: 'network' });
    expect(amounts.list()).toHaveLength(UNITS_MAX);
  });
});

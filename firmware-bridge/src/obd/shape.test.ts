import { describe, expect, it } from 'vitest';
import { consider, LEARN_AFTER, type Learner, newLearner, type Trait } from './shape.ts';

const trait = (ecu: number, rest: Partial<Trait> = {}): Trait => ({
  ecu,
  bytes: 4,
  padding: 'padded',
  longPadding: undefined,
  ...rest,
});
const NOBODY = new Set<number>();

const verdicts = (learner: Learner, ...replies: readonly (readonly Trait[])[]): readonly string[] => {
  let now = learner;
  return replies.map((seen) => {
    const { learner: next, verdict } = consider(now, seen, NOBODY);
    now = next;
    return verdict;
  });
};

const repeated = <T>(value: T, times: number): readonly T[] => Array.from({ length: times }, () => value);

describe('how replies look', () => {
  const usual = [trait(0x7e8), trait(0x7e9)];

  it.each([
    ['as expected', usual, 'believed'],
    ['without one of the control units', [trait(0x7e8)], 'other'],
    ['with another control unit', [trait(0x7e8), trait(0x7ea)], 'other'],
    ['with one more', [...usual, trait(0x7ea)], 'other'],
    ['with another length', [trait(0x7e8, { bytes: 5 }), trait(0x7e9)], 'other'],
    ['with another padding', [trait(0x7e8, { padding: 'exact' }), trait(0x7e9)], 'other'],
    ['with a full frame that shows none', [trait(0x7e8, { padding: undefined }), trait(0x7e9)], 'believed'],
  ])('%s', (_, seen, verdict) => {
    expect(consider(newLearner(usual), seen, NOBODY).verdict).toBe(verdict);
  });

  it('need not have the control units that said no this time', () => {
    expect(consider(newLearner(usual), [trait(0x7e8)], new Set([0x7e9])).verdict).toBe('believed');
  });

  it('become the expectation after five in a row, and only in a row', () => {
    const other = [trait(0x7e8)];
    const learning = [...repeated('other', LEARN_AFTER - 1), 'believed', 'believed'];
    expect(verdicts(newLearner(usual), ...repeated(other, LEARN_AFTER + 1))).toEqual(learning);
    const broken = [...repeated(other, LEARN_AFTER - 1), usual, ...repeated(other, LEARN_AFTER - 1)];
    expect(verdicts(newLearner(usual), ...broken).filter((verdict) => verdict === 'believed')).toHaveLength(
      1,
    );
  });

  it('have to be learned where nothing is known', () => {
    const learning = [...repeated('unconfirmed', LEARN_AFTER - 1), 'believed'];
    expect(verdicts(newLearner(undefined), ...repeated(usual, LEARN_AFTER))).toEqual(learning);
  });

  it('fix the padding of long answers when one is first seen, and believe the next', () => {
    const long = [trait(0x7e8, { bytes: undefined, longPadding: 'padded' })];
    const short = [trait(0x7e8, { bytes: undefined, padding: 'padded' })];
    const cut = [trait(0x7e8, { bytes: undefined, longPadding: 'exact' })];
    const list = newLearner([trait(0x7e8, { bytes: undefined })]);
    expect(verdicts(list, short, long, long, cut, short)).toEqual([
      'believed',
      'unconfirmed',
      'believed',
      'other',
      'believed',
    ]);
  });
});

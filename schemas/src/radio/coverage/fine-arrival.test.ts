import { describe, expect, it } from 'vitest';
import type { ReceptionBody } from '../../words/index.ts';
import { receptionExplainer } from './explain.ts';
import { openSenders } from './senders.ts';
import { CAR, HOTSPOT, located, OTHER, signed } from './testing.ts';

/** ns that light needs for a kilometre. */
const KM_NS = 3_336;

const at = (key: string, km: number, fineNs: number, ms = 0, body: Partial<ReceptionBody> = {}) =>
  signed(key, ms, { location: located(km), fineNs, rssiDeciDbm: -1_200, snrDeciDb: 10, ...body });

const explained = (all: readonly ReturnType<typeof signed>[]) => {
  const senders = openSenders();
  for (const each of all) senders.take(each);
  const explain = receptionExplainer({ region: undefined, senders, gainDbi: () => undefined });
  return all.map((each) => explain(each));
};

const words = (...all: readonly ReturnType<typeof signed>[]) =>
  explained(all).map((each) => (each.verdict === 'rejected' ? each.words : each.verdict));

describe('time of arrival by fine timestamps', () => {
  it('is at most the way of light between two gateways, each way round the second', () => {
    expect(words(at(HOTSPOT, 0, 1_000), at(OTHER, 10, 1_000 + 10 * KM_NS))).toEqual(['accepted', 'accepted']);
    expect(words(at(HOTSPOT, 0, 1_000), at(OTHER, 10, 1_000_000_000 + 1_000 - 10 * KM_NS))).toEqual([
      'accepted',
      'accepted',
    ]);
    expect(words(at(HOTSPOT, 0, 1_000), at(OTHER, 10, 1_000 + 11 * KM_NS))).toEqual([
      'accepted',
      expect.stringMatching(/^would be rejected: arrived \d\.\d µs beside what light needs, against a{16}$/),
    ]);
  });

  it('is as the place of the sender says, where he says it', () => {
    const from = signed(CAR, 0, { direction: 'sent', location: located(5), powerDeciDbm: 140 });
    const honest = [from, at(HOTSPOT, 0, 50_000), at(OTHER, 10, 50_000)];
    expect(words(...honest)).toEqual(['sent', 'accepted', 'accepted']);
    const moved = [from, at(HOTSPOT, 0, 50_000), at(OTHER, 10, 50_000 + 2 * KM_NS)];
    expect(words(...moved)[2]).toMatch(/beside what light needs/);
  });

  it('says nothing of repetitions, of gateways without it, or without a place', () => {
    const far = 500_000;
    expect(words(at(HOTSPOT, 0, 1_000), at(OTHER, 10, far, 1_500))).toEqual(['accepted', 'accepted']);
    expect(words(at(HOTSPOT, 0, 1_000), at(OTHER, 10, far, 0, { fineNs: undefined }))).toEqual([
      'accepted',
      'accepted',
    ]);
    expect(words(at(HOTSPOT, 0, 1_000), at(OTHER, 10, far, 0, { location: undefined }))).toEqual([
      'accepted',
      'accepted',
    ]);
  });

  it('stands in for what the judge finds by milliseconds, and is not measured by what was rejected', () => {
    const [, second] = explained([at(HOTSPOT, 0, 1_000), at(OTHER, 10, 1_000)]);
    expect(second?.findings.filter(({ rule }) => rule === 'arrival')).toEqual([
      { rule: 'arrival', outcome: 'held', words: '' },
    ]);
    const impossible = at(HOTSPOT, 0, 400_000, 0, { snrDeciDb: -300 });
    expect(words(impossible, at(OTHER, 10, 1_000), at(CAR, 9, 1_000))).toEqual([
      expect.stringMatching(/SNR/),
      'accepted',
      'accepted',
    ]);
  });
});

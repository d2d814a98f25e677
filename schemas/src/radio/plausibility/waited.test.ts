import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallNs } from '../../words/index.ts';
import { regionNamed } from '../region/index.ts';
import { coverageJudge } from './judge.ts';
import { COVERAGE_RULES, freeSpaceLossDb } from './limits.ts';
import type { CoverageContext, Reception, ReceptionVerdict } from './reception.ts';

const START = 1_700_000_000_000_000_000n;
const HOUR_MS = 3_600_000;

const north = (km: number) => ({ latitude: 520_000_000 + Math.round(km * 89_932), longitude: 130_000_000 });

const context = (over: Partial<CoverageContext> = {}): CoverageContext => ({
  region: regionNamed('EU868'),
  sender: () => ({ place: north(0), eirpDbm: 14 }),
  gainDbi: () => 0,
  ...over,
});

/** A frame of a device of its own for each number, heard at `ms`, at the box `waitMs` later. */
const heard = (ms: number, waitMs: number, over: Partial<Reception> = {}): Reception => ({
  gateway: '0000000000000001',
  phy: Uint8Array.of(0x40, ms & 0xff, (ms >> 8) & 0xff, (ms >> 16) & 0xff, 4, 0, 1, 0, 1, 9, 9, 9, 9),
  frequencyHz: 868_100_000,
  rate: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 },
  rssiDbm: -110,
  snrDb: 3,
  tmst: (ms * 1_000 + 4_000_000_000) % 2 ** 32,
  wall: wallNs(START + BigInt(ms + waitMs) * 1_000_000n),
  trust: 'ntp',
  place: north(14.3),
  waited: true,
  ...over,
});

const inTurn = (all: readonly Reception[], about: Partial<CoverageContext> = {}) => {
  const judge = coverageJudge(context(about));
  return all.map((reception) => judge(reception));
};
const spoke = (verdicts: readonly ReceptionVerdict[]) =>
  verdicts.flatMap(({ findings }) =>
    findings.filter(({ outcome }) => outcome === 'broken' || outcome === 'doubtful').map(({ rule }) => rule),
  );

describe('frames that waited at a broker and have no time of their own', () => {
  it('accuse nobody, however long each of them waited', () => {
    const gap = fc.tuple(fc.integer({ min: 1_001, max: 600_000 }), fc.integer({ min: 0, max: 24 * HOUR_MS }));
    fc.assert(
      fc.property(fc.array(gap, { minLength: 1, maxLength: 30 }), (all) => {
        let ms = 0;
        const frames = all.map(([apart, wait]) => {
          ms += apart;
          return heard(ms, wait);
        });
        expect(spoke(inTurn(frames))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('accuse nobody among frames that came at once with a time', () => {
    const own = { trust: 'gnss', waited: undefined } as unknown as Partial<Reception>;
    const direct = (ms: number) => {
      const { waited: _, ...rest } = heard(ms, 0, own);
      return rest;
    };
    const frames = [
      direct(0),
      heard(5_000, HOUR_MS),
      direct(10_000),
      heard(15_000, 2 * HOUR_MS),
      direct(20_000),
    ];
    expect(spoke(inTurn(frames))).toEqual([]);
    expect(inTurn(frames)[1]?.words).toContain(
      'the frame may have waited on its way, and has no time of its own',
    );
    // Of those with a time, a jump is still one.
    const jumped = { ...direct(30_000), tmst: 3_000_000_000 };
    expect(spoke(inTurn([...frames, jumped]))).toEqual(['counter-drift']);
  });

  it('still tell the noise of their gateway, and who is far above it', () => {
    const usual = Array.from({ length: 15 }, (_, i) =>
      heard(i * 5_000, HOUR_MS, { rssiDbm: -112 - (i % 5), snrDb: i % 5 }),
    );
    expect(spoke(inTurn([...usual, heard(80_000, 0, { rssiDbm: -94, snrDb: -4 })]))).toEqual(['noise']);
  });

  it('are no proof against another gateway that heard the same', () => {
    const phy = Uint8Array.of(0x40, 1, 2, 3, 4, 0, 1, 0, 1, 7, 7, 7, 7);
    const elsewhere = { gateway: '0000000000000002', place: north(-20), rssiDbm: -118, snrDb: -4 };
    const there = heard(1, 0, { ...elsewhere, phy, trust: 'gnss' });
    expect(spoke(inTurn([heard(0, 500, { phy }), there]))).toEqual([]);
  });

  it('that came together are told apart by the counter, and one that a broker gives again is the same', () => {
    const phy = Uint8Array.of(0x80, 1, 2, 3, 4, 0, 1, 0, 1, 7, 7, 7, 7);
    const later = Uint8Array.of(0x80, 1, 2, 3, 4, 0, 2, 0, 1, 7, 7, 7, 8);
    const [first, repeat, next] = [
      heard(0, HOUR_MS, { phy }),
      heard(3_000, HOUR_MS - 3_000, { phy }),
      heard(6_000, HOUR_MS - 6_000, { phy: later }),
    ];
    const again = inTurn([first, repeat, next, { ...repeat, wall: wallNs(repeat.wall + 60_000_000_000n) }]);
    expect(again.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted', 'accepted', 'duplicate']);
    const bare = inTurn([heard(0, 9, { phy, tmst: undefined }), heard(3_000, 9, { phy, tmst: undefined })]);
    expect(spoke(bare)).toEqual([]);
    // Eleven minutes by the counter is no device that repeats itself.
    expect(spoke(inTurn([first, heard(660_000, 0, { phy })]))).toEqual(['replay']);
  });
});

describe('an antenna of which nobody tells the gain', () => {
  const bound = 14 - freeSpaceLossDb(868_100_000, 14_250);
  const gainDbi = () => undefined;
  const alone = (aboveDb: number) =>
    inTurn([heard(0, 0, { rssiDbm: bound + aboveDb, snrDb: undefined })], { gainDbi })[0];

  it('is allowed to be any that can be bought, and the verdict says so', () => {
    const most = COVERAGE_RULES.marginDb + COVERAGE_RULES.gainUnknownDbi;
    expect(alone(2.9)?.findings[0]).toMatchObject({ rule: 'free-space', outcome: 'held' });
    expect(alone(3.1)).toMatchObject({ verdict: 'accepted' });
    expect(alone(3.1)?.words).toContain(
      'RSSI 3.1 dB above what 14.3 km allows an antenna of 0 dBi (nobody tells its gain)',
    );
    expect(alone(most - 0.1)).toMatchObject({ verdict: 'accepted' });
    expect(alone(most + 0.1)).toMatchObject({ verdict: 'rejected' });
    expect(alone(most + 0.2)?.words).toBe(
      'would be rejected: RSSI 3.2 dB above what 14.3 km allows an antenna of 9 dBi (nobody tells its gain)',
    );
  });
});

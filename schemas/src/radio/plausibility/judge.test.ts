import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallNs } from '../../words/index.ts';
import { regionNamed } from '../region/index.ts';
import { coverageJudge } from './judge.ts';
import { freeSpaceLossDb, signalDbm, snrFloorDb } from './limits.ts';
import type { CoverageContext, CoverageRule, Reception, ReceptionVerdict, Sender } from './reception.ts';

const START = 1_700_000_000_000_000_000n;

/** Degrees × 10^7 north of the sender: 1 km is 89,932. */
const north = (km: number) => ({ latitude: 520_000_000 + Math.round(km * 89_932), longitude: 130_000_000 });

const sender: Sender = { place: north(0), eirpDbm: 14 };

const context = (over: Partial<CoverageContext> = {}): CoverageContext => ({
  region: regionNamed('EU868'),
  sender: () => sender,
  gainDbi: () => 0,
  ...over,
});

const at = (ms: number, over: Partial<Reception> = {}): Reception => ({
  gateway: '0000000000000001',
  phy: Uint8Array.of(0x40, 1, 2, 3, 4, 0, ms & 0xff, (ms >> 8) & 0xff, ms >> 16, 1, 9, 9, 9, 9),
  frequencyHz: 868_100_000,
  rate: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 },
  rssiDbm: -110,
  snrDb: 3,
  tmst: (ms * 1_000 + 4_000_000_000) % 2 ** 32,
  wall: wallNs(START + BigInt(ms) * 1_000_000n),
  trust: 'gnss',
  place: north(14.3),
  ...over,
});

const brokenOf = ({ findings }: ReceptionVerdict): readonly CoverageRule[] =>
  findings.filter(({ outcome }) => outcome === 'broken').map(({ rule }) => rule);

const alone = (over: Partial<Reception>, about: Partial<CoverageContext> = {}) =>
  coverageJudge(context(about))(at(0, over));

/** Verdicts over all of them by one judge. */
const inTurn = (...all: readonly Reception[]): readonly ReceptionVerdict[] => {
  const judge = coverageJudge(context());
  return all.map((reception) => judge(reception));
};

describe('the signal of a reception', () => {
  it('is accepted where nature allows it, and says what was not checked', () => {
    expect(alone({})).toMatchObject({ verdict: 'accepted', score: 60 });
    expect(alone({}).words).toBe(
      'would be accepted: 9 of 15 rules hold; not checked: this is the gateway’s first frame, ' +
        'too few frames tell the gateway’s noise, too few frames tell how this device is usually heard, ' +
        'no other gateway with place and time heard this frame',
    );
    expect(inTurn(at(0), at(5_000)).at(-1)).toMatchObject({ verdict: 'accepted', score: 80 });
  });

  it('may be 3 dB above free space and no more', () => {
    // 14 dBm over 14.25 km: places may be 50 m nearer.
    const bound = 14 - freeSpaceLossDb(868_100_000, 14_250);
    expect(brokenOf(alone({ rssiDbm: bound + 2.9, snrDb: undefined }))).toEqual([]);
    expect(brokenOf(alone({ rssiDbm: bound + 3.1, snrDb: undefined }))).toEqual(['free-space']);
    expect(alone({ rssiDbm: bound + 3.2, snrDb: undefined }).words).toBe(
      'would be rejected: RSSI 3.2 dB above what 14.3 km allows',
    );
    expect(brokenOf(alone({ rssiDbm: bound + 3.1 + 6, snrDb: undefined }, { gainDbi: () => 6.5 }))).toEqual(
      [],
    );
    const loud = { rssiDbm: bound + 3.1, snrDb: undefined };
    const quiet = (eirpDbm: number | undefined) => ({ sender: () => ({ ...sender, eirpDbm }) });
    expect(brokenOf(alone(loud, quiet(undefined)))).toEqual([]);
    expect(brokenOf(alone({ ...loud, rssiDbm: bound + 5.2 }, quiet(undefined)))).toEqual(['free-space']);
    expect(
      brokenOf(alone({ ...loud, rssiDbm: bound + 5.2 }, { ...quiet(undefined), region: undefined })),
    ).toEqual([]);
    expect(alone(loud, { sender: () => undefined }).verdict).toBe('accepted');
  });

  it.each([5, 6, 7, 8, 9, 10, 11, 12])(
    'at SF%d may be 3 dB below the demodulator’s floor',
    (spreadingFactor) => {
      const rate = { kind: 'lora', spreadingFactor, bandwidthHz: 125_000 } as const;
      const floor = snrFloorDb(spreadingFactor);
      expect(brokenOf(alone({ rate, snrDb: floor - 2.9 }))).toEqual([]);
      expect(brokenOf(alone({ rate, snrDb: floor - 3.1 }))).toEqual(['snr-floor']);
    },
  );

  it('has the published floors, and less power than the channel where noise covers it', () => {
    expect([5, 6, 7, 8, 9, 10, 11, 12].map(snrFloorDb)).toEqual([
      -2.5, -5, -7.5, -10, -12.5, -15, -17.5, -20,
    ]);
    expect(signalDbm(-110, -10)).toBeCloseTo(-120.414, 3);
    expect(signalDbm(-100, 10)).toBeCloseTo(-100.414, 3);
    // At 0 dB half of the channel's power is signal; free space at 868.1 MHz is 91.22 dB over 1 km.
    expect(signalDbm(-100, 0)).toBeCloseTo(-103.01, 2);
    expect(freeSpaceLossDb(868_100_000, 1_000)).toBeCloseTo(91.22, 2);
    expect(freeSpaceLossDb(868_100_000, 10_000)).toBeCloseTo(111.22, 2);
  });

  it('has no more SNR than its strength is over thermal noise', () => {
    expect(brokenOf(alone({ rssiDbm: -120, snrDb: 10 }))).toEqual(['snr-ceiling']);
    expect(brokenOf(alone({ rssiDbm: -115, snrDb: 7 }))).toEqual([]);
  });

  it('holds no rule by a number that is none', () => {
    expect(brokenOf(alone({ rssiDbm: Number.NaN }))).toEqual(['free-space', 'snr-ceiling']);
    expect(brokenOf(alone({ snrDb: Number.NaN }))).toEqual(['free-space', 'snr-floor', 'snr-ceiling']);
    expect(brokenOf(alone({ rssiDbm: -Infinity, snrDb: undefined }))).toEqual(['free-space']);
  });

  it('does not come from further than 100 km', () => {
    expect(brokenOf(alone({ place: north(99.9), rssiDbm: -125, snrDb: -7 }))).toEqual([]);
    const far = alone({ place: north(100.2), rssiDbm: -125, snrDb: -7 });
    expect(far.words).toBe('would be rejected: heard over 100.2 km, more than 100 km');
  });
});

describe('the frames of one gateway', () => {
  it('keep its counter and clock together to 10 ppm, over any turn of the counter', () => {
    const gaps = fc.array(fc.integer({ min: 1_001, max: 20_000_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        gaps,
        fc.double({ min: -9.9, max: 9.9, noNaN: true }),
        fc.nat(2 ** 32 - 1),
        (all, ppm, begin) => {
          let ms = 0;
          const frames = [0, ...all].map((gap) => {
            ms += gap;
            const tmst = (begin + Math.round(ms * 1_000 * (1 + ppm / 1e6))) % 2 ** 32;
            return at(ms, {
              tmst,
              phy: Uint8Array.of(0xe0, ...new Uint8Array(new Float64Array([ms]).buffer)),
            });
          });
          expect(inTurn(...frames).flatMap(brokenOf)).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
    const drifting = at(1_000_000, { tmst: (1_000_020_000 + 4_000_000_000 + 5_000) % 2 ** 32 });
    expect(inTurn(at(0), drifting).flatMap(brokenOf)).toEqual(['counter-drift']);
  });

  it('may begin to count anew, which is no jump', () => {
    expect(inTurn(at(0), at(60_000, { tmst: 9_000_000 })).flatMap(brokenOf)).toEqual([]);
    expect(inTurn(at(0), at(60_000, { tmst: 70_000_000 })).flatMap(brokenOf)).toEqual(['counter-drift']);
  });

  it('are charged once for a clock that jumped and stays', () => {
    const later = (ms: number) => at(ms, { wall: wallNs(START + BigInt(ms + 3_600_000) * 1_000_000n) });
    const verdicts = inTurn(at(0), at(5_000), later(10_000), later(15_000), later(20_000));
    expect(verdicts.map(brokenOf)).toEqual([[], [], ['counter-drift'], [], []]);
    expect(verdicts[2]?.words).toContain('would be rejected: counter and clock are');
  });

  it('are charged each time where two boxes use one EUI', () => {
    const other = (ms: number) =>
      at(ms, { place: north(60), tmst: ms * 1_000 + 1_000_000_000, rssiDbm: -124, snrDb: -6 });
    const verdicts = inTurn(at(0), other(4_000), at(8_000), other(12_000), at(16_000));
    expect(verdicts.map(brokenOf)).toEqual([[], ['movement', 'counter-drift'], [], ['one-box'], []]);
  });

  it('come from an antenna that moves like one on the ground', () => {
    const moved = (km: number) => inTurn(at(0), at(60_000, { place: north(14.3 + km) })).flatMap(brokenOf);
    // 100 m/s for a minute and for the half minute that a place may be old.
    expect(moved(9)).toEqual([]);
    expect(moved(9.2)).toEqual(['movement']);
  });

  it('are no more at one moment than its demodulators', () => {
    const rate = { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000 } as const;
    const many = Array.from({ length: 19 }, (_, i) => at(i, { rate }));
    const verdicts = inTurn(...many);
    expect(verdicts.slice(0, 18).flatMap(brokenOf)).toEqual([]);
    expect(verdicts.slice(18).flatMap(brokenOf)).toEqual(['overlap']);
    const spread = Array.from({ length: 40 }, (_, i) => at(i * 100, { rate }));
    expect(inTurn(...spread).flatMap(brokenOf)).toEqual([]);
  });

  it('raise a doubt where RSSI and SNR leave more noise over than usual', () => {
    const usual = Array.from({ length: 15 }, (_, i) =>
      at(i * 5_000, { rssiDbm: -112 - (i % 5), snrDb: i % 5 }),
    );
    // Another device, of which the gateway does not know how loud it is.
    const phy = Uint8Array.of(0x40, 8, 8, 8, 8, 0, 1, 0, 1, 9, 9, 9, 9);
    const next = (over: Partial<Reception>) => inTurn(...usual, at(80_000, { phy, ...over })).at(-1);
    expect(next({ rssiDbm: -110, snrDb: 3 })).toMatchObject({ verdict: 'accepted', score: 87 });
    expect(next({ rssiDbm: -94, snrDb: -4 })).toMatchObject({ verdict: 'doubtful', score: 40 });
    expect(next({ rssiDbm: -94, snrDb: -4 })?.words).toMatch(
      /^is doubtful: RSSI 2\d\.\d dB more than its SNR/,
    );
    // The radio’s SNR ends at about ten, its RSSI does not.
    expect(next({ rssiDbm: -99, snrDb: 9.5 })).toMatchObject({ verdict: 'accepted' });
    const wide = { rate: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 500_000 } as const };
    expect(next({ ...wide, rssiDbm: -96, snrDb: 0 })?.verdict).toBe('accepted');
    expect(inTurn(...usual.slice(1), at(80_000, { phy, rssiDbm: -94, snrDb: -4 })).at(-1)?.verdict).toBe(
      'accepted',
    );
  });

  it('without counter, time or place are not measured, and score less', () => {
    const bare = { tmst: undefined, trust: 'none', place: undefined, snrDb: undefined } as const;
    expect(inTurn(at(0, bare), at(5_000, bare)).at(-1)).toMatchObject({ verdict: 'accepted', score: 33 });
  });
});

describe('one frame', () => {
  const same = { phy: Uint8Array.of(0x40, 9, 9, 9, 9, 0, 1, 0, 1, 7, 1, 2, 3, 4) };
  const elsewhere = { gateway: '0000000000000002', place: north(-20), rssiDbm: -118, snrDb: -4 };

  it('reaches two gateways as light does', () => {
    // 5.7 km further are 19 µs; both clocks may be 1 ms off.
    expect(inTurn(at(0, same), at(1, { ...same, ...elsewhere })).map(brokenOf)).toEqual([[], []]);
    expect(inTurn(at(0, same), at(3, { ...same, ...elsewhere })).flatMap(brokenOf)).toEqual(['arrival']);
    const fine = (ns: bigint, over: Partial<Reception>) =>
      at(0, { ...same, ...over, wall: wallNs(START + ns), timeErrorUs: 0.1 });
    expect(inTurn(fine(0n, {}), fine(19_000n, elsewhere)).flatMap(brokenOf)).toEqual([]);
    expect(inTurn(fine(0n, {}), fine(21_000n, elsewhere)).flatMap(brokenOf)).toEqual(['arrival']);
    expect(inTurn(fine(0n, {}), fine(-19_000n, elsewhere)).flatMap(brokenOf)).toEqual(['arrival']);
    const blind = coverageJudge(context({ sender: () => undefined }));
    blind(fine(0n, {}));
    expect(brokenOf(blind(fine(-110_000n, elsewhere)))).toEqual([]);
    expect(brokenOf(blind(fine(-120_000n, { ...elsewhere, gateway: '0000000000000003' })))).toEqual([
      'arrival',
    ]);
  });

  it('counts once for each gateway, whatever its ghosts', () => {
    const verdicts = inTurn(
      at(0, same),
      at(0, { ...same, frequencyHz: 868_300_000, rssiDbm: -123, snrDb: -5 }),
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['accepted', 'duplicate']);
    expect(verdicts[1]).toMatchObject({ score: 0, words: 'this gateway reported this frame already' });
  });

  it('may be repeated by its device for minutes', () => {
    const repeats = [0, 3_000, 60_000, 599_000].map((ms) => at(ms, same));
    expect(inTurn(...repeats).map(({ verdict }) => verdict)).toEqual(Array(4).fill('accepted'));
    const replayed = inTurn(at(0, same), at(602_000, same));
    expect(replayed.map(brokenOf)).toEqual([[], ['replay']]);
    expect(replayed[1]?.words).toBe('would be rejected: the same bytes were heard 602 s before');
    expect(inTurn(at(0, same), at(602_000, { ...same, ...elsewhere })).flatMap(brokenOf)).toEqual(['replay']);
  });

  it('that is a beacon or a join is not repeated at all', () => {
    for (const phy of [new Uint8Array(52).fill(0xe0), new Uint8Array(23)]) {
      expect(inTurn(at(0, { phy }), at(9_000, { phy })).flatMap(brokenOf)).toEqual([]);
      expect(inTurn(at(0, { phy }), at(13_000, { phy })).flatMap(brokenOf)).toEqual(['replay']);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { wallNs } from '../../words/index.ts';
import { regionNamed } from '../region/index.ts';
import { coverageJudge } from './judge.ts';
import type { CoverageRule, Reception, ReceptionVerdict } from './reception.ts';

const START = 1_700_000_000_000_000_000n;

/** Data frame number `counter` of a device. */
const frame = (counter: number, device = 7): Uint8Array =>
  Uint8Array.of(0x40, device, 2, 3, 4, 0, counter & 0xff, counter >> 8, 1, 9, 9, 9, 9);

/** Heard so many seconds after the start; each second has a frame of its own. */
const at = (s: number, over: Partial<Reception> = {}): Reception => ({
  gateway: '0000000000000001',
  phy: frame(s),
  frequencyHz: 868_100_000,
  rate: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 },
  rssiDbm: -110,
  snrDb: 3,
  tmst: s * 1e6 + 10_000_000,
  wall: wallNs(START + BigInt(s) * 1_000_000_000n),
  trust: 'gnss',
  place: { latitude: 520_000_000, longitude: 130_000_000 },
  ...over,
});

const spokenOf = ({ findings }: ReceptionVerdict): readonly CoverageRule[] =>
  findings.filter(({ outcome }) => outcome === 'broken' || outcome === 'doubtful').map(({ rule }) => rule);

const inTurn = (all: readonly Reception[]): readonly (readonly CoverageRule[])[] => {
  const judge = coverageJudge({
    region: regionNamed('EU868'),
    sender: () => undefined,
    gainDbi: () => undefined,
  });
  return all.map((reception) => spokenOf(judge(reception)));
};

const seconds = (count: number, everyS: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i * everyS);

describe('the boxes under one EUI', () => {
  const copy = (s: number, over: Partial<Reception> = {}) =>
    at(s, { phy: frame(s, 9), tmst: s * 1e6 + 2_000_000_000, ...over });

  it('are told apart by clock less counter, and the later one is charged once the first is back', () => {
    const said = inTurn([
      at(0),
      at(60),
      copy(70),
      copy(80),
      copy(90),
      at(100),
      copy(110),
      copy(120),
      at(130),
    ]);
    expect(said).toEqual([[], [], ['counter-drift'], [], [], [], ['one-box'], ['one-box'], []]);
  });

  it('are told apart where nobody sets their clocks', () => {
    const free = { trust: 'none' } as const;
    const said = inTurn([at(0, free), copy(10, free), at(20, free), copy(30, free), at(40, free)]);
    expect(said).toEqual([[], [], [], ['one-box'], []]);
  });

  it('are one where it starts anew, however often', () => {
    const boots = [0, 4_000, 9_000, 20_000, 40_000, 41_000, 60_000];
    const said = inTurn(
      boots.flatMap((boot) => [60, 70].map((s) => at(boot + s, { phy: frame(boot + s), tmst: s * 1e6 }))),
    );
    expect(said.flat()).toEqual([]);
  });

  it('do not spoil what others are measured by, once one of them has jumped', () => {
    const ahead = (s: number) =>
      at(s, { wall: wallNs(START + BigInt(s + 86_400) * 1_000_000_000n), gateway: '000000000000000a' });
    const before = { gateway: '000000000000000a', phy: frame(0, 3) };
    const said = inTurn([at(0, before), ahead(10), at(10), ahead(20), at(20)]);
    expect(said[1]).toEqual(['counter-drift']);
    expect([said[2], said[4]]).toEqual([[], []]);
  });
});

describe('a device at one gateway', () => {
  it('repeats its latest frame and no older one', () => {
    const repeat = (s: number, counter: number) => at(s, { phy: frame(counter) });
    expect(inTurn([repeat(0, 4), repeat(5, 4), repeat(10, 5), repeat(15, 5)]).flat()).toEqual([]);
    expect(inTurn([repeat(0, 4), repeat(10, 5), repeat(15, 4)])).toEqual([[], [], ['counted-on']]);
    expect(inTurn([repeat(0, 65_535), repeat(10, 0), repeat(15, 65_535)])[2]).toEqual(['counted-on']);
    // Another device of the same address is counting elsewhere.
    expect(inTurn([repeat(0, 4), repeat(10, 900), repeat(15, 4)]).flat()).toEqual([]);
  });

  it('is doubted where it is suddenly much louder than ever', () => {
    const usual = seconds(8, 60).map((s, i) => at(s, { rssiDbm: -80 - (i % 3), snrDb: 11 }));
    const next = (rssiDbm: number, from = usual) => inTurn([...from, at(600, { rssiDbm, snrDb: 11 })]).at(-1);
    expect(next(-67)).toEqual([]);
    expect(next(-61)).toEqual(['level']);
    expect(next(-61, usual.slice(1))).toEqual([]);
    // One that drives about is loud and quiet by turns.
    const driving = seconds(8, 60).map((s, i) => at(s, { rssiDbm: -70 - (i % 3) * 12, snrDb: 11 }));
    expect(next(-52, driving)).toEqual([]);
  });
});

describe('the record of a gateway', () => {
  it('counts against it where it was too loud again and again, and not where it was once', () => {
    const day = (loudEvery: number) =>
      seconds(128, 60).map((s, i) =>
        at(s, {
          phy: frame(i, 20 + (i % 60)),
          ...(i > 20 && i % loudEvery === 0 ? { rssiDbm: -88 } : {}),
        }),
      );
    expect(inTurn(day(10)).at(-1)).toEqual(['record']);
    expect(inTurn(day(30)).at(-1)).toEqual([]);
  });
});

describe('a replay by a gateway that has no time', () => {
  it('is told by its counter, which shows at least what went by', () => {
    const bare = (s: number) => at(s, { trust: 'none', phy: frame(1) });
    expect(inTurn([bare(0), bare(599)]).flat()).toEqual([]);
    expect(inTurn([bare(0), bare(601)])[1]).toEqual(['replay']);
    expect(inTurn([bare(0), bare(4_400)])[1]).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { loraAirtimeUs, lorawanFrame } from '../airtime.ts';
import { occupiedHz, rateText, sameRate } from '../rate.ts';
import {
  bandsAt,
  type DataRate,
  frequenciesOf,
  REGIONS,
  type RegionPlan,
  regionNamed,
  uplinkChannelAt,
} from './index.ts';

const at = ({ name }: RegionPlan, what: string): string => `${name}: ${what}`;

const rateOf = (rates: readonly DataRate[], index: number) =>
  rates.find((each) => each.index === index)?.rate;

/** Everything that is wrong in a plan, in words; the table is good when nothing is. */
const flaws = (region: RegionPlan): readonly string[] => {
  const found: string[] = [];
  const check = (holds: boolean, what: string) => {
    if (!holds) found.push(at(region, what));
  };
  for (const [direction, rates] of [
    ['up', region.uplink],
    ['down', region.downlink],
  ] as const) {
    const indexes = rates.map(({ index }) => index);
    check(new Set(indexes).size === indexes.length, `${direction}: an index twice`);
    check(
      indexes.every((index, i) => i === 0 || index > (indexes[i - 1] ?? 99)),
      `${direction}: not ascending`,
    );
    check(
      indexes.every((index) => Number.isInteger(index) && index >= 0 && index <= 15),
      `${direction}: index`,
    );
    check(
      new Set(rates.map(({ rate }) => rateText(rate) + JSON.stringify(rate))).size === rates.length,
      'a rate twice',
    );
    for (const { index, rate } of rates)
      if (rate.kind === 'lora')
        check(loraAirtimeUs(lorawanFrame(rate, 20, 'up')) !== undefined, `DR${index} is no rate`);
  }
  for (const [blocks, rates, direction] of [
    [region.uplinkChannels, region.uplink, 'up'],
    [region.downlinkChannels, region.downlink, 'down'],
  ] as const) {
    const frequencies = frequenciesOf(blocks);
    check(new Set(frequencies).size === frequencies.length, `${direction}: a frequency twice`);
    for (const block of blocks) {
      const [low, high] = block.dataRates;
      check(block.count === 1 || block.stepHz >= 200_000, `${direction}: channels too close`);
      for (let index = low; index <= high; index += 1) {
        const rate = rateOf(rates, index);
        check(rate !== undefined, `${direction}: DR${index} of a channel is missing`);
        if (rate === undefined) continue;
        for (const hz of frequenciesOf([block]))
          check(
            bandsAt(region, hz, occupiedHz(rate)).length > 0,
            `${direction}: ${hz} Hz DR${index} in no band`,
          );
      }
    }
  }
  const rx2 = rateOf(region.downlink, region.rx2.dataRate);
  check(rx2 !== undefined && bandsAt(region, region.rx2.frequencyHz, occupiedHz(rx2)).length > 0, 'RX2');
  check(region.dynamic === (region.downlinkChannels.length === 0), 'answers where');
  check(new Set(region.bands.map(({ name }) => name)).size === region.bands.length, 'a band’s name twice');
  for (const band of region.bands) {
    check(band.fromHz < band.toHz, `${band.name}: empty`);
    check(band.dutyPermille >= 1 && band.dutyPermille <= 1_000, `${band.name}: duty cycle`);
    check(band.eirpMaxDbm >= 5 && band.eirpMaxDbm <= 36, `${band.name}: power`);
  }
  return found;
};

describe('the region plans', () => {
  it('are twelve, each once and without a flaw', () => {
    expect(REGIONS.map(({ name }) => name)).toEqual([
      'EU868',
      'US915',
      'AU915',
      'AS923-1',
      'AS923-2',
      'AS923-3',
      'AS923-4',
      'IN865',
      'KR920',
      'CN470',
      'EU433',
      'RU864',
    ]);
    expect(REGIONS.flatMap(flaws)).toEqual([]);
  });

  it('would show a flaw', () => {
    const [eu] = REGIONS;
    if (eu === undefined) throw new Error('no region');
    expect(flaws({ ...eu, rx2: { frequencyHz: 868_650_000, dataRate: 0 } })).toEqual(['EU868: RX2']);
    expect(flaws({ ...eu, uplink: [...eu.uplink, ...eu.uplink.slice(0, 1)] })).not.toEqual([]);
    expect(
      flaws({ ...eu, uplinkChannels: [{ firstHz: 1e9, stepHz: 0, count: 1, dataRates: [0, 0] }] }),
    ).toEqual(['EU868: up: 1000000000 Hz DR0 in no band']);
  });

  // RP002-1.0.5 as in chirpstack lrwn/src/region (MIT).
  it.each([
    ['EU868', 869_525_000, 0, 16, 868_100_000, 868_500_000, 3],
    ['US915', 923_300_000, 8, 30, 902_300_000, 914_200_000, 72],
    ['AU915', 923_300_000, 8, 30, 915_200_000, 927_100_000, 72],
    ['AS923-1', 923_200_000, 2, 16, 923_200_000, 923_400_000, 2],
    ['AS923-2', 921_400_000, 2, 16, 921_400_000, 921_600_000, 2],
    ['AS923-3', 916_600_000, 2, 16, 916_600_000, 916_800_000, 2],
    ['AS923-4', 917_300_000, 2, 16, 917_300_000, 917_500_000, 2],
    ['IN865', 866_550_000, 2, 30, 865_062_500, 865_985_000, 3],
    ['KR920', 921_900_000, 0, 23, 922_100_000, 922_500_000, 3],
    ['CN470', 505_300_000, 0, 19, 470_300_000, 489_300_000, 96],
    ['EU433', 434_665_000, 0, 12, 433_175_000, 433_575_000, 3],
    ['RU864', 869_100_000, 0, 16, 868_900_000, 869_100_000, 2],
  ] as const)(
    'has %s: RX2 %d Hz DR%d, %d dBm, %d to %d Hz in %d channels',
    (name, rx2Hz, rx2Dr, eirp, first, last, count) => {
      const region = regionNamed(name);
      if (region === undefined) throw new Error(name);
      const frequencies = frequenciesOf(region.uplinkChannels);
      expect(region.rx2).toEqual({ frequencyHz: rx2Hz, dataRate: rx2Dr });
      expect(region.bands[0]?.eirpMaxDbm).toBe(eirp);
      expect([frequencies[0], frequencies.at(-1), frequencies.length]).toEqual([first, last, count]);
    },
  );

  // Ranges of LoRaMac-node (BSD-3-Clause) RegionAS923.c, RegionKR920.c; channels of The Things Network's plans.
  it.each([
    ['KR920', [920_900_000, 923_300_000], [920_700_000, 923_500_000]],
    ['AS923-2', [921_400_000, 922_900_000], [919_900_000, 923_200_000]],
    ['AS923-3', [915_100_000, 916_600_000], [914_900_000, 921_200_000]],
    ['AS923-4', [917_300_000, 918_900_000], [916_900_000, 920_100_000]],
    ['RU864', [864_100_000, 864_900_000, 868_900_000], [863_900_000, 866_000_000, 869_300_000]],
    ['CN470', [470_300_000, 489_300_000, 500_300_000, 509_700_000], [469_900_000, 510_100_000]],
  ] as const)(
    '%s has room for a channel of 125 kHz at these, and none beside them',
    (name, inside, outside) => {
      const region = regionNamed(name);
      if (region === undefined) throw new Error(name);
      const has = (frequencyHz: number): boolean => bandsAt(region, frequencyHz, 125_000).length > 0;
      expect([inside.map(has), outside.map(has)]).toEqual([inside.map(() => true), outside.map(() => false)]);
    },
  );

  it('find a channel in spite of rounded megahertz', () => {
    const us = regionNamed('US915');
    if (us === undefined) throw new Error('US915');
    expect(uplinkChannelAt(us, Math.round(926.9000244140625e6))).toBeUndefined();
    expect(uplinkChannelAt(us, Math.round(902.9000244140625e6))).toBe(3);
    expect(uplinkChannelAt(us, 903_000_000)).toBe(64);
    expect(uplinkChannelAt(us, 902_300_101)).toBeUndefined();
  });

  it('name a rate as the packet forwarder does, and tell rates apart', () => {
    expect(regionNamed('EU868')?.uplink.map(({ rate }) => rateText(rate))).toEqual([
      ...['SF12BW125', 'SF11BW125', 'SF10BW125', 'SF9BW125', 'SF8BW125', 'SF7BW125', 'SF7BW250', '50000'],
      ...['M0CW137', 'M0CW137', 'M0CW336', 'M0CW336', 'SF6BW125', 'SF5BW125'],
    ]);
    const rates = regionNamed('EU868')?.uplink ?? [];
    for (const a of rates) for (const b of rates) expect(sameRate(a.rate, b.rate)).toBe(a === b);
  });
});

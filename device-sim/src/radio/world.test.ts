import { beaconPayload, COVERAGE_RULES, parsePhy } from '@outpost/schemas/radio';
import { toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { Heard } from './air.ts';
import { eventQueue } from './event-queue.ts';
import { reportOf } from './report.ts';
import { plainWorld } from './testing.ts';
import { radioWorld } from './world.ts';

const END_US = 1_200e6;

const run = (stepUs: number, plan = plainWorld()) => {
  const world = radioWorld(plan);
  const heard: Heard[] = [];
  for (let untilUs = stepUs; untilUs <= END_US; untilUs += stepUs) heard.push(...world.advance(untilUs));
  return { world, heard };
};

const said = ({ hotspot, phy, rssiDbm, snrDb, tmst, crc }: Heard): string =>
  [hotspot, toHex(phy), rssiDbm, snrDb, tmst, crc].join(' ');

describe('a radio world', () => {
  const { world, heard } = run(END_US);

  it('is the same again for the same seed, in whatever steps it is run', () => {
    const again = run(20e6);
    expect(again.heard.map(said)).toEqual(heard.map(said));
    expect(again.world.tally).toEqual(world.tally);
    expect(run(END_US, plainWorld({ seed: 4 })).heard.map(said)).not.toEqual(heard.map(said));
  });

  it('lets hotspots hear data, joins and each other’s beacons, in the order of their ends', () => {
    const kinds = new Set(heard.filter(({ crc }) => crc === 'ok').map(({ phy }) => (phy[0] ?? 0) >> 5));
    expect([...kinds].sort((a, b) => a - b)).toEqual([0, 2, 4, 7]);
    for (const { phy, crc } of heard) if (crc === 'ok') expect(parsePhy(phy).ok).toBe(true);
    const beacons = heard.filter(({ emission }) => emission.by.kind === 'beacon');
    expect(beacons.length).toBeGreaterThan(5);
    for (const { phy, hotspot, emission, crc } of beacons) {
      expect(hotspot).not.toBe(emission.by.index);
      if (crc === 'ok') expect(beaconPayload(phy)).toHaveLength(51);
    }
    const ends = heard.map(({ emission }) => emission.endUs);
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
    const { ok, bad } = world.tally.heard;
    expect(ok + bad).toBe(heard.length);
  });

  it('keeps each counter to its crystal', () => {
    const { plan } = world;
    for (const [index, hotspot] of plan.hotspots.entries()) {
      const own = heard.filter((each) => each.hotspot === index);
      for (const [i, next] of own.entries()) {
        const last = own[i - 1];
        if (last === undefined) continue;
        const byTime = next.emission.endUs - last.emission.endUs;
        const byCounter = (next.tmst - last.tmst + 2 ** 32) % 2 ** 32;
        if (next.tmst < byTime) continue;
        expect(Math.abs(byCounter - byTime)).toBeLessThanOrEqual(
          1 + (byTime * COVERAGE_RULES.driftPpm) / 1e6,
        );
      }
      const trusts = own.map((each) => reportOf(hotspot, plan.startWall, each).trust);
      if (hotspot.knowledge === 'none') expect(new Set(trusts)).toEqual(new Set(['none']));
    }
  });

  it('sends what a hotspot is asked to, so that others hear it where it is not inverted', () => {
    const later = radioWorld(plainWorld({ devices: 0, beaconEveryS: undefined }));
    const rate = { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000 } as const;
    const frame = { phy: new Uint8Array(20).fill(0xe0), frequencyHz: 868_100_000, rate, conductedDbm: 14 };
    later.transmit(0, { ...frame, isInverted: false, startUs: 5e8 });
    later.transmit(0, { ...frame, isInverted: true, startUs: 6e8 });
    const all = later.advance(END_US);
    expect(all.length).toBeGreaterThan(1);
    expect(all.every(({ emission, hotspot }) => emission.startUs === 5e8 && hotspot !== 0)).toBe(true);
    expect(later.tally.sent.downlink).toBe(2);
  });

  it('carries thousands of devices', () => {
    const big = radioWorld(plainWorld({ devices: 3_000, hotspots: 4, intervalS: 600, radiusM: 10_000 }));
    const all = big.advance(20e6);
    expect(all.length).toBeGreaterThan(30);
  });
});

describe('the queue of events', () => {
  it('gives them by time, and those of one time as they came', () => {
    const queue = eventQueue<number>();
    const times = [5, 3, 9, 3, 1, 7, 3, 1, 8, 2];
    for (const [i, at] of times.entries()) queue.put(at, i);
    const order = times.map(() => queue.take());
    const sorted = times.map((at, i) => ({ at, i })).toSorted((a, b) => a.at - b.at || a.i - b.i);
    expect(order).toEqual(sorted.map(({ i }) => i));
    expect(queue.take()).toBeUndefined();
    expect(queue.size).toBe(0);
  });
});

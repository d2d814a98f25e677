import { describe, expect, it } from 'vitest';
import { offsetOf, placeAt } from './earth.ts';
import { hataLossDb, medianLossDb, PROPAGATIONS } from './path-loss.ts';
import { groundM, knifeEdgeDb, parseTerrain, terrainLossDb } from './terrain.ts';

const at = (km: number) => ({
  frequencyHz: 868_100_000,
  distanceM: km * 1_000,
  heightsM: [30, 1.5] as const,
});

describe('path loss', () => {
  it.each([
    ['urban', [125.99, 150.62, 161.22]],
    ['suburban', [116.15, 140.77, 151.37]],
    ['open', [97.64, 122.26, 132.87]],
  ] as const)('by Okumura-Hata in %s areas is what the formula gives by hand', (area, expected) => {
    expect([1, 5, 10].map((km) => Number(hataLossDb(at(km), area).toFixed(2)))).toEqual(expected);
  });

  it('is never less than that of empty space, in any model', () => {
    for (const propagation of Object.values(PROPAGATIONS))
      for (const km of [0.001, 0.01, 0.1, 1, 10, 50]) {
        const empty = medianLossDb({ kind: 'free-space' }, at(km));
        expect(medianLossDb(propagation, at(km))).toBeGreaterThanOrEqual(empty);
      }
    expect(medianLossDb({ kind: 'free-space' }, at(10))).toBeCloseTo(111.22, 2);
  });
});

describe('places', () => {
  it('are as far as they were put', () => {
    const home = { latitude: 520_000_000, longitude: 130_000_000 };
    const { eastM, northM } = offsetOf(home, placeAt(home, { eastM: 12_345, northM: -6_789 }));
    expect(eastM).toBeCloseTo(12_345, 1);
    expect(northM).toBeCloseTo(-6_789, 1);
  });
});

const HEAD = 'ncols 3\nnrows 2\nxllcorner 13\nyllcorner 52\ncellsize 0.1\nNODATA_value -9999\n';

describe('terrain', () => {
  it('is read from an ESRI ASCII grid and asked between its cells', () => {
    const grid = parseTerrain(`${HEAD}10 20 30\n40 50 -9999\n`, 'a.asc');
    if (!grid.ok) throw new Error(grid.fault.words);
    const place = (lat: number, lon: number) => ({ latitude: lat * 1e7, longitude: lon * 1e7 });
    expect(groundM(grid.value, place(52.15, 13.05))).toBeCloseTo(10, 6);
    expect(groundM(grid.value, place(52.05, 13.15))).toBeCloseTo(50, 6);
    expect(groundM(grid.value, place(52.1, 13.1))).toBeCloseTo(30, 6);
    expect(groundM(grid.value, place(52.05, 13.25))).toBe(0);
    expect(groundM(grid.value, place(10, 10))).toBe(0);
  });

  it.each(['', 'ncols 2', `${HEAD}1 2 3`, HEAD.replace('ncols 3', 'ncols 99999999')])(
    'that is no such grid is refused with a sentence',
    (text) => {
      expect(parseTerrain(text, 'a.asc')).toMatchObject({ ok: false, fault: { kind: 'misconfigured' } });
    },
  );

  it('costs nothing with a free view, 6 dB at grazing and more behind a hill', () => {
    expect(knifeEdgeDb(-1)).toBe(0);
    expect(knifeEdgeDb(0)).toBeCloseTo(6.03, 2);
    const wide = (middle: number) => {
      const heights = Array.from({ length: 11 }, (_, i) => (i === 5 ? middle : 0)).join(' ');
      const head = HEAD.replace('ncols 3', 'ncols 11').replace('nrows 2', 'nrows 1').replace('0.1', '0.01');
      const grid = parseTerrain(head + heights, 'a.asc');
      if (!grid.ok) throw new Error(grid.fault.words);
      const ends = { latitude: 520_050_000, longitude: 130_050_000 };
      const path = { from: ends, to: { ...ends, longitude: 131_050_000 }, heightsM: [30, 30] as const };
      return terrainLossDb(grid.value, { ...path, distanceM: 6_850, frequencyHz: 868_100_000 });
    };
    expect(wide(0)).toBeLessThan(6);
    expect(wide(200)).toBeGreaterThan(20);
    expect(wide(400)).toBeGreaterThan(wide(200));
  });
});

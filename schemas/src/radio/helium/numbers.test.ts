import { describe, expect, it } from 'vitest';
import { heliumDistanceM, heliumSteps } from './checks.ts';
import { densityScales } from './density.ts';
import { type HexGrid, parentCell, resolutionOf } from './hex-grid.ts';
import { beaconerUnit, witnessUnit } from './rewards.ts';
import { heliumExpectedDbm } from './signal.ts';
import h3 from './vectors/h3.json' with { type: 'json' };

const disks = new Map(Object.entries(h3.disks).map(([cell, disk]) => [BigInt(cell), disk.map(BigInt)]));
const grid: HexGrid = {
  centreDistanceM: (a, b) =>
    h3.pairs.find((pair) => BigInt(pair.a) === a && BigInt(pair.b) === b)?.centreDistanceM,
  steps: (a, b) => h3.pairs.find((pair) => BigInt(pair.a11) === a && BigInt(pair.b11) === b)?.steps,
  disk: (cell) => disks.get(cell) ?? [],
};

describe('the numbers of the oracle', () => {
  it('of the signal are equal to the last bit', () => {
    expect(heliumExpectedDbm(12, 867_900_024, 508, 81, 83)).toBe(-57.334232963418515);
  });

  it('of distance are whole metres and cells', () => {
    const [a, b] = [644459695463521437n, 644460986971331488n] as const;
    expect(heliumDistanceM(grid, a, b)).toBe(14_318);
    expect(heliumSteps(grid, a, b)).toBe(360);
    expect(heliumDistanceM(grid, a, 1n)).toBeUndefined();
    expect(heliumSteps(grid, 0x8a2a1072b59ffffn, b)).toBeUndefined();
  });

  it('of reward units are those of HIP-15 at 1 to 15 witnesses', () => {
    const counts = Array.from({ length: 15 }, (_, i) => i + 1);
    expect(counts.map(witnessUnit)).toEqual([
      1, 1, 1, 1, 0.76, 0.6067, 0.5017, 0.4262, 0.3697, 0.3262, 0.2918, 0.264, 0.2411, 0.222, 0.2057,
    ]);
    expect(counts.map(beaconerUnit)).toEqual([
      0.25, 0.5, 0.75, 1, 1.2, 1.36, 1.488, 1.5904, 1.6723, 1.7379, 1.7903, 1.8322, 1.8658, 1.8926, 1.9141,
    ]);
    expect([witnessUnit(0), beaconerUnit(0)]).toEqual([0, 0]);
  });

  it('of density are those of a neighbourhood as it was in October 2022', () => {
    const locations = h3.locations.map(BigInt);
    const scales = densityScales(locations, grid);
    const expected = Object.entries(h3.scales).map(([cell, scale]) => [BigInt(cell), scale]);
    const sorted = (all: readonly (readonly unknown[])[]) =>
      all.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
    expect(sorted([...scales])).toEqual(sorted(expected as [bigint, number][]));
    expect(scales.size).toBe(31);
    expect(densityScales([0x85283473fffffffn], grid).size).toBe(0);
  });
});

describe('a cell', () => {
  it('has its parents by its digits alone', () => {
    for (const { a, a11, b, b11 } of h3.pairs) {
      expect(parentCell(BigInt(a), 11)).toBe(BigInt(a11));
      expect(parentCell(BigInt(b), 11)).toBe(BigInt(b11));
    }
    expect(resolutionOf(644459695463521437n)).toBe(15);
    expect(parentCell(627111975468974079n, 12)).toBeUndefined();
  });
});

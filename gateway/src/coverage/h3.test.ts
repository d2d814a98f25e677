import { densityScales, heliumExpectedDbm } from '@outpost/schemas/radio';
import { describe, expect, it } from 'vitest';
import { cellAt, cellRing, cellText, hexGrid } from './h3.ts';

// Cells and figures of the oracle's own tests: helium/oracles-iot iot_verifier/src/poc.rs (Apache-2.0).
const [FROM, TO] = [644459695463521437n, 644460986971331488n];

describe('the grid', () => {
  it('gives the distances and steps that the oracle’s tests expect', () => {
    expect(hexGrid.centreDistanceM(FROM, TO)).toBe(14317.909387217054);
    expect(hexGrid.steps(626445296954040319n, 626446588461850623n)).toBe(360);
    expect(heliumExpectedDbm(12, 867_900_024, 508, 81, 83)).toBe(-57.334232963418515);
    expect(densityScales([FROM, FROM], hexGrid).get(FROM)).toBeLessThan(1);
  });

  it('says that it does not know where there is no answer', () => {
    expect(hexGrid.centreDistanceM(1n, TO)).toBeUndefined();
    expect(hexGrid.steps(FROM, 626446588461850623n)).toBeUndefined();
    expect(hexGrid.disk(626445296954040319n)).toHaveLength(7);
  });

  it('finds the cell of a place and its corners, anticlockwise and closed', () => {
    // H3's own first example.
    const cell = cellAt({ latitude: 373_615_593, longitude: -1_220_553_238 }, 7);
    expect(cellText(cell)).toBe('87283472bffffff');
    const ring = cellRing(cell);
    expect(ring).toHaveLength(7);
    expect(ring.at(0)).toEqual(ring.at(-1));
    const twiceArea = ring.slice(1).reduce((sum, [x, y], i) => {
      const [fromX, fromY] = ring[i] ?? [0, 0];
      return sum + fromX * y - x * fromY;
    }, 0);
    expect(twiceArea).toBeGreaterThan(0);
  });

  it('keeps a cell across the antimeridian in one piece', () => {
    const ring = cellRing(cellAt({ latitude: 0, longitude: 1_799_999_999 }, 5));
    const longitudes = ring.map(([longitude]) => longitude);
    expect(Math.max(...longitudes) - Math.min(...longitudes)).toBeLessThan(1);
    expect(Math.max(...longitudes)).toBeGreaterThan(180);
  });
});

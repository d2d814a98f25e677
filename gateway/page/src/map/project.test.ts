import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlace, lengthOf, projectionOf, scaleBar } from './project.ts';

const BOX = { width: 1_000, height: 620 };
const EMPTY = { heard: [], trips: [], hidden: 0, isWhole: true };

const trackOf = (places: readonly (readonly [number, number])[]) => ({
  stream: 'gps/telemetry',
  points: places.map(([latitude, longitude], at) => [at, latitude, longitude, -1] as const),
});

const somewhere = fc.tuple(
  fc.integer({ min: -700_000_000, max: 700_000_000 }),
  fc.integer({ min: -1_790_000_000, max: 1_790_000_000 }),
);
const nearby = fc.tuple(
  fc.integer({ min: -5_000_000, max: 5_000_000 }),
  fc.integer({ min: -5_000_000, max: 5_000_000 }),
);

describe('a map without tiles', () => {
  it('has all of a way within the picture, north up and east to the right', () => {
    fc.assert(
      fc.property(somewhere, fc.array(nearby, { minLength: 1, maxLength: 20 }), ([north, east], offsets) => {
        const track = trackOf(offsets.map(([y, x]) => [north + y, east + x]));
        const at = projectionOf({ ...EMPTY, tracks: [track] }, BOX);
        if (at === undefined) throw new Error('there is something to see');
        for (const [, latitude, longitude] of track.points) {
          expect(at.x(longitude)).toBeGreaterThanOrEqual(0);
          expect(at.x(longitude)).toBeLessThanOrEqual(BOX.width);
          expect(at.y(latitude)).toBeGreaterThanOrEqual(0);
          expect(at.y(latitude)).toBeLessThanOrEqual(BOX.height);
        }
        expect(at.y(north + 1_000)).toBeLessThan(at.y(north));
        expect(at.x(east + 1_000)).toBeGreaterThan(at.x(east));
      }),
    );
  });

  it('is of the scale that its bar says: one kilometre from south to north, and from west to east', () => {
    // A minute of arc of latitude is a nautical mile, 1,852 m; at 60 degrees a minute of longitude is half of it.
    const minute = 1e7 / 60;
    const track = trackOf([
      [600_000_000, 100_000_000],
      [600_000_000 + minute, 100_000_000],
    ]);
    expect(lengthOf(track)).toBeCloseTo(1_852.2, 0);
    const wide = trackOf([
      [600_000_000, 100_000_000],
      [600_000_000, 100_000_000 + minute],
    ]);
    expect(lengthOf(wide)).toBeCloseTo(926.1, 0);
    const at = projectionOf({ ...EMPTY, tracks: [track] }, BOX);
    const drawn = (at?.y(600_000_000) ?? 0) - (at?.y(600_000_000 + minute) ?? 0);
    expect(drawn / (at?.perMetre ?? 0)).toBeCloseTo(1_852.2, 0);
  });

  it('has a bar of a round length that is as long as it has room', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 10, noNaN: true }), (perMetre) => {
        const { units, text } = scaleBar({ perMetre }, 240);
        expect(text).toMatch(/^[125]0* (m|km)$|^0\.[0-9]+ m$/);
        expect(units).toBeLessThanOrEqual(240 + 1e-9);
        expect(units).toBeGreaterThan(240 / 2.6);
      }),
    );
  });

  it('has a hotspot in one place while its receiver wanders, and on its way when it is driven about', () => {
    const stays = trackOf([
      [600_000_000, 100_000_000],
      [600_000_400, 100_000_400],
    ]);
    const drives = trackOf([
      [600_000_000, 100_000_000],
      [600_000_000, 100_040_000],
      [600_000_000, 100_000_000],
    ]);
    expect(isPlace(stays)).toBe(false);
    expect([stays, drives].map((track) => isPlace({ ...track, gateway: 'aa555a0000000001' }))).toEqual([
      true,
      false,
    ]);
    expect(isPlace({ ...trackOf([]), gateway: 'aa555a0000000001' })).toBe(false);
  });

  it('is none where nothing has a place, and has room around a single one', () => {
    expect(projectionOf({ ...EMPTY, tracks: [] }, BOX)).toBeUndefined();
    const at = projectionOf({ ...EMPTY, tracks: [trackOf([[475_000_000, 85_000_000]])] }, BOX);
    expect([at?.x(85_000_000), at?.y(475_000_000)]).toEqual([BOX.width / 2, BOX.height / 2]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectionOf } from '../map/project.ts';
import {
  aroundZone,
  changedZone,
  isInSight,
  placeAt,
  pushed,
  RADIUS,
  radiusNear,
  withoutZone,
  withZone,
  zonesIn,
} from './zones.ts';

const BOX = { width: 800, height: 440 };
const HOME = { name: 'home', latitude: 65.05, longitude: 25.47, radiusM: 500 };
const EMPTY = { name: '', latitude: 0, longitude: 0, radiusM: 0 };

const projectionFor = (zones: readonly (typeof HOME)[]) => {
  const at = projectionOf(
    { tracks: zones.map(aroundZone), heard: [], trips: [], hidden: 0, isWhole: true },
    BOX,
  );
  if (at === undefined) throw new Error('there is something to see');
  return at;
};

describe('privacy zones that are drawn', () => {
  it('are changed one by one, and what is not finished beside them stays', () => {
    const list = [EMPTY, HOME, { ...HOME, name: 'work' }, 'nonsense'];
    expect(zonesIn(list).map(({ name, at }) => [name, at])).toEqual([
      ['home', 1],
      ['work', 2],
    ]);
    expect(changedZone(list, 2, { radiusM: 900 })).toEqual([
      EMPTY,
      HOME,
      { ...HOME, name: 'work', radiusM: 900 },
      'nonsense',
    ]);
    expect(withoutZone(list, 1)).toEqual([EMPTY, { ...HOME, name: 'work' }, 'nonsense']);
    expect(zonesIn(undefined)).toEqual([]);
  });

  it('begin with a name that no other has, so that the configuration takes them', () => {
    let list: readonly unknown[] = [];
    for (let count = 0; count < 5; count += 1) list = withZone(list, HOME);
    const names = zonesIn(list).map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['home', 'work']);
    expect(new Set(names).size).toBe(5);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{0,31}$/);
  });

  it('lie where the hand has put them: a place of the picture and back again', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -70, max: 70, noNaN: true }),
        fc.double({ min: -170, max: 170, noNaN: true }),
        fc.integer({ min: 0, max: BOX.width }),
        fc.integer({ min: 0, max: BOX.height }),
        (latitude, longitude, x, y) => {
          const at = projectionFor([{ ...HOME, latitude, longitude }]);
          const place = placeAt(at, x, y);
          // Five decimals of a degree are a metre.
          expect(Math.abs(at.x(place.longitude * 1e7) - x)).toBeLessThan(1.2 * at.perMetre + 1e-6);
          expect(Math.abs(at.y(place.latitude * 1e7) - y)).toBeLessThan(1.2 * at.perMetre + 1e-6);
        },
      ),
    );
  });

  it('are pushed by metres, as many to the east as to the north wherever they lie', () => {
    const north = pushed(HOME, 1_000, 0);
    expect((north.latitude - HOME.latitude) * 111_132).toBeCloseTo(1_000, -1);
    const east = pushed(HOME, 0, 1_000);
    const narrow = Math.cos((HOME.latitude * Math.PI) / 180);
    expect((east.longitude - HOME.longitude) * 111_132 * narrow).toBeCloseTo(1_000, -1);
  });

  it('have a radius that the configuration takes', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (metres) => {
        const radius = radiusNear(metres);
        expect(radius).toBeGreaterThanOrEqual(RADIUS.min);
        expect(radius).toBeLessThanOrEqual(RADIUS.max);
        expect(Number.isInteger(radius)).toBe(true);
      }),
    );
    expect([radiusNear(503), radiusNear(1_249), radiusNear(23_456)]).toEqual([500, 1_200, 23_000]);
  });

  it('leave the picture as it is while all of them are in sight', () => {
    const at = projectionFor([HOME]);
    expect(isInSight(at, BOX, [HOME, { ...HOME, ...pushed(HOME, 300, 300) }])).toBe(true);
    expect(isInSight(at, BOX, [{ ...HOME, ...pushed(HOME, 30_000, 0) }])).toBe(false);
    expect(isInSight(at, BOX, [{ ...HOME, radiusM: 20_000 }])).toBe(false);
    expect(isInSight(at, { ...BOX, width: 300 }, [HOME])).toBe(false);
    const far = projectionFor([HOME, { ...HOME, latitude: 48 }]);
    expect(isInSight(far, BOX, [HOME])).toBe(false);
  });
});

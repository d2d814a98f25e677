import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceM, zoneOf } from './zone.ts';

const zone = (latitude: number, longitude: number, radiusM: number) => ({
  name: 'z',
  latitude,
  longitude,
  radiusM,
});

describe('a distance', () => {
  it.each([
    // A degree of the meridian and of the equator on a sphere of 6371.0088 km is 111.195 km.
    [{ latitude: 0, longitude: 0 }, { latitude: 10_000_000, longitude: 0 }, 111_195],
    [{ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 10_000_000 }, 111_195],
    [{ latitude: 600_000_000, longitude: 0 }, { latitude: 600_000_000, longitude: 10_000_000 }, 55_597],
    [{ latitude: 0, longitude: 1_799_950_000 }, { latitude: 0, longitude: -1_799_950_000 }, 1_112],
    [{ latitude: 900_000_000, longitude: 0 }, { latitude: 900_000_000, longitude: 1_234_567_890 }, 0],
    [{ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1_800_000_000 }, 20_015_115],
  ])('from %o to %o is %d m', (a, b, expected) => {
    expect(Math.abs(distanceM(a, b) - expected)).toBeLessThan(1);
    expect(distanceM(b, a)).toBeCloseTo(distanceM(a, b), 6);
  });
});

describe('a zone', () => {
  it('holds whatever is within its radius on the ellipsoid, at any latitude', () => {
    const latitudes = fc.integer({ min: -895_000_000, max: 895_000_000 });
    const angles = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
    const shares = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(latitudes, angles, shares, (latitude, angle, share) => {
        // Radii of curvature of WGS 84 at this latitude turn metres into degrees.
        const radiusM = 1_000;
        const phi = ((latitude / 1e7) * Math.PI) / 180;
        const w = Math.sqrt(1 - 0.006_694_38 * Math.sin(phi) ** 2);
        const meridianM = (6_378_137 * (1 - 0.006_694_38)) / w ** 3;
        const parallelM = (6_378_137 / w) * Math.cos(phi);
        const north = radiusM * 0.999 * share * Math.cos(angle);
        const east = radiusM * 0.999 * share * Math.sin(angle);
        const place = {
          latitude: Math.round(latitude + ((north / meridianM) * 180e7) / Math.PI),
          longitude: Math.round(((east / parallelM) * 180e7) / Math.PI),
        };
        expect(zoneOf(place, [zone(latitude, 0, radiusM)])).toBeDefined();
      }),
    );
  });

  it('ends a little behind its radius', () => {
    const home = zone(0, 0, 1_000);
    expect(zoneOf({ latitude: 0, longitude: 100_000 }, [home])).toBeUndefined();
    expect(zoneOf({ latitude: 0, longitude: 89_900 }, [zone(500_000_000, 0, 9), home])).toBe(home);
  });
});

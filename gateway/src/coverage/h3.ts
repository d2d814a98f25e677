import type { Place } from '@outpost/schemas/privacy';
import type { Cell, HexGrid } from '@outpost/schemas/radio';
import {
  cellToBoundary,
  cellToLatLng,
  greatCircleDistance,
  gridDisk,
  gridDistance,
  isValidCell,
  latLngToCell,
  UNITS,
} from 'h3-js';

/** Degrees × 10^7 to degrees. */
const DEGREE = 1e7;

/** `8928308280fffff`: 15 digits, as H3 writes cells. */
export const cellText = (cell: Cell): string => cell.toString(16);

/** The cell of this resolution, 0 to 15, that a place lies in. */
export const cellAt = ({ latitude, longitude }: Place, resolution: number): Cell =>
  BigInt(`0x${latLngToCell(latitude / DEGREE, longitude / DEGREE, resolution)}`);

export const hexGrid: HexGrid = {
  centreDistanceM(a, b) {
    const [from, to] = [cellText(a), cellText(b)];
    if (!isValidCell(from) || !isValidCell(to)) return undefined;
    return greatCircleDistance(cellToLatLng(from), cellToLatLng(to), UNITS.m);
  },
  steps(a, b) {
    try {
      return gridDistance(cellText(a), cellText(b));
    } catch {
      // Of different resolutions, too far apart, or with a pentagon between: H3 says so by an error.
      return undefined;
    }
  },
  disk: (cell) => gridDisk(cellText(cell), 1).map((each) => BigInt(`0x${each}`)),
};

/** Longitudes that lie further apart than this go around the world the short way. */
const HALF_TURN = 180;

/**
 * The cell as a closed ring of longitude and latitude in degrees, anticlockwise, for GeoJSON. A cell across the
 * antimeridian stays in one piece, with longitudes beyond 180.
 */
export const cellRing = (cell: Cell): readonly (readonly [longitude: number, latitude: number])[] => {
  const corners = cellToBoundary(cellText(cell), true) as readonly (readonly [number, number])[];
  const longitudes = corners.map(([longitude]) => longitude);
  if (Math.max(...longitudes) - Math.min(...longitudes) <= HALF_TURN) return corners;
  return corners.map(([longitude, latitude]) => [longitude < 0 ? longitude + 360 : longitude, latitude]);
};

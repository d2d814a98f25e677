import type { Place } from '@outpost/schemas/privacy';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { between } from './earth.ts';

/** Heights of the ground on a grid, as an ESRI ASCII grid file has them. */
export interface Terrain {
  readonly columns: number;
  readonly rows: number;
  /** Degrees of the lower left corner of the lower left cell. */
  readonly west: number;
  readonly south: number;
  readonly cellDegrees: number;
  /** Metres, row by row from the north; NaN where nobody knows. */
  readonly heights: Float32Array;
}

/** 4,000 × 4,000 cells: a degree of SRTM at 1 arc second, with room. */
export const TERRAIN_CELLS_MAX = 16_000_000;

const HEADER = ['ncols', 'nrows', 'xllcorner', 'yllcorner', 'cellsize'] as const;
const HEADER_ROWS_MAX = 6;

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'sim.terrain', where, words));

/**
 * Reads an ESRI ASCII grid in degrees (WGS 84), which gdal_translate -of AAIGrid makes of SRTM and Copernicus tiles.
 * `where` names the file in faults.
 */
export const parseTerrain = (text: string, where: string): Result<Terrain> => {
  const tokens = text.trim().split(/\s+/);
  const header = new Map<string, number>();
  let at = 0;
  for (; at < 2 * HEADER_ROWS_MAX && /^[a-z_]+$/i.test(tokens[at] ?? ''); at += 2)
    header.set((tokens[at] ?? '').toLowerCase(), Number(tokens[at + 1]));
  const fields = HEADER.map((name) => header.get(name) ?? Number.NaN);
  const [columns = 0, rows = 0, west = 0, south = 0, cellDegrees = 0] = fields;
  if (fields.some((value) => !Number.isFinite(value)) || !(cellDegrees > 0))
    return wrong(where, `this is no ESRI ASCII grid; its head must say ${HEADER.join(', ')}.`);
  const cells = columns * rows;
  if (!Number.isInteger(columns) || !Number.isInteger(rows) || cells < 1 || cells > TERRAIN_CELLS_MAX)
    return wrong(where, `a grid has 1 to ${TERRAIN_CELLS_MAX} cells; cut out a smaller one.`);
  if (tokens.length - at !== cells)
    return wrong(where, `${columns} × ${rows} cells are announced and ${tokens.length - at} are there.`);
  const none = header.get('nodata_value');
  const heights = Float32Array.from({ length: cells }, (_, i) => {
    const value = Number(tokens[at + i]);
    return value === none ? Number.NaN : value;
  });
  return ok({ columns, rows, west, south, cellDegrees, heights });
};

/** Metres above the sea, between the middles of cells; 0 where the grid knows nothing. */
export const groundM = (terrain: Terrain, { latitude, longitude }: Place): number => {
  const { columns, rows, west, south, cellDegrees, heights } = terrain;
  const x = (longitude / 1e7 - west) / cellDegrees - 0.5;
  const y = rows - (latitude / 1e7 - south) / cellDegrees - 0.5;
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const cell = (dx: number, dy: number): number => {
    const [c, r] = [column + dx, row + dy];
    const height = c < 0 || r < 0 || c >= columns || r >= rows ? 0 : (heights[r * columns + c] ?? 0);
    return Number.isNaN(height) ? 0 : height;
  };
  const [fx, fy] = [x - column, y - row];
  const top = cell(0, 0) * (1 - fx) + cell(1, 0) * fx;
  const bottom = cell(0, 1) * (1 - fx) + cell(1, 1) * fx;
  return top * (1 - fy) + bottom * fy;
};

const EARTH_RADIUS_M = 6_371_008.8;
/** Air bends waves a little around the Earth (ITU-R P.310). */
const REFRACTION = 4 / 3;
const LIGHT_M_PER_S = 299_792_458;
const PROFILE_POINTS_MAX = 256;
const PROFILE_STEP_M = 30;

/** Loss in dB behind one edge (ITU-R P.526 §4.1); 0 where the first Fresnel zone is clear. */
export const knifeEdgeDb = (v: number): number =>
  v <= -0.78 ? 0 : 6.9 + 20 * Math.log10(Math.sqrt((v - 0.1) ** 2 + 1) + v - 0.1);

export interface TerrainPath {
  readonly from: Place;
  readonly to: Place;
  /** Antennas over ground, in metres. */
  readonly heightsM: readonly [number, number];
  readonly distanceM: number;
  readonly frequencyHz: number;
}

/** Loss in dB of the one edge on the way that stands out most, the Earth's own bulge included. */
export const terrainLossDb = (terrain: Terrain, path: TerrainPath): number => {
  const { from, to, distanceM, frequencyHz, heightsM } = path;
  const points = Math.min(PROFILE_POINTS_MAX, Math.floor(distanceM / PROFILE_STEP_M));
  const [start, end] = [groundM(terrain, from) + heightsM[0], groundM(terrain, to) + heightsM[1]];
  const wavelengthM = LIGHT_M_PER_S / frequencyHz;
  let worst = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < points; i += 1) {
    const part = i / points;
    const [d1, d2] = [part * distanceM, (1 - part) * distanceM];
    const bulge = (d1 * d2) / (2 * REFRACTION * EARTH_RADIUS_M);
    const above = groundM(terrain, between(from, to, part)) + bulge - (start + (end - start) * part);
    worst = Math.max(worst, above * Math.sqrt((2 * distanceM) / (wavelengthM * d1 * d2)));
  }
  return knifeEdgeDb(worst);
};

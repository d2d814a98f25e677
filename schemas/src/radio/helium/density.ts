import { type Cell, type HexGrid, parentCell } from './hex-grid.ts';

/** HIP-104: neighbours that raise the limit, wanted count, highest limit. */
const LEVELS: readonly (readonly [resolution: number, neighbours: number, target: number, most: number])[] = [
  [10, 2, 1, 1],
  [9, 2, 1, 1],
  [8, 2, 1, 1],
  [7, 4, 5, 10],
  [6, 4, 25, 50],
  [5, 4, 100, 200],
  [4, 2, 500, 1_000],
];

const COUNTED_AT = 11;
const SCALED_FROM = 13;
const SCALED_TO = 4;
const DECIMALS = 10_000n;

const add = (counts: Map<Cell, number>, cell: Cell, more: number): void => {
  counts.set(cell, (counts.get(cell) ?? 0) + more);
};

/** Nearest multiple of 1/10000, a half to the even one, as the oracle's decimals do. */
const roundedRatio = (numerator: bigint, denominator: bigint): number => {
  const scaled = numerator * DECIMALS;
  const whole = scaled / denominator;
  const twice = (scaled % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && whole % 2n === 1n);
  return Number(up ? whole + 1n : whole) / Number(DECIMALS);
};

/**
 * The transmit scale of each place with interactive gateways (HIP-17, HIP-104; iot_verifier/src/hex_density.rs): from
 * resolution 11 up to 4 every hexagon's count is clipped to a limit that grows with its occupied neighbours, and a
 * place's scale is the product of clipped by unclipped over all the hexagons that hold it. `locations` has one entry a
 * gateway. Coarser cells than resolution 11 are left out.
 *
 * One step at a time, a clipped count is what its neighbours see, and the order of neighbours can matter; the order
 * here is that of `locations`, where the oracle's was that of a hash table.
 */
export const densityScales = (locations: readonly Cell[], grid: HexGrid): ReadonlyMap<Cell, number> => {
  const unclipped = new Map<Cell, number>();
  const clipped = new Map<Cell, number>();
  const counted = locations.filter((cell) => parentCell(cell, COUNTED_AT) !== undefined);
  for (const cell of counted) add(unclipped, parentCell(cell, COUNTED_AT) ?? cell, 1);
  for (const [cell, count] of unclipped) clipped.set(cell, count);
  let level: readonly Cell[] = [...unclipped.keys()];
  for (const [resolution, neighbours, target, most] of LEVELS) {
    const parents = new Set<Cell>();
    for (const cell of level) {
      const parent = parentCell(cell, resolution);
      if (parent === undefined) continue;
      const count = clipped.get(cell) ?? 0;
      add(unclipped, parent, count);
      add(clipped, parent, count);
      parents.add(parent);
    }
    for (const parent of parents) {
      const occupied = grid.disk(parent).filter((cell) => (clipped.get(cell) ?? 0) >= target).length;
      const limit = Math.min(most, target * Math.max(occupied - neighbours + 1, 1));
      clipped.set(parent, Math.min(limit, unclipped.get(parent) ?? 0));
    }
    level = [...parents];
  }
  return new Map(counted.map((cell) => [cell, scaleOf(cell, unclipped, clipped)]));
};

const scaleOf = (
  cell: Cell,
  unclipped: ReadonlyMap<Cell, number>,
  clipped: ReadonlyMap<Cell, number>,
): number => {
  let [numerator, denominator] = [1n, 1n];
  for (let resolution = SCALED_FROM; resolution >= SCALED_TO; resolution -= 1) {
    const parent = parentCell(cell, resolution);
    const whole = parent === undefined ? undefined : unclipped.get(parent);
    if (parent === undefined || whole === undefined) continue;
    numerator *= BigInt(clipped.get(parent) ?? 0);
    denominator *= BigInt(whole);
  }
  return roundedRatio(numerator, denominator);
};

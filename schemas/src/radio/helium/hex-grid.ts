/** A cell of the H3 grid as its 64-bit index. */
export type Cell = bigint;

/**
 * What has to be known of the H3 grid. It comes from a library of the caller's (h3-js, h3o): all of them agree to
 * the last digit, so a verdict does not depend on which.
 */
export interface HexGrid {
  /** Metres between the centres on a sphere of 6371.007180918475 km; undefined where one is no cell. */
  centreDistanceM(a: Cell, b: Cell): number | undefined;
  /** Steps between two cells of one resolution; undefined where they cannot be counted (too far, a pentagon between). */
  steps(a: Cell, b: Cell): number | undefined;
  /** The cell and those that touch it. */
  disk(cell: Cell): readonly Cell[];
}

const RESOLUTION_SHIFT = 52n;
const RESOLUTION_MASK = 0xfn << RESOLUTION_SHIFT;
const FINEST = 15;
const DIGIT_BITS = 3;

/** 0 to 15. */
export const resolutionOf = (cell: Cell): number => Number((cell & RESOLUTION_MASK) >> RESOLUTION_SHIFT);

/**
 * The cell of a coarser resolution that holds this one (H3 index format: digits finer than the resolution are all
 * ones). Undefined where the cell is coarser already.
 */
export const parentCell = (cell: Cell, resolution: number): Cell | undefined => {
  if (resolution > resolutionOf(cell)) return undefined;
  const unused = (1n << BigInt((FINEST - resolution) * DIGIT_BITS)) - 1n;
  return (cell & ~RESOLUTION_MASK) | (BigInt(resolution) << RESOLUTION_SHIFT) | unused;
};

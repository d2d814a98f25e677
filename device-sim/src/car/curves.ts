/** A point (x, y) of a curve that is read by straight lines between its points. */
export type Curve = readonly (readonly [x: number, y: number])[];

export const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

/** Reads a curve; flat beyond its ends. */
export const along = (curve: Curve, x: number): number => {
  let after = 0;
  while (after < curve.length && curve[after]![0] <= x) after += 1;
  const upper = curve[Math.min(after, curve.length - 1)]!;
  const lower = curve[Math.max(after - 1, 0)]!;
  return lower === upper
    ? upper[1]
    : lower[1] + ((upper[1] - lower[1]) * (x - lower[0])) / (upper[0] - lower[0]);
};

/** One step of a first-order lag: closes the share 1 − e^(−dt/τ) of the gap. */
export const lag = (value: number, towards: number, dtS: number, tauS: number): number =>
  value + (towards - value) * (1 - Math.exp(-dtS / tauS));

/** Moves towards a target at no more than `rate` per second either way. */
export const approach = (
  value: number,
  towards: number,
  dtS: number,
  rates: { up: number; down: number },
): number => clamp(towards, value - rates.down * dtS, value + rates.up * dtS);

/** A point (x, y) of a curve that is read by straight lines between its points. */
export type Curve = readonly (readonly [x: number, y: number])[];

export const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

/** Reads a curve; flat beyond its ends. */
export const along = (curve: Curve, x: number): number => {
  let [beforeX, beforeY] = curve[0]!;
  for (const [pointX, pointY] of curve) {
    if (x < pointX) {
      if (x <= beforeX) return beforeY;
      return beforeY + ((pointY - beforeY) * (x - beforeX)) / (pointX - beforeX);
    }
    [beforeX, beforeY] = [pointX, pointY];
  }
  return beforeY;
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

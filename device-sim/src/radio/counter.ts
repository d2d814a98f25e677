/** A hotspot's crystal. */
export interface Crystal {
  /** What the counter showed when the simulation began. */
  readonly startUs: number;
  /** Millionths that it is fast. */
  readonly driftPpm: number;
  /** Millionths that it follows the temperature of the day, up and down. */
  readonly warmthPpm: number;
}

export const COUNTER_US: number = 2 ** 32;
const DAY_US = 86_400_000_000;

/**
 * The concentrator's counter at a true moment, not yet wrapped: the integral of its rate, so that it never jumps.
 */
export const counterUs = ({ startUs, driftPpm, warmthPpm }: Crystal, nowUs: number): number => {
  const turn = (2 * Math.PI) / DAY_US;
  const warmth = (warmthPpm / turn) * (1 - Math.cos(turn * nowUs));
  return Math.floor(startUs + nowUs + (driftPpm * nowUs + warmth) / 1e6);
};

/** As it is told: modulo 2^32. */
export const tmstOf = (counter: number): number => ((counter % COUNTER_US) + COUNTER_US) % COUNTER_US;

/** The counter's full value nearest to `near` that shows `tmst`. */
export const unwrapped = (tmst: number, near: number): number => {
  const turns = Math.round((near - tmst) / COUNTER_US);
  return tmst + turns * COUNTER_US;
};

/** The true moment at which the counter gets there. */
export const momentOf = (crystal: Crystal, counter: number): number => {
  let nowUs = counter - crystal.startUs;
  // The rate is within some millionths of 1: each round leaves a millionth of the error of the one before.
  for (let round = 0; round < 4; round += 1) nowUs += counter - counterUs(crystal, nowUs);
  return nowUs;
};

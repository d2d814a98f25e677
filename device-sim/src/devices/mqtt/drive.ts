import { drawAt } from '../../random/draw-at.ts';

/** Where an electric car of a fleet is in its day. */
export interface Moment {
  /** km/h */
  readonly speed: number;
  /** Percent. */
  readonly charge: number;
  /** km */
  readonly odometer: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly vin: string;
}

const PHASE = 1;
const CIRCLE_TURNS = 600;

/** A round of ten minutes at one turn a second: slow where it begins, never backwards. */
export const momentOf = (seed: number, index: number, turn: number): Moment => {
  const phase = Math.floor(drawAt(seed, PHASE, index) * CIRCLE_TURNS);
  const angle = (2 * Math.PI * ((turn + phase) % CIRCLE_TURNS)) / CIRCLE_TURNS;
  return {
    speed: Math.round(45 * (1 - Math.cos(angle))),
    charge: 20 + ((7_500 - (turn % 6_000)) % 7_500) / 100,
    odometer: 10_000 + index + Math.floor(turn / 80) / 10,
    latitude: 48 + index / 1_000 + 0.01 * Math.sin(angle),
    longitude: 9 + index / 1_000 + 0.01 * Math.cos(angle),
    // The eighth sign of a VIN that no maker gives: only that it is one matters.
    vin: `1D4GP00R55B1${String(index % 100_000).padStart(5, '0')}`,
  };
};

import { HELIUM_RULES } from '@outpost/schemas/radio';

const INTERVAL_S = HELIUM_RULES.beaconIntervalMs / 1_000;
/** Seconds before the end of an interval in which no beacon is begun: the report must arrive in the same one. */
const CLEAR_S = 30;

/**
 * When the next beacon is due, seconds since 1970: at a random second of the six-hour interval, once in each, as the
 * oracle counted them; in the next interval where this one's was made. Never before `earliestS`.
 */
export const nextBeaconS = (
  nowS: number,
  lastS: number | undefined,
  earliestS: number,
  random: () => number,
): number => {
  const interval = Math.floor(nowS / INTERVAL_S);
  const isDone = lastS !== undefined && Math.floor(lastS / INTERVAL_S) >= interval;
  const end = (interval + 1) * INTERVAL_S;
  const from = Math.max(nowS, earliestS);
  const roomS = end - CLEAR_S - from;
  if (!isDone && roomS > 0) return from + Math.floor(random() * roomS);
  return end + Math.floor(random() * (INTERVAL_S - CLEAR_S));
};

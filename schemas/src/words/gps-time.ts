import { NS_PER_MS, NS_PER_S, type WallNs, wallNs } from './time.ts';

/** Seconds from 1970 to 1980-01-06, where GPS begins to count. */
const GPS_EPOCH_S = 315_964_800n;

/**
 * Seconds that GPS is ahead of UTC since 2017-01-01 (IERS Bulletin C). GPS has no leap seconds, so the next one, which
 * must be announced half a year before, changes it; whoever tells the time lets the owner set it.
 */
export const GPS_AHEAD_S = 18;

/** Microseconds as GPS counts them. */
export const gpsUsAt = (wall: WallNs, aheadS = GPS_AHEAD_S): bigint =>
  (wall - (GPS_EPOCH_S - BigInt(aheadS)) * NS_PER_S) / 1_000n;

/** The moment of a count of GPS milliseconds. */
export const wallAtGpsMs = (gpsMs: number, aheadS = GPS_AHEAD_S): WallNs =>
  wallNs(BigInt(gpsMs) * NS_PER_MS + (GPS_EPOCH_S - BigInt(aheadS)) * NS_PER_S);

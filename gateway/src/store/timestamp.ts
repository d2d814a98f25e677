import { NS_PER_MS } from '@outpost/schemas/words';

/**
 * InfluxDB knows a point by its series and its nanosecond: a second reading of one series at one nanosecond would
 * overwrite the first. Wall time alone cannot keep them apart: items of one frame arrive together, and a clock that
 * was set back shows the same time twice. So the millisecond says when, and the six digits below it say which:
 *
 *   at = wall time, cut to whole milliseconds, + (number + offset of the epoch) mod 1,000,000
 *
 * where the number is the reading's sequence, and the offset comes from the epoch's random bytes. Everything in it is
 * journalled, so a reading has the same time at every replay and after every restart; order within a millisecond is
 * that of the sequence (but for the one in a million that wraps).
 *
 * Why no two readings of a stream meet: with one epoch and one time they would be a multiple of 1,000,000 readings
 * apart and in the same millisecond. Under one clock anchor that is a thousand million readings a second, since time
 * does not go back within a stream; under two, the clock must have been set back by exactly as long as a million
 * readings take (2.7 hours at 100 a second), to the millisecond. Two epochs draw their offsets from 16 random bytes,
 * so even where the clock shows the same times twice (a box without a battery clock that lost power) one pair of
 * epochs in a million is aligned at all. Streams of one device differ in the tag `lane`, devices in the tag `device`.
 */
export const TIES = 1_000_000n;

/** From the first 48 bits, which are uniform to one part in 10⁸. */
const offsetOf = (epoch: string): bigint => (epoch === '' ? 0n : BigInt(`0x${epoch.slice(0, 12)}`));

/** `number` is the sequence of a reading, or the journal offset of an entry that has none (then `epoch` is empty). */
export const pointTime = (wall: bigint, epoch: string, number: bigint): bigint => {
  const tie = (number + offsetOf(epoch)) % TIES;
  const below = ((wall % NS_PER_MS) + NS_PER_MS) % NS_PER_MS;
  return wall - below + tie;
};

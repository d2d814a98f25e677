import { NS_PER_S } from '../../words/index.ts';

/**
 * When a trip begins and ends. The figures are those of trackers that people live with: a trip goes on over a pause of
 * ten minutes, and a traffic jam does not end it.
 */
export const TRIP_LIMITS = {
  /** Faster than this for so long, or so far, is a trip; less is a car that was moved in its yard. */
  movingKmh: 5,
  movingForNs: 10n * NS_PER_S,
  movingM: 100,
  /** Faster than any starter turns an engine, slower than any engine idles. */
  runningRpm: 400,
  /** Neither engine nor movement for so long, seen or unanswered: the trip has ended, with the last of them. */
  restNs: 120n * NS_PER_S,
  /** The engine runs and the car stands for so long: the trip has ended, with the last movement. */
  standstillNs: 300n * NS_PER_S,
  /** A trip that has ended goes on where the car leaves again within this. */
  reopenNs: 600n * NS_PER_S,
  /** Where a car tells how long its engine has run, that is waited for before a trip goes on after a pause. */
  runTimeWithinNs: 30n * NS_PER_S,
  /** Two samples further apart than this have nothing to say about what was between them. */
  sampleGapNs: 20n * NS_PER_S,
  /** Time without any reading counts for no more than this towards a rest, because nothing was seen of it. */
  unseenNs: 60n * NS_PER_S,
  /** No trip is longer. What it takes to repeat one from the journal is bounded by it. */
  tripNs: 86_400n * NS_PER_S,
  /** The engine's run time is two bytes of seconds, so no start lies further back. */
  runTimeNs: 65_535n * NS_PER_S,
} as const;

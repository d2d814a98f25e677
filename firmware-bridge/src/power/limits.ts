const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * When a car may be spoken to. The voltages are those of a 12 V lead-acid battery, as makers of trackers and of the
 * STN chips ship them: 12.2 V for 300 s is a battery to be left alone, 13.2 V is one that is being charged.
 */
export const POWER_LIMITS = {
  runningRpm: 400,
  /** Neither engine nor movement for so long, seen or unanswered, and the car is not being driven any more. */
  drivingMs: 120_000,
  /** The car answers and nobody drives: it is left alone after this, because questions keep control units awake. */
  onMs: 300_000,
  /** The same where nothing but our own look had woken it. */
  onAfterBlindMs: 30_000,
  /** A car that was just driven and does not answer is asked again at this pace. */
  againMs: 15_000,

  chargingMillivolts: 13_200,
  chargingForMs: 10_000,
  /** Doors, starters, generators and DC converters: a change of so much between two samples so near. */
  riseMillivolts: 200,
  fallMillivolts: 300,
  changeWithinMs: 2_500,

  lowMillivolts: 12_200,
  lowForMs: 300_000,
  emptyMillivolts: 11_800,
  /** A starter pulls the voltage lower than that, for no longer than this. */
  crankingMs: 5_000,
  backMillivolts: 12_500,
  backForMs: MINUTE_MS,

  /** Blind looks: how long after the look before, by the number of looks in a row that found nobody driving. */
  blindWaitsMs: [1, 15, 30, 60, 120, 240, 360].map((minutes) => minutes * MINUTE_MS),
  blindPerHour: 4,
  blindPerDay: 12,
  /** Looks with a reason, one after the other without anybody driving: twice as far apart each time, up to the last. */
  lookGapMs: 15_000,
  /** A generator that begins to charge is as sure a sign as there is. */
  chargingGapMs: 10_000,
  lookGapMaxMs: 15 * MINUTE_MS,

  /** A blind look woke the car where the voltage falls by so much so soon after it. */
  wokeFallMillivolts: 200,
  wokeWithinMs: MINUTE_MS,
  /** So many in a row and blind looks are as rare as can be. */
  wokenInARow: 3,

  /** The dongle's own voltage, which needs no byte to the car. */
  localEveryMs: 1_000,
  stoppedEveryMs: MINUTE_MS,

  hourMs: HOUR_MS,
  dayMs: 24 * HOUR_MS,
  weekMs: 7 * 24 * HOUR_MS,
} as const;

/**
 * What a car draws while its control units are awake and its engine is not running: owners of an electric car measured
 * 2 A while it was being asked, against 0.15 A asleep.
 */
export const AWAKE_AMPERES = 2;

import type { WallNs } from '@outpost/schemas/words';

const HOUR_NS = 3_600_000_000_000n;
const WEEK_NS = 168n * HOUR_NS;
/** 2022-01-31 05:00 UTC, the start of week 0. */
const WEEK_ZERO_NS = 1_643_605_200_000_000_000n;

export interface Week {
  readonly number: number;
  readonly startsAt: bigint;
  readonly endsAt: bigint;
}

/** The reward week of a moment; negative before the first. */
export const weekOf = (at: WallNs): Week => {
  const since = at - WEEK_ZERO_NS;
  const number = since >= 0n ? since / WEEK_NS : -((-since + WEEK_NS - 1n) / WEEK_NS);
  const startsAt = WEEK_ZERO_NS + number * WEEK_NS;
  return { number: Number(number), startsAt, endsAt: startsAt + WEEK_NS };
};

/** Weeks in a row: active ones, and inactive ones since the last active. */
export interface Streak {
  readonly connected: number;
  readonly disconnected: number;
}

/** Fewest active weeks of levels 1 to 4, and what each adds. */
const LEVELS = [
  { weeks: 0, points: 0 },
  { weeks: 4, points: 1_000 },
  { weeks: 21, points: 2_000 },
  { weeks: 36, points: 3_000 },
] as const;

const DROP_EVERY_WEEKS = 3;

const levelIndex = (connected: number): number => LEVELS.findLastIndex(({ weeks }) => connected >= weeks);

/** 0 to 3,000 points for a streak. */
export const streakPoints = ({ connected }: Streak): number => LEVELS[levelIndex(connected)]?.points ?? 0;

/** After one more week. Inactive ones freeze the streak; each third in a row drops it to the level below. */
export const stepStreak = ({ connected, disconnected }: Streak, active: boolean): Streak => {
  if (active) return { connected: connected + 1, disconnected: 0 };
  const missed = disconnected + 1;
  if (missed % DROP_EVERY_WEEKS !== 0) return { connected, disconnected: missed };
  return { connected: LEVELS[levelIndex(connected) - 1]?.weeks ?? 0, disconnected: missed };
};

export interface Forecast {
  readonly week: number;
  /** A signal of this week is stored, which is all that activity means. */
  readonly qualified: boolean;
  /** Whole hours until the week ends, rounded down. */
  readonly hoursLeft: number;
  /** The streak and its points when this week ends as it stands now. */
  readonly streak: Streak;
  readonly points: number;
  readonly words: string;
}

const ORDINALS: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };

const ordinal = (count: number): string =>
  `${count}${ORDINALS[new Intl.PluralRules('en', { type: 'ordinal' }).select(count)] ?? 'th'}`;

/** What the week is worth as things stand; `before` is the streak at its start. */
export const forecast = (now: WallNs, lastSignalAt: WallNs | undefined, before: Streak): Forecast => {
  const { number, startsAt, endsAt } = weekOf(now);
  const qualified = lastSignalAt !== undefined && lastSignalAt >= startsAt && lastSignalAt < endsAt;
  const streak = stepStreak(before, qualified);
  const hoursLeft = Number((endsAt - now) / HOUR_NS);
  const words = qualified
    ? `Qualified for week ${number}.`
    : `${hoursLeft} h left to qualify for week ${number}, else it is the ${ordinal(streak.disconnected)} inactive week.`;
  return { week: number, qualified, hoursLeft, streak, points: streakPoints(streak), words };
};

import type { Cycle } from '../cycles/cycle.ts';
import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import type { Plan, Stage } from './plan.ts';

/** How somebody lives with a car. */
export interface Life {
  readonly seed: number;
  /** Then it begins again. Every sixth and seventh day is a weekend. */
  readonly days: number;
  /** To work and, over the same road, back. */
  readonly commute: Cycle;
  /** To a shop and back on the first day of a weekend. */
  readonly errand: Cycle;
  /** At home after work; undefined: no cable. */
  readonly chargeKw?: number;
}

const DAY_S = 86_400;
const HOUR_S = 3_600;

/** Everything about a day comes from a few draws. */
const DRAWS_PER_DAY = 16;

const UNLOCK_S = 9;
const KEY_S = 2;
const START_S = 1;
const BEFORE_LEAVING_S = 7;
const AFTER_ARRIVING_S = 4;
const CHARGE_S = 7 * HOUR_S;

interface Leg {
  /** When somebody comes to the car, seconds of the day. */
  readonly atS: number;
  readonly cycle: Cycle;
  readonly homeward: boolean;
}

const legsOf = ({ seed, commute, errand }: Life, day: number): readonly Leg[] => {
  const draw = (use: number): number => drawAt(seed, CHANNEL.day, day * DRAWS_PER_DAY + use);
  const weekday = day % 7;
  if (weekday === 6) return [];
  const [cycle, outS, stayS] =
    weekday === 5
      ? ([errand, (9.5 + 2 * draw(0)) * HOUR_S, (0.4 + 1.2 * draw(1)) * HOUR_S] as const)
      : ([commute, (6.9 + 1.2 * draw(0)) * HOUR_S, (7.8 + 1.5 * draw(1)) * HOUR_S] as const);
  const backS = outS + cycle.durationS + stayS;
  return [
    { atS: Math.round(outS), cycle, homeward: false },
    { atS: Math.round(backS), cycle, homeward: true },
  ];
};

const driveOf = ({ cycle, homeward }: Leg): readonly Stage[] => [
  { do: 'unlock', forS: UNLOCK_S },
  { do: 'key-on', forS: KEY_S },
  { do: 'start' },
  { do: 'idle', forS: BEFORE_LEAVING_S },
  { do: 'drive', cycle, homeward },
  { do: 'idle', forS: AFTER_ARRIVING_S },
  { do: 'key-on', forS: KEY_S },
];

const driveS = ({ cycle }: Leg): number =>
  UNLOCK_S + KEY_S + START_S + BEFORE_LEAVING_S + cycle.durationS + AFTER_ARRIVING_S + KEY_S;

/**
 * Days from midnight to midnight: parked at home, unlocked, driven to work, parked, driven back over the same road,
 * charged where there is a cable. Hours are drawn by the seed. Times of day hold within seconds: a cold start takes
 * longer than a warm one.
 */
export const dailyLife = (life: Life): Plan => {
  const stages: Stage[] = [];
  for (let day = 0, nowS = 0; day < life.days; day += 1) {
    for (const leg of legsOf(life, day)) {
      const atS = day * DAY_S + leg.atS;
      stages.push({ do: 'park', forS: Math.max(1, atS - nowS) }, ...driveOf(leg));
      nowS = Math.max(atS, nowS + 1) + driveS(leg);
      if (!leg.homeward || life.chargeKw === undefined) continue;
      const forS = Math.min(CHARGE_S, (day + 1) * DAY_S - nowS - 60);
      if (forS <= 0) continue;
      stages.push({ do: 'park', forS: 30 }, { do: 'charge', forS, kw: life.chargeKw });
      nowS += 30 + forS;
    }
    const restS = (day + 1) * DAY_S - nowS;
    if (restS > 0) stages.push({ do: 'park', forS: restS });
    nowS = Math.max(nowS, (day + 1) * DAY_S);
  }
  return { stages, loopFrom: 0 };
};

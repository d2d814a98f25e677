import { type Cycle, speedAt } from '../cycles/cycle.ts';
import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import type { Wish } from './motion.ts';

/** One thing the driver does. Durations in seconds. */
export type Stage =
  | { readonly do: 'park'; readonly forS: number }
  | { readonly do: 'key-on'; readonly forS: number }
  | { readonly do: 'start' }
  | { readonly do: 'idle'; readonly forS: number }
  | { readonly do: 'drive'; readonly cycle: Cycle };

/** Stages in order, then again from `loopFrom` on, for ever. */
export interface Plan {
  readonly stages: readonly Stage[];
  readonly loopFrom: number;
}

/** Where in the plan the driver is. */
export interface Place {
  readonly stage: number;
  readonly elapsedS: number;
  /** Cycles driven to their end. */
  readonly cycles: number;
}

export const BEGINNING: Place = { stage: 0, elapsedS: 0, cycles: 0 };

const REACH_FOR_STARTER_S = 1;
const BEFORE_LEAVING_S = 8;
const RED_LIGHT_S = 20;

/** Start the engine, then drive the cycle again and again with a stop of 20 s between. */
export const endlessDrive = (cycle: Cycle): Plan => ({
  stages: [
    { do: 'key-on', forS: REACH_FOR_STARTER_S },
    { do: 'start' },
    { do: 'idle', forS: BEFORE_LEAVING_S },
    { do: 'drive', cycle },
    { do: 'idle', forS: RED_LIGHT_S },
  ],
  loopFrom: 3,
});

/** Start, drive the cycle once, stop the engine, park, and again. */
export const tripsWithParking = (cycle: Cycle, parkS: number): Plan => ({
  stages: [
    { do: 'key-on', forS: REACH_FOR_STARTER_S },
    { do: 'start' },
    { do: 'idle', forS: BEFORE_LEAVING_S },
    { do: 'drive', cycle },
    { do: 'idle', forS: BEFORE_LEAVING_S },
    { do: 'key-on', forS: REACH_FOR_STARTER_S },
    { do: 'park', forS: parkS },
  ],
  loopFrom: 0,
});

/** A parked car that is started after a while and then driven for ever. */
export const parkedFirst = (cycle: Cycle, parkS: number): Plan => {
  const { stages, loopFrom } = endlessDrive(cycle);
  return { stages: [{ do: 'park', forS: parkS }, ...stages], loopFrom: loopFrom + 1 };
};

/** A car that stands with its ignition off. */
export const parked: Plan = { stages: [{ do: 'park', forS: Number.POSITIVE_INFINITY }], loopFrom: 0 };

/** How long a starter turns before the engine fires, s. */
export const crankingS = (coolantC: number): number => 0.7 + 0.02 * Math.max(0, 30 - coolantC);

const durationS = (stage: Stage, coolantC: number): number => {
  if (stage.do === 'drive') return stage.cycle.durationS;
  return stage.do === 'start' ? crankingS(coolantC) : stage.forS;
};

export const stageAt = (plan: Plan, place: Place): Stage => plan.stages[place.stage]!;

/** A hair under one tick: sums of tenths must not make a stage a tick longer. */
const ROUNDING_S = 1e-6;

export const stepPlan = (plan: Plan, place: Place, coolantC: number, dtS: number): Place => {
  const elapsedS = place.elapsedS + dtS;
  const stage = stageAt(plan, place);
  if (elapsedS < durationS(stage, coolantC) - ROUNDING_S) return { ...place, elapsedS };
  const stageAfter = place.stage + 1 < plan.stages.length ? place.stage + 1 : plan.loopFrom;
  return { stage: stageAfter, elapsedS: 0, cycles: place.cycles + (stage.do === 'drive' ? 1 : 0) };
};

/** No driver holds a trace exactly: slow deviations, as a share of the speed, that no two seeds share. */
const HAND_SHARE = 0.012;
const HAND_S = 6;

const deviation = (seed: number, cycles: number, seconds: number): number => {
  const at = Math.max(0, seconds) / HAND_S;
  const knot = Math.floor(at);
  const draw = (index: number): number => 2 * drawAt(seed, CHANNEL.hand, cycles * 4_096 + index) - 1;
  const u = at - knot;
  const smooth = u * u * (3 - 2 * u);
  return HAND_SHARE * (draw(knot) * (1 - smooth) + draw(knot + 1) * smooth);
};

/** What the driver of this seed makes of the trace now, after `dtS` and a good second ahead. */
export const wishAt = (stage: Stage, { elapsedS, cycles }: Place, seed: number, dtS: number): Wish => {
  if (stage.do !== 'drive') return { nowMps: 0, nextMps: 0, aheadMps: 0 };
  const at = (s: number): number => speedAt(stage.cycle, s) * (1 + deviation(seed, cycles, s));
  return { nowMps: at(elapsedS), nextMps: at(elapsedS + dtS), aheadMps: at(elapsedS + 1.2) };
};

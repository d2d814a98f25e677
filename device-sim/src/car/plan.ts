import { type Cycle, gradeAt, speedAt } from '../cycles/cycle.ts';
import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import type { Wish } from './motion.ts';

export type Ignition = 'off' | 'on' | 'cranking' | 'running';

/** One thing the driver does. Durations in seconds. */
export type Stage =
  | { readonly do: 'park'; readonly forS: number }
  /** Parked with a cable in the traction battery. */
  | { readonly do: 'charge'; readonly forS: number; readonly kw: number }
  /** Somebody comes: doors, lights, pumps; the ignition is still off. */
  | { readonly do: 'unlock'; readonly forS: number }
  | { readonly do: 'key-on'; readonly forS: number }
  | { readonly do: 'start' }
  | { readonly do: 'idle'; readonly forS: number }
  /** `homeward`: back over the road that the drives before led along. */
  | { readonly do: 'drive'; readonly cycle: Cycle; readonly homeward?: boolean };

/** Stages in order, then again from `loopFrom` on, for ever. */
export interface Plan {
  readonly stages: readonly Stage[];
  readonly loopFrom: number;
}

/** Where in the plan the driver is. */
export interface Place {
  readonly stage: number;
  /** Since the stage began: whole ticks. */
  readonly elapsedS: number;
  /** Cycles driven to their end. */
  readonly cycles: number;
  /** How often the car would not start, because its 12 V battery was flat. */
  readonly failedStarts: number;
}

export const BEGINNING: Place = { stage: 0, elapsedS: 0, cycles: 0, failedStarts: 0 };

/** How long one step of a car is. */
export const TICK_MS = 100;
export const TICK_S = TICK_MS / 1000;

const TICKS_PER_S = 1000 / TICK_MS;

/** Ticks since the stage began. */
export const ticksAt = ({ elapsedS }: Place): number => Math.round(elapsedS * TICKS_PER_S);

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
export const crankingS = (coolantC: number): number => Math.min(1, 0.5 + 0.01 * Math.max(0, 50 - coolantC));

/** Motors need no starter, but their computers think for a moment. */
const READY_S = 0.6;

/** How a start goes: by a starter, or silently. */
export type Start = 'starter' | 'silent';

const startS = (start: Start, coolantC: number): number =>
  start === 'starter' ? crankingS(coolantC) : READY_S;

export const stageAt = (plan: Plan, place: Place): Stage => plan.stages[place.stage]!;

/** A hair under one tick: sums of tenths must not make a stage a tick longer. */
const ROUNDING_S = 1e-6;

const durationS = (stage: Stage, start: Start, coolantC: number): number => {
  if (stage.do === 'drive') return stage.cycle.durationS;
  return stage.do === 'start' ? startS(start, coolantC) : stage.forS;
};

/** Ticks from here to the end of the stage: at least one. */
export const ticksLeft = (plan: Plan, place: Place, start: Start, coolantC: number): number => {
  const seconds = durationS(stageAt(plan, place), start, coolantC) - ROUNDING_S;
  return Math.max(1, Math.ceil(seconds / TICK_S) - ticksAt(place));
};

const afterStage = ({ stages, loopFrom }: Plan, stage: number): number =>
  stage + 1 < stages.length ? stage + 1 : loopFrom;

/** Where a driver whose car would not start goes on: where it is parked next. With no such place, they try again. */
const givenUpAt = (plan: Plan, stage: number): number => {
  let next = afterStage(plan, stage);
  for (let seen = 0; seen < plan.stages.length; seen += 1) {
    if (plan.stages[next]?.do === 'park') return next;
    next = afterStage(plan, next);
  }
  return stage;
};

/** What a step of the plan hangs on besides the time. */
export interface Means {
  readonly start: Start;
  readonly coolantC: number;
  /** The 12 V battery cannot start the car. */
  readonly isFlat: boolean;
}

/** The place `ticks` later, which is no further than the beginning of the next stage. */
export const stepPlan = (plan: Plan, place: Place, means: Means, ticks: number): Place => {
  const { stage, cycles, failedStarts } = place;
  if (ticks < ticksLeft(plan, place, means.start, means.coolantC)) {
    return { stage, elapsedS: (ticksAt(place) + ticks) / TICKS_PER_S, cycles, failedStarts };
  }
  const { do: done } = stageAt(plan, place);
  if (done === 'start' && means.isFlat) {
    return { stage: givenUpAt(plan, stage), elapsedS: 0, cycles, failedStarts: failedStarts + 1 };
  }
  const driven = done === 'drive' ? 1 : 0;
  return { stage: afterStage(plan, stage), elapsedS: 0, cycles: cycles + driven, failedStarts };
};

/** What the key says in this place; in the soak of a cycle it is off until just before the next start. */
export const ignitionAt = (plan: Plan, place: Place, start: Start, coolantC: number): Ignition => {
  const stage = stageAt(plan, place);
  const starting = start === 'starter' ? 'cranking' : 'on';
  switch (stage.do) {
    case 'park':
    case 'charge':
    case 'unlock':
      return 'off';
    case 'key-on':
      return 'on';
    case 'start':
      return starting;
    case 'idle':
      return 'running';
    case 'drive': {
      const { soak } = stage.cycle;
      const s = place.elapsedS;
      if (soak === undefined || s < soak.fromS || s >= soak.toS) return 'running';
      const cranksAtS = soak.toS - startS(start, coolantC);
      if (s < cranksAtS - REACH_FOR_STARTER_S) return 'off';
      return s < cranksAtS ? 'on' : starting;
    }
  }
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
export const wishAt = (stage: Stage, place: Place, seed: number, dtS: number): Wish => {
  if (stage.do !== 'drive') return { nowMps: 0, nextMps: 0, aheadMps: 0, grade: 0 };
  const { cycle } = stage;
  const s = place.elapsedS;
  const at = (seconds: number): number =>
    speedAt(cycle, seconds) * (1 + deviation(seed, place.cycles, seconds));
  return { nowMps: at(s), nextMps: at(s + dtS), aheadMps: at(s + 1.2), grade: gradeAt(cycle, s) };
};

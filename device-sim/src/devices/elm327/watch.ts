import { carAt, TICK_MS } from '../../car/car.ts';
import { inForce } from '../faults.ts';
import { browningOut } from './begin.ts';
import { printPrompt } from './print.ts';
import type { DongleModel, DongleState } from './state.ts';

/** How often an STN chip looks at its rules for sleeping. */
const RULES_EVERY_MS = 250;

const hasRules = ({ profile }: DongleModel, { memory, sleep }: DongleState): boolean =>
  profile.stn !== undefined &&
  (sleep.atMs !== undefined || memory.sleep.idle.on || memory.sleep.low.on || memory.sleep.high.on);

/** When to look next at the supply and at the rules; never where nothing depends on them. */
export const watchDueMs = (model: DongleModel, state: DongleState): number => {
  const weak = inForce(state.script, 'weak-supply', state.watched.atMs) !== undefined;
  if (weak) return state.watched.atMs + TICK_MS / model.speedUp;
  return hasRules(model, state) ? state.watched.atMs + RULES_EVERY_MS : Number.POSITIVE_INFINITY;
};

const since = (before: number | undefined, holds: boolean, nowMs: number): number | undefined =>
  holds ? (before ?? nowMs) : undefined;

const fallAsleep = (state: DongleState, cause: string): DongleState => ({
  ...state,
  queue: [],
  busy: { kind: 'asleep' },
  sleep: { ...state.sleep, lastSleep: cause, atMs: undefined, lowSinceMs: undefined },
});

/** Wakes as after a byte; `cause` as `STSLLT` prints it. */
export const wakeUp = (state: DongleState, cause: string): DongleState => {
  const { nowMs, sleep } = state;
  const awake = { ...state, busy: undefined, queue: [], freeAtMs: nowMs };
  return printPrompt({ ...awake, sleep: { ...sleep, lastWake: cause, highSinceMs: undefined } }, nowMs);
};

const obeyRules = (state: DongleState, nowMs: number): DongleState => {
  const { memory, car, busy } = state;
  const { idle, low, high } = memory.sleep;
  const { volts } = car.supply;
  const sleep = {
    ...state.sleep,
    lowSinceMs: since(state.sleep.lowSinceMs, volts < low.volts, nowMs),
    highSinceMs: since(state.sleep.highSinceMs, volts > high.volts, nowMs),
  };
  const next = { ...state, sleep };
  const lasted = (sinceMs: number | undefined, forS: number): boolean =>
    sinceMs !== undefined && nowMs - sinceMs >= forS * 1_000;
  if (busy?.kind === 'asleep')
    return high.on && lasted(sleep.highSinceMs, high.forS) ? wakeUp(next, 'VL') : next;
  if (busy !== undefined) return next;
  if (sleep.atMs !== undefined && nowMs >= sleep.atMs) return fallAsleep(next, 'CMD');
  if (idle.on && nowMs - sleep.heardAtMs >= idle.afterS * 1_000) return fallAsleep(next, 'UART');
  return low.on && lasted(sleep.lowSinceMs, low.forS) ? fallAsleep(next, 'VL') : next;
};

/** Looks at the car at `atMs`: a starter that turns browns a weak supply out; sleeping chips have rules of their own. */
export const watch = (model: DongleModel, before: DongleState, atMs: number): DongleState => {
  const car = carAt(before.carModel, before.car, atMs * model.speedUp);
  const { ignition } = car;
  const cranks = ignition === 'cranking' && before.watched.ignition !== 'cranking';
  const state: DongleState = { ...before, nowMs: atMs, car, watched: { atMs, ignition } };
  if (cranks && inForce(state.script, 'weak-supply', atMs) !== undefined)
    return browningOut(model, state, atMs);
  return hasRules(model, state) ? obeyRules(state, atMs) : state;
};

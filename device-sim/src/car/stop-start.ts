import type { Engine, EnginePhase } from './engine.ts';

/** What decides whether the engine of a car at a red light stops and when it starts again. */
export interface RedLight {
  readonly fitted: boolean;
  readonly speedMps: number;
  /** The trace a good second ahead: the foot goes to the clutch before the light is green. */
  readonly aheadMps: number;
  readonly coolantC: number;
  readonly ambientC: number;
  /** Of the 12 V battery, 0 to 1. */
  readonly charge: number;
  readonly runS: number;
}

/** A warm engine starts within this. */
export const RESTART_S = 0.4;
const RUNS_FIRST_S = 60;
const STANDS_FOR_S = 1.5;
const STANDS_AT_MOST_S = 180;
const WARM_FROM_C = 50;
const AMBIENT_C = [1, 36] as const;
const CHARGE_TO_STOP = 0.68;
const CHARGE_TO_STAY = 0.62;

/** How long the car has been standing with its engine idling is the caller's to count. */
export const nextPhase = (engine: Engine, at: RedLight, standingS: number): EnginePhase => {
  if (engine.phase === 'cranking') return engine.phaseS < RESTART_S - 1e-6 ? 'cranking' : 'running';
  if (engine.phase === 'stopped') {
    const stays = at.aheadMps === 0 && at.charge > CHARGE_TO_STAY && engine.phaseS < STANDS_AT_MOST_S;
    return at.fitted && stays ? 'stopped' : 'cranking';
  }
  const rests = at.speedMps === 0 && at.aheadMps === 0 && standingS >= STANDS_FOR_S;
  const warm = at.coolantC >= WARM_FROM_C && at.ambientC > AMBIENT_C[0] && at.ambientC < AMBIENT_C[1];
  const allowed = at.fitted && warm && at.charge > CHARGE_TO_STOP && at.runS > RUNS_FIRST_S;
  // After a stop that was long enough it stays on until the car has moved.
  return rests && allowed && engine.phaseS > standingS ? 'stopped' : 'running';
};

import type { CarState } from '../../car/car.ts';
import { endlessDrive, type Plan, type Stage } from '../../car/plan.ts';
import { type Cycle, cycleOfSpeeds } from '../../cycles/cycle.ts';
import type { Order } from '../elm327.ts';

type Drive = Extract<Order, { kind: 'drive' }>;

const FASTER_MPS2 = 1.4;
const SLOWER_MPS2 = 1.8;
const HOLD_S = 86_400;
const RED_LIGHT_S = 5;

/** Speeds of a second each from one to the other as a calm driver changes them, then `holdS` more of the last. */
const ramp = (fromMps: number, toMps: number, holdS: number): Float64Array => {
  const perS = toMps >= fromMps ? FASTER_MPS2 : -SLOWER_MPS2;
  const steps = Math.ceil(Math.abs(toMps - fromMps) / Math.abs(perS));
  // The first second repeats the speed that the car has, because a cycle begins with the second before it.
  const speeds = [fromMps, fromMps, ...Array.from({ length: steps }, (_, i) => fromMps + (i + 1) * perS)];
  const last = speeds.length - 1;
  if (steps > 0) speeds[last] = toMps;
  const whole = new Float64Array(speeds.length + holdS).fill(toMps);
  whole.set(speeds);
  return whole;
};

const isRunning = ({ ignition }: CarState): boolean => ignition === 'running';

const START: readonly Stage[] = [{ do: 'key-on', forS: 1 }, { do: 'start' }, { do: 'idle', forS: 3 }];

const drive = (stages: readonly Stage[], loopFrom: number, elapsedS = 0): Drive => ({
  kind: 'drive',
  plan: { stages, loopFrom },
  elapsedS,
});

const stage = (name: string, speedsMps: Float64Array): Stage => ({
  do: 'drive',
  cycle: cycleOfSpeeds(name, name, speedsMps),
});

/** A car that stands still does not have to be stopped. */
const STANDS_MPS = 0.1;

/** Drives on at this speed, for a day; starts the engine first where it is off. */
export const holdSpeed = (car: CarState, kmh: number): Order => {
  const name = `${kmh} km/h`;
  if (!isRunning(car)) return drive([...START, stage(name, ramp(0, kmh / 3.6, HOLD_S))], START.length);
  return drive([stage(name, ramp(car.motion.speedMps, kmh / 3.6, HOLD_S))], 0, 1);
};

/** The stages that bring a moving car to rest, and how far into them it is. */
const stopping = (car: CarState): { readonly stages: readonly Stage[]; readonly elapsedS: number } =>
  isRunning(car) && car.motion.speedMps > STANDS_MPS
    ? { stages: [stage('stop', ramp(car.motion.speedMps, 0, 1))], elapsedS: 1 }
    : { stages: [], elapsedS: 0 };

/** Drives this cycle from its beginning, again and again. */
export const takeRoute = (car: CarState, cycle: Cycle): Order => {
  if (!isRunning(car)) return { kind: 'drive', plan: endlessDrive(cycle), elapsedS: 0 };
  const { stages, elapsedS } = stopping(car);
  const rest: readonly Stage[] = [
    { do: 'idle', forS: RED_LIGHT_S },
    { do: 'drive', cycle },
  ];
  return drive([...stages, ...rest], stages.length, elapsedS);
};

const forEver = Number.POSITIVE_INFINITY;

/** `on` starts the engine and stands, `key` turns the key alone, `off` stops, if need be, and takes the key out. */
export const turnKey = (car: CarState, to: 'on' | 'key' | 'off'): Order => {
  const { stages, elapsedS } = stopping(car);
  if (to === 'on') {
    const idle: Stage = { do: 'idle', forS: forEver };
    if (isRunning(car)) return drive([...stages, idle], stages.length, elapsedS);
    return drive([...START, idle], START.length);
  }
  const key: Stage = { do: 'key-on', forS: to === 'key' ? forEver : 1 };
  if (to === 'key') return drive([...stages, key], stages.length, elapsedS);
  return drive([...stages, key, { do: 'park', forS: forEver }], stages.length + 1, elapsedS);
};

/** Follows a plan from its beginning. */
export const followPlan = (plan: Plan): Order => ({ kind: 'drive', plan, elapsedS: 0 });

import { normalAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import { clamp, lag } from './curves.ts';
import type { SupplyKind } from './parameters.ts';

export type { Ignition } from './plan.ts';

/** The 12 V supply. */
export interface Supply {
  /** At the battery's terminals. */
  readonly volts: number;
  /** Slow part without the ripple. */
  readonly steadyVolts: number;
  /** 0 to 1. */
  readonly charge: number;
  /** What a battery shows above its rest voltage for a while after it was charged, V. */
  readonly surfaceVolts: number;
  /** Into the battery, A. */
  readonly amps: number;
  /** What the alternator or the converter delivers, W. */
  readonly alternatorW: number;
}

/**
 * What draws on the battery: `asleep` and `awake` are parked, `unlock` is doors, lights and pumps as somebody comes,
 * `charging` is a cable in the traction battery, `on` is the ignition, `running` is ready to drive.
 */
export type Consumers = 'asleep' | 'awake' | 'unlock' | 'charging' | 'on' | 'cranking' | 'running';

export interface SupplyInput {
  readonly kind: SupplyKind;
  readonly consumers: Consumers;
  /** Whether an alternator turns fast enough; a converter always does. */
  readonly rpm: number;
  /** Fuel is cut: what is charged now costs nothing. */
  readonly overrun: boolean;
  /** 0 to 1: how hard the engine works. */
  readonly effort: number;
  readonly ambientC: number;
  readonly fanOn: boolean;
  /** Seconds since the starter engaged; used while cranking. */
  readonly crankS: number;
  /** Since the drive began. */
  readonly runS: number;
  readonly batteryAh: number;
  readonly seed: number;
  readonly tick: number;
}

/** Of a sealed lead-acid battery at rest: about 11.9 V empty, 12.75 V full. */
export const restVolts = (charge: number): number => 11.9 + 0.85 * charge;

/** Parked draws, A: all asleep; control units awake for a moment or because somebody asks them; doors unlocked. */
export const ASLEEP_A = 0.02;
export const AWAKE_A = 2;
const UNLOCK_A = 17;
const IGNITION_A = 9;
const RUNNING_A = 24;
const FAN_A = 14;
const OHMS = 0.021;
const RIPPLE_V = 0.035;
/** Lead-acid batteries lose some three percent in a month by themselves. */
const SELF_DISCHARGE_PER_S = 0.03 / (30 * 86_400);
const SURFACE_V = 0.28;

/** Breaking the engine loose costs most; each compression after it costs less as the starter spins up. */
const crankingVolts = (rest: number, { ambientC, crankS }: SupplyInput): number => {
  const cold = clamp((20 - ambientC) / 40, 0, 1);
  const amps = 105 + (55 + 12 * cold) * Math.exp(-crankS / 0.25);
  return rest - amps * 0.85 * OHMS;
};

/** An alternator that charges when it costs nothing and lets the battery carry the load when it would cost most. */
const smartVolts = ({ overrun, effort, runS }: SupplyInput, charge: number): number => {
  if (overrun) return 14.75;
  if (charge < 0.7 || runS < 45) return 14.4;
  return effort > 0.55 ? 12.75 : 13.15;
};

/** Full charge first, then hardly more than a battery at rest: voltage alone does not tell a driving car. */
const converterVolts = ({ consumers, runS }: SupplyInput, charge: number): number => {
  if (charge < 0.6) return 14.6;
  if (consumers === 'charging') return 13.5;
  if (runS < 300 && charge < 0.9) return 14.4;
  return runS < 600 ? 13.5 : 12.78;
};

/** However cold the battery is, more would harm lamps and computers. */
const REGULATOR_MAX_V = 14.8;

/** What regulates the voltage while running or charging. */
const regulatedVolts = (input: SupplyInput, charge: number): number => {
  if (input.kind === 'dc-dc') return converterVolts(input, charge);
  const warm = -0.009 * (input.ambientC - 20);
  const idleDroop = 0.18 * clamp((1_000 - input.rpm) / 250, 0, 1) + (input.fanOn ? 0.12 : 0);
  const target = input.kind === 'smart-alternator' ? smartVolts(input, charge) : 14.25;
  return Math.min(REGULATOR_MAX_V, target + warm) - idleDroop;
};

const drawA = ({ consumers, fanOn }: SupplyInput): number => {
  switch (consumers) {
    case 'asleep':
      return ASLEEP_A;
    case 'awake':
    case 'charging':
      return AWAKE_A;
    case 'unlock':
      return UNLOCK_A;
    case 'on':
      return IGNITION_A;
    case 'cranking':
      return 150;
    case 'running':
      return RUNNING_A + (fanOn ? FAN_A : 0);
  }
};

/** An engine that stands still at a red light turns no alternator. */
const isFed = ({ kind, consumers, rpm }: SupplyInput): boolean =>
  consumers === 'charging' || (consumers === 'running' && (kind === 'dc-dc' || rpm > 250));

const settlingS = ({ consumers, kind }: SupplyInput, fed: boolean): number => {
  if (consumers === 'cranking') return 0.04;
  if (fed) return kind === 'alternator' ? 0.5 : 1.2;
  return consumers === 'asleep' || consumers === 'awake' ? 25 : 0.3;
};

/** One step of battery and whatever feeds it. */
export const stepSupply = (supply: Supply, input: SupplyInput, dtS: number): Supply => {
  const fed = isFed(input);
  const rest = restVolts(supply.charge) + supply.surfaceVolts;
  const drawn = drawA(input);
  const regulated = fed ? regulatedVolts(input, supply.charge) : 0;
  const loaded = input.consumers === 'cranking' ? crankingVolts(rest, input) : rest - drawn * OHMS;
  const steadyVolts = lag(supply.steadyVolts, fed ? regulated : loaded, dtS, settlingS(input, fed));
  // A battery takes what the voltage above its rest drives into it, the less the fuller it is, and gives alike.
  const driven = (regulated - restVolts(supply.charge) - 0.25) * 14;
  const least = input.kind === 'dc-dc' ? 0 : -drawn;
  const taken = clamp(driven > 0 ? driven * clamp((1 - supply.charge) / 0.15, 0.02, 1) : driven, least, 28);
  const amps = fed ? taken : -drawn;
  const charge = clamp(
    supply.charge + ((amps * (amps > 0 ? 0.95 : 1)) / 3600 / input.batteryAh - SELF_DISCHARGE_PER_S) * dtS,
    0,
    1,
  );
  const surfaceTowards = amps > 0.5 ? SURFACE_V : 0;
  const surfaceVolts = lag(supply.surfaceVolts, surfaceTowards, dtS, amps < -5 ? 40 : 900);
  const turning = input.consumers === 'running' && input.kind !== 'dc-dc' && fed;
  const ripple = RIPPLE_V * (turning ? 1 : 0.15) * normalAt(input.seed, CHANNEL.ripple, input.tick);
  const delivered = fed ? Math.max(0, drawn + amps) * steadyVolts : 0;
  return { volts: steadyVolts + ripple, steadyVolts, charge, surfaceVolts, amps, alternatorW: delivered };
};

/** Below this a starter only groans, and the contactors of a traction battery do not close. */
const FLAT_CHARGE = 0.25;

export const isFlat = ({ charge }: Supply): boolean => charge < FLAT_CHARGE;

/** Charged overnight. */
export const RESTED: Supply = {
  volts: restVolts(0.8),
  steadyVolts: restVolts(0.8),
  charge: 0.8,
  surfaceVolts: 0,
  amps: 0,
  alternatorW: 0,
};

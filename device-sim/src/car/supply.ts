import { normalAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import { clamp, lag } from './curves.ts';

/** The 12 V supply. */
export interface Supply {
  /** At the battery's terminals. */
  readonly volts: number;
  /** Slow part without the ripple. */
  readonly steadyVolts: number;
  /** 0 to 1. */
  readonly charge: number;
  /** What the alternator delivers, W. */
  readonly alternatorW: number;
}

export type Ignition = 'off' | 'on' | 'cranking' | 'running';

export interface SupplyInput {
  readonly ignition: Ignition;
  readonly rpm: number;
  readonly ambientC: number;
  readonly fanOn: boolean;
  /** Seconds since the starter engaged; used while cranking. */
  readonly crankS: number;
  readonly batteryAh: number;
  readonly seed: number;
  readonly tick: number;
}

/** Of a sealed lead-acid battery at rest: about 11.9 V empty, 12.75 V full. */
export const restVolts = (charge: number): number => 11.9 + 0.85 * charge;

const PARKED_A = 0.025;
const IGNITION_A = 9;
const RUNNING_A = 24;
const FAN_A = 14;
const OHMS = 0.021;
const RIPPLE_V = 0.035;

const steady = (supply: Supply, input: SupplyInput): { towards: number; tauS: number } => {
  const rest = restVolts(supply.charge);
  if (input.ignition === 'off') return { towards: rest - PARKED_A * OHMS, tauS: 25 };
  if (input.ignition === 'on') return { towards: rest - IGNITION_A * OHMS, tauS: 0.3 };
  if (input.ignition === 'cranking') {
    // Breaking the engine loose costs most; each compression after it costs less as the starter spins up.
    const cold = clamp((20 - input.ambientC) / 40, 0, 1);
    const amps = 105 + (55 + 60 * cold) * Math.exp(-input.crankS / 0.25);
    return { towards: rest - amps * OHMS * (0.85 + 0.3 * cold), tauS: 0.04 };
  }
  const regulated = 14.25 - 0.009 * (input.ambientC - 20);
  const idleDroop = 0.18 * clamp((1_000 - input.rpm) / 250, 0, 1) + (input.fanOn ? 0.12 : 0);
  return { towards: regulated - idleDroop, tauS: 0.5 };
};

const currentA = ({ ignition, fanOn }: SupplyInput, charge: number): number => {
  if (ignition === 'off') return -PARKED_A;
  if (ignition === 'on') return -IGNITION_A;
  if (ignition === 'cranking') return -150;
  return 22 * (1 - charge) + (fanOn ? -1 : 0);
};

export const stepSupply = (supply: Supply, input: SupplyInput, dtS: number): Supply => {
  const { towards, tauS } = steady(supply, input);
  const steadyVolts = lag(supply.steadyVolts, towards, dtS, tauS);
  const running = input.ignition === 'running';
  const ripple = RIPPLE_V * (running ? 1 : 0.15) * normalAt(input.seed, CHANNEL.ripple, input.tick);
  const amps = currentA(input, supply.charge);
  const charge = clamp(supply.charge + (amps * dtS) / 3600 / input.batteryAh, 0, 1);
  const loadA = RUNNING_A + (input.fanOn ? FAN_A : 0) + Math.max(0, amps);
  return { volts: steadyVolts + ripple, steadyVolts, charge, alternatorW: running ? loadA * steadyVolts : 0 };
};

/** Charged overnight. */
export const RESTED: Supply = {
  volts: restVolts(0.8),
  steadyVolts: restVolts(0.8),
  charge: 0.8,
  alternatorW: 0,
};

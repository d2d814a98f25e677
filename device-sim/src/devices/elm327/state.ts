import type { CanProtocol } from '../../car/bus.ts';
import { type CarModel, type CarState, newCar } from '../../car/car.ts';
import type { CarIdentity } from '../../car/identity.ts';
import type { FaultScript } from '../faults.ts';
import type { Profile } from './profile.ts';
import { DEFAULTS, type Settings } from './settings.ts';
import type { Command } from './wire.ts';

/** What does not change while a dongle is simulated. */
export interface DongleModel {
  readonly profile: Profile;
  readonly car: CarModel;
  readonly identity: CarIdentity;
  /** What the car's bus speaks. */
  readonly protocol: CanProtocol;
  readonly faults: FaultScript;
  /** Car time over dongle time. */
  readonly speedUp: number;
}

/** Bytes on their way out. */
export interface Output {
  readonly atMs: number;
  readonly bytes: Uint8Array;
  readonly what: 'echo' | 'line' | 'prompt';
}

/** What a byte that comes now would interrupt. */
export type Busy =
  /** With the bus, until the prompt. */
  | { readonly kind: 'request'; readonly untilMs: number; readonly found: CanProtocol | undefined }
  /** Starting up: bytes are lost. */
  | { readonly kind: 'reset'; readonly untilMs: number }
  /** Listening to a bus on which nothing is said unasked. */
  | { readonly kind: 'monitor' }
  /** Low power, until a byte comes. */
  | { readonly kind: 'asleep' };

/** What happened so far; every reply's chance hangs on these numbers, and people may read them. */
export interface DongleTally {
  readonly commands: number;
  readonly requests: number;
  /** Requests that a byte interrupted. */
  readonly stopped: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Bytes of commands that were lost: during a reset, beyond the line's or the queue's limit. */
  readonly bytesLost: number;
  /** Entries of the fault script that have begun. */
  readonly faults: number;
}

export interface DongleState {
  readonly nowMs: number;
  readonly car: CarState;
  readonly settings: Settings;
  /** The command line so far. */
  readonly line: Uint8Array;
  readonly lineSinceMs: number;
  /** A nudge came while nothing was under way: it is the first letter of the next command. */
  readonly nudged: boolean;
  readonly last: Command | undefined;
  /** By ascending time; at most `QUEUE_MAX`. */
  readonly queue: readonly Output[];
  readonly busy: Busy | undefined;
  /** When the last queued byte has left. */
  readonly freeAtMs: number;
  readonly tally: DongleTally;
}

/** Outputs that wait to be printed. A program that sends commands faster than they are answered loses them. */
export const QUEUE_MAX = 512;

/** An unfinished command is given up after this long (ELM327 data sheet). */
export const LINE_TIMEOUT_MS = 20_000;

const NOTHING = new Uint8Array(0);

/** Just plugged in, its car parked or driving as the plan has it. */
export const newDongle = (model: DongleModel): DongleState => ({
  nowMs: 0,
  car: newCar(model.car),
  settings: DEFAULTS,
  line: NOTHING,
  lineSinceMs: 0,
  nudged: false,
  last: undefined,
  queue: [],
  busy: undefined,
  freeAtMs: 0,
  tally: { commands: 0, requests: 0, stopped: 0, bytesIn: 0, bytesOut: 0, bytesLost: 0, faults: 0 },
});

/** Without power everything is forgotten but the car. */
export const powerCycled = (state: DongleState): DongleState => ({
  ...state,
  settings: DEFAULTS,
  line: NOTHING,
  nudged: false,
  last: undefined,
  queue: [],
  busy: undefined,
  freeAtMs: state.nowMs,
});

export const counted = (state: DongleState, change: Partial<DongleTally>): DongleState => {
  const tally = { ...state.tally } as Record<keyof DongleTally, number>;
  for (const [name, by] of Object.entries(change)) tally[name as keyof DongleTally] += by;
  return { ...state, tally };
};

import { type CarModel, type CarState, newCar } from '../../car/car.ts';
import type { CarIdentity } from '../../car/identity.ts';
import type { Ignition } from '../../car/supply.ts';
import type { FaultScript } from '../faults.ts';
import type { BusProtocol } from './bus-protocol.ts';
import { FACTORY, type Memory, parameterOf } from './memory.ts';
import type { Profile } from './profile.ts';
import { freshSettings, type Settings } from './settings.ts';
import type { Command } from './wire.ts';

/** What a dongle and its car are when the simulation begins. */
export interface DongleModel {
  readonly profile: Profile;
  readonly car: CarModel;
  readonly identity: CarIdentity;
  /** What the car's bus speaks. */
  readonly protocol: BusProtocol;
  readonly faults: FaultScript;
  /** Car time over dongle time. */
  readonly speedUp: number;
}

/** Bytes on their way out. */
export interface Output {
  readonly atMs: number;
  readonly bytes: Uint8Array;
  readonly what: 'echo' | 'line' | 'prompt';
  /** The rate that they leave with. */
  readonly baud: number;
}

/** What a byte that comes now would interrupt. */
export type Busy =
  /** With the bus, until the prompt. */
  | { readonly kind: 'request'; readonly untilMs: number; readonly after: AfterRequest }
  /** Starting up: bytes are lost. */
  | { readonly kind: 'reset'; readonly untilMs: number }
  /** A new serial rate waits for a carriage return; without one the old rate comes back. */
  | { readonly kind: 'baud-trial'; readonly untilMs: number; readonly before: number }
  /** Listening to what the car says by itself; `heard` counts each of its messages. */
  | { readonly kind: 'monitor'; readonly sinceMs: number; readonly heard: readonly number[] }
  /** Low power, until a byte comes or, with an STN chip, its rules say so. */
  | { readonly kind: 'asleep' }
  /** Dead until it is unplugged. */
  | { readonly kind: 'locked-up' };

/** What an exchange leaves behind once it is through. */
export interface AfterRequest {
  readonly found: BusProtocol | undefined;
  readonly awake: boolean;
  readonly rhythmMs: number;
  readonly answeredAtMs: number;
}

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
  /** Frames of answers that were lost, and that were printed twice, between car and program. */
  readonly framesLost: number;
  readonly framesDoubled: number;
  /** Orders of the control socket, and those of them that there was no room for. */
  readonly orders: number;
  readonly ordersRefused: number;
}

/** A parameter that says again what it said then. */
export interface Stuck {
  readonly pid: number;
  readonly car: CarState;
  readonly untilMs: number;
}

/** When an STN chip last slept, and what its rules count. */
export interface Sleep {
  readonly lastSleep: string;
  readonly lastWake: string;
  /** `STSLEEP 10`. */
  readonly atMs: number | undefined;
  readonly lowSinceMs: number | undefined;
  readonly highSinceMs: number | undefined;
  readonly heardAtMs: number;
}

export interface DongleState {
  readonly nowMs: number;
  /** As the model's, until somebody at the control socket wants another route. */
  readonly carModel: CarModel;
  readonly car: CarState;
  readonly settings: Settings;
  readonly memory: Memory;
  readonly baud: number;
  /** What the program at the other end uses; undefined: whatever the dongle does. */
  readonly lineBaud: number | undefined;
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
  readonly rhythmMs: number;
  /** When the last answer on the bus ended. */
  readonly answeredAtMs: number;
  /** The fault script with what was added while it runs; the first `tally.faults` entries have begun. */
  readonly script: FaultScript;
  /** Frames still to lose and to double, of the entries that count them. */
  readonly losing: number;
  readonly doubling: number;
  readonly stuck: readonly Stuck[];
  readonly sleep: Sleep;
  /** When supply and sleep rules were looked at last, and how the ignition was then. */
  readonly watched: { readonly atMs: number; readonly ignition: Ignition };
  readonly tally: DongleTally;
}

/** Outputs that wait to be printed. A program that sends commands faster than they are answered loses them. */
export const QUEUE_MAX = 512;

/** An unfinished command is given up after this long (ELM327 data sheet). */
export const LINE_TIMEOUT_MS = 20_000;

/** A frame may take its time before the chip has got used to a faster car. */
export const FIRST_RHYTHM_MS = 60;

const NOTHING = new Uint8Array(0);

const NO_SLEEP: Sleep = {
  lastSleep: 'NONE',
  lastWake: 'NONE',
  atMs: undefined,
  lowSinceMs: undefined,
  highSinceMs: undefined,
  heardAtMs: 0,
};

const NO_TALLY: DongleTally = {
  commands: 0,
  requests: 0,
  stopped: 0,
  bytesIn: 0,
  bytesOut: 0,
  bytesLost: 0,
  faults: 0,
  framesLost: 0,
  framesDoubled: 0,
  orders: 0,
  ordersRefused: 0,
};

/** The serial rate after a start: what was written, or programmable parameter 0C, or the maker's. */
export const startBaud = ({ profile }: DongleModel, memory: Memory): number => {
  if (memory.baud !== undefined) return memory.baud;
  const divisor = memory.parameters.get(0x0c)?.inForce === true ? parameterOf(memory, 0x0c) : 0;
  return divisor === 0 ? profile.baud : Math.round(4_000_000 / divisor);
};

/** Just plugged in, its car parked or driving as the plan has it. */
export const newDongle = (model: DongleModel): DongleState => ({
  nowMs: 0,
  carModel: model.car,
  car: newCar(model.car),
  settings: freshSettings(FACTORY),
  memory: FACTORY,
  baud: model.profile.baud,
  lineBaud: undefined,
  line: NOTHING,
  lineSinceMs: 0,
  nudged: false,
  last: undefined,
  queue: [],
  busy: undefined,
  freeAtMs: 0,
  rhythmMs: FIRST_RHYTHM_MS,
  answeredAtMs: Number.NEGATIVE_INFINITY,
  script: model.faults,
  losing: 0,
  doubling: 0,
  stuck: [],
  sleep: NO_SLEEP,
  watched: { atMs: 0, ignition: 'off' },
  tally: NO_TALLY,
});

/** As after a start: only memory and car are what they were. */
export const restarted = (model: DongleModel, state: DongleState): DongleState => ({
  ...state,
  settings: freshSettings(state.memory),
  baud: startBaud(model, state.memory),
  rhythmMs: FIRST_RHYTHM_MS,
});

/** Without power everything is forgotten but memory and car. */
export const powerCycled = (model: DongleModel, state: DongleState): DongleState => ({
  ...restarted(model, state),
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

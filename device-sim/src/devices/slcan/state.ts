import type { CanProtocol } from '../../car/bus.ts';
import { type CarModel, type CarState, newCar } from '../../car/car.ts';
import type { CodeMemory } from '../../car/codes.ts';
import type { CarIdentity } from '../../car/identity.ts';
import type { CanFrame, Reception, Sending } from './wire.ts';

/** What an SLCAN adapter and its car are when the simulation begins. */
export interface SlcanModel {
  readonly car: CarModel;
  readonly identity: CarIdentity;
  /** What the car's bus speaks. */
  readonly protocol: CanProtocol;
  /** Car time over adapter time. */
  readonly speedUp: number;
  /** What it remembers when the simulation begins. */
  readonly codes: CodeMemory;
  /** Whether the car says on its bus by itself how it is doing, as `CAR_DBC` describes it. */
  readonly broadcasts: boolean;
  /** N_Bs: how long a control unit waits for a flow control; ISO 15765-4 wants 75 ms. */
  readonly flowTimeoutMs: number;
}

/** One control unit's end of its long messages. */
export interface UnitLink {
  readonly reception: Reception | undefined;
  readonly sending: Sending | undefined;
}

/** A frame on its way onto the bus. */
export interface Waiting {
  readonly atMs: number;
  /** Index of the control unit. */
  readonly unit: number;
  readonly frame: CanFrame;
}

/** An answer that a control unit still thinks about. */
export interface Thinking {
  readonly atMs: number;
  readonly unit: number;
  readonly payload: Uint8Array;
}

/** What happened so far. */
export interface SlcanTally {
  readonly commands: number;
  /** Commands that were answered with BEL. */
  readonly refused: number;
  /** Requests that control units heard, and answers that they gave up for want of a flow control. */
  readonly requests: number;
  readonly givenUp: number;
  readonly framesIn: number;
  readonly framesOut: number;
  readonly broadcasts: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly bytesLost: number;
}

export interface SlcanState {
  readonly nowMs: number;
  readonly car: CarState;
  /** The command line so far. */
  readonly line: Uint8Array;
  readonly open: 'normal' | 'listen' | undefined;
  /** Digit of `S`. */
  readonly rate: number | undefined;
  readonly timestamps: boolean;
  /** Frames were on the bus, or sent, that could not be read at this rate or that nobody acknowledged. */
  readonly busError: boolean;
  readonly units: readonly UnitLink[];
  readonly thinking: readonly Thinking[];
  readonly waiting: readonly Waiting[];
  /** When the last frame has left the bus. */
  readonly busFreeAtMs: number;
  /** Broadcasts so far, by the message's place in the list. */
  readonly broadcastDue: readonly number[];
  readonly tally: SlcanTally;
}

const NOTHING = new Uint8Array(0);

/** Frames that wait for the bus; a unit that says more loses it. */
export const WAITING_MAX = 2_048;

export const newSlcan = (model: SlcanModel, units: number, broadcasts: number): SlcanState => ({
  nowMs: 0,
  car: { ...newCar(model.car), codes: model.codes },
  line: NOTHING,
  open: undefined,
  rate: undefined,
  timestamps: false,
  busError: false,
  units: Array.from({ length: units }, () => ({ reception: undefined, sending: undefined })),
  thinking: [],
  waiting: [],
  busFreeAtMs: 0,
  broadcastDue: Array.from({ length: broadcasts }, () => 0),
  tally: {
    commands: 0,
    refused: 0,
    requests: 0,
    givenUp: 0,
    framesIn: 0,
    framesOut: 0,
    broadcasts: 0,
    bytesIn: 0,
    bytesOut: 0,
    bytesLost: 0,
  },
});

export const counted = (state: SlcanState, change: Partial<SlcanTally>): SlcanState => {
  const tally = { ...state.tally } as Record<keyof SlcanTally, number>;
  for (const [name, by] of Object.entries(change)) tally[name as keyof SlcanTally] += by;
  return { ...state, tally };
};

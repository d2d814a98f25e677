import type { Fault, MonoNs, OrderId, OrderOutcome, Origin } from '@outpost/schemas/words';
import type { Fate, Happening, Said } from '../../session.ts';
import type { Board } from './board.ts';
import { UNKNOWN_BOARD } from './board.ts';
import type { HostMessage } from './message.ts';
import type { FirmataOptions } from './options.ts';
import { type ChipState, idleChips } from './state-chip.ts';

/** What johnny-five turns into messages of the wire. */
export type OutputCommand =
  /** Learns the board, and drives each output that it has, by name, to its safe value. */
  | {
      readonly kind: 'attach';
      readonly frames: Board['frames'];
      readonly outputs: readonly string[];
      /** Pins of inputs with a pull-up. */
      readonly pullups: readonly number[];
    }
  | { readonly kind: 'drive'; readonly output: string; readonly value: number };

export type Command = HostMessage | OutputCommand;

/** `version`: somebody shall answer at all; `board`: it shall say what it can do. */
export type Phase = 'version' | 'board' | 'ready';

/** An order that the board has been given and has not confirmed. */
export interface PendingOrder {
  readonly id: OrderId;
  readonly output: string;
  readonly pin: number;
  readonly value: number;
  readonly until: MonoNs;
}

export interface Counts {
  readonly readings: number;
  readonly orders: number;
  /** Times that the board began anew while it was connected. */
  readonly restarts: number;
}

export interface State {
  readonly phase: Phase;
  /** The address leaves the rate of the line to us. */
  readonly findsBaud: boolean;
  /** A simulated board says so. */
  readonly origin: Origin;
  readonly board: Board;
  /** When it was asked last in this phase, and how often. */
  readonly askedAt: MonoNs | undefined;
  readonly asks: number;
  readonly heardAt: MonoNs | undefined;
  readonly pingedAt: MonoNs | undefined;
  /** What the board cannot do of what is configured. */
  readonly problems: ReadonlyMap<string, string>;
  /** Levels said last, by pin. */
  readonly levels: ReadonlyMap<number, boolean>;
  /** Ports that were asked for their levels, and when all are asked next. */
  readonly askedPorts: ReadonlySet<number>;
  readonly digitalAt: MonoNs | undefined;
  readonly chips: readonly ChipState[];
  readonly pending: readonly PendingOrder[];
  /** What outputs hold as the board has confirmed it, by name. */
  readonly values: ReadonlyMap<string, number>;
  readonly restarting: OrderId | undefined;
  /** Whether status lights are on, and since when. */
  readonly beat: { readonly on: boolean; readonly at: MonoNs } | undefined;
  readonly identitySaid: boolean;
  readonly counts: Counts;
  readonly reportedAt: MonoNs | undefined;
}

export const initialState = (options: FirmataOptions): State => ({
  phase: 'version',
  findsBaud: false,
  origin: 'live',
  board: UNKNOWN_BOARD,
  askedAt: undefined,
  asks: 0,
  heardAt: undefined,
  pingedAt: undefined,
  problems: new Map(),
  levels: new Map(),
  askedPorts: new Set(),
  digitalAt: undefined,
  chips: idleChips(options.climate.length),
  pending: [],
  values: new Map(),
  restarting: undefined,
  beat: undefined,
  identitySaid: false,
  counts: { readings: 0, orders: 0, restarts: 0 },
  reportedAt: undefined,
});

/** One step while it is made. */
export interface Turn {
  readonly options: FirmataOptions;
  readonly now: MonoNs;
  state: State;
  readonly commands: Command[];
  readonly said: Said[];
  readonly fates: Fate[];
  readonly outcomes: OrderOutcome[];
  readonly happenings: Happening[];
  baud: number | undefined;
  reopen: Fault | undefined;
}

export const newTurn = (state: State, options: FirmataOptions, now: MonoNs): Turn => ({
  options,
  now,
  state,
  commands: [],
  said: [],
  fates: [],
  outcomes: [],
  happenings: [],
  baud: undefined,
  reopen: undefined,
});

export const change = (turn: Turn, part: Partial<State>): void => {
  turn.state = { ...turn.state, ...part };
};

export const count = (turn: Turn, what: keyof Counts, times = 1): void => {
  const { counts } = turn.state;
  change(turn, { counts: { ...counts, [what]: counts[what] + times } });
};

export const drop = (turn: Turn, reason: string): void => {
  turn.fates.push({ kind: 'dropped', reason });
};

export const control = (turn: Turn): void => {
  turn.fates.push({ kind: 'control' });
};

import type { Body, Fault, MonoNs, Order, OrderOutcome, Origin, WallNs } from '@outpost/schemas/words';
import type { LineRate, Peer } from './port.ts';

/** What a dialogue can be told. Every item of a frame arrives as one `event` or one `malformed`. */
export type Input<Event> =
  /** `rate` where the port is a serial line. */
  | { readonly kind: 'opened'; readonly rate?: LineRate }
  | {
      readonly kind: 'event';
      readonly event: Event;
      readonly raw: Uint8Array;
      /** Who sent it, where the port knows. */
      readonly peer?: Peer;
      /** A broker had stored it: shown to the owner as last known, never said. */
      readonly retained?: true;
      /** When it arrived, of an item that asks for the time, where the box's clock is synchronised. */
      readonly utc?: WallNs;
    }
  | { readonly kind: 'malformed'; readonly fault: Fault; readonly raw: Uint8Array; readonly peer?: Peer }
  /** `silenceAfterMs` of the last step passed without another input. */
  | { readonly kind: 'silence' };

/** How one item ended. Exactly one for each, though a later step may be the one to say it. */
export type Fate =
  | { readonly kind: 'observed' }
  /** It served the dialogue itself: a prompt, an OK, an echo. */
  | { readonly kind: 'control' }
  | { readonly kind: 'quarantined'; readonly fault: Fault; readonly raw: Uint8Array }
  /** A frame that is fine and not wanted, by a stable reason: `unsolicited`, `not-monitored`. */
  | { readonly kind: 'dropped'; readonly reason: string };

/** A body and the exact bytes that say so. */
export interface Said {
  readonly body: Body;
  readonly raw: Uint8Array;
  readonly origin: Origin;
}

/** Something that is no reading and that the owner should know: a stranger spoke, a radio went deaf. */
export interface Happening {
  /** Short and stable: `stranger`, `address-changed`, `radio-deaf`. */
  readonly what: string;
  readonly words: string;
}

/** What an owner is told about a device, in words, and what a script may read. */
export interface DeviceStatus {
  /** One short state: `probing`, `polling`, `car-absent`. */
  readonly phase: string;
  /** One sentence, with what to do where there is something to do. */
  readonly words: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** What the device can do and how fast it is, where the dialogue has found that out. */
  readonly report?: DeviceReport;
  /** For the next connection and the next run of the program, which get it back; set where it changed. */
  readonly keep?: string;
}

/** What an earlier connection asked to be kept. */
export interface Remembered {
  readonly text: string;
  /** How long ago; 0 where that is not known. */
  readonly agedMs: number;
}

/** For scripts: nothing in it is a sentence. */
export interface DeviceReport {
  /** By the name of a feature, what was found when it was tried: `works`, `ignored`, `refused`, `untried`. */
  readonly features: Readonly<Record<string, string>>;
  /** How often each signal comes and how often it was wanted, per second. */
  readonly rates: readonly SignalRate[];
}

export interface SignalRate {
  readonly signal: string;
  readonly perSecond: number;
  readonly wantedPerSecond: number;
}

export interface Step<State, Command> {
  readonly state: State;
  /** The serial line changes to this rate before anything is sent. */
  readonly baud?: number;
  /** Sent now, in order. */
  readonly commands: readonly Command[];
  readonly said: readonly Said[];
  /**
   * Of this input and of earlier ones that were still undecided, the oldest first: where somebody waits for an answer
   * to what he sent, the n-th fate is taken for that of the n-th undecided item.
   */
  readonly fates: readonly Fate[];
  /** What the device is owed once `said` is on the disk, in order. */
  readonly whenKept: readonly Command[];
  /** Step again with `silence` when nothing else came for this long. Undefined: wait for ever. */
  readonly silenceAfterMs: number | undefined;
  /** How orders ended. */
  readonly outcomes?: readonly OrderOutcome[];
  /** What the owner should hear of at once, and what is journalled: each is one sentence. */
  readonly happenings?: readonly Happening[];
  /** Set when the state in words changed. */
  readonly status?: DeviceStatus;
  /** Close the port and open it anew: the other end makes no sense any more. */
  readonly reopen?: Fault;
}

/** A device dialogue as a pure function: no I/O, no clock but `now`, no randomness. */
export interface Session<State, Command, Event> {
  readonly initial: State;
  step(state: State, input: Input<Event>, now: MonoNs): Step<State, Command>;
  /**
   * What the owner or a network wants of the device, answered once, by an outcome of this step or of a later one.
   * There where the adapter `takes` any.
   */
  order?(state: State, order: Order, now: MonoNs): Step<State, Command>;
}

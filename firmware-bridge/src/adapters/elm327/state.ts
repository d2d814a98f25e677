import type { Fault, MonoNs, Origin } from '@outpost/schemas/words';
import type { Command } from './command.ts';
import type { Event } from './event.ts';
import type { Padding } from './isotp.ts';
import type { Learner } from './shape.ts';

/** One item from the wire that waits for its fate. */
export interface Heard {
  readonly raw: Uint8Array;
  /** Undefined where the item was malformed; `fault` then says how. */
  readonly event: Event | undefined;
  readonly fault: Fault | undefined;
}

/** A command that expects a reply up to the prompt. */
export interface Question {
  readonly command: Command;
  readonly timeoutMs: number;
  /** Which row of the schedule asks; -1 where no schedule does. */
  readonly row: number;
}

/** Everything between a question and its prompt, or the fact that none came. */
export interface Reply {
  readonly question: Question;
  readonly lines: readonly Heard[];
  readonly silent: boolean;
}

/** Exactly one command is ever under way: any byte sent before the prompt would interrupt it. */
export type Link =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'asked';
      readonly question: Question;
      readonly deadline: MonoNs;
      readonly lines: readonly Heard[];
    }
  /** Looking for the prompt: interrupt what runs, ask for a sign of life, wait until nothing more comes. */
  | {
      readonly kind: 'syncing';
      readonly stage: 'interrupt' | 'ask' | 'drain';
      readonly tries: number;
      readonly deadline: MonoNs;
      readonly heard: number;
      /** Told to the phase once the prompt is found. */
      readonly unanswered: Question | undefined;
    };

/** A command of the setup, or a capability that it shows. */
export type Capabilities = Readonly<Record<string, boolean>>;

export type Phase =
  | {
      readonly kind: 'setup';
      readonly step: number;
      readonly tries: number;
      /** Names the chip gave itself, whose fate waits for the last of them. */
      readonly names: readonly Heard[];
    }
  /** Looking for the bus: `stage` is what is asked next of the candidate. */
  | {
      readonly kind: 'connect';
      readonly candidates: readonly string[];
      readonly stage: 'select' | 'try' | 'name';
      readonly tries: number;
    }
  | {
      readonly kind: 'discover';
      /** Service and bitmap now asked for. */
      readonly service: 0x01 | 0x09;
      readonly base: number;
      /** Of the last reply to this bitmap; two in a row must agree. */
      readonly last: string | undefined;
      readonly tries: number;
      /** So that one broken bitmap costs one try again. */
      readonly found: readonly EcuBitmap[];
    }
  | {
      readonly kind: 'poll';
      readonly rows: readonly Row[];
      /** Requests in a row that nobody answered. */
      readonly quiet: number;
      /** Bus errors in a row. */
      readonly busErrors: number;
    }
  | {
      readonly kind: 'absent';
      readonly since: MonoNs;
      readonly voltageDue: MonoNs;
      readonly probeDue: MonoNs;
      readonly lastMillivolts: number | undefined;
    };

export interface EcuBitmap {
  readonly service: number;
  readonly ecu: number;
  readonly padding: Padding | undefined;
  readonly parameters: readonly number[];
}

/** One control unit as discovery found it. */
export interface Ecu {
  readonly address: number;
  readonly padding: Padding | undefined;
  readonly pids: ReadonlySet<number>;
  readonly infoTypes: ReadonlySet<number>;
}

/** One thing that is asked for again and again. */
export interface Row {
  /** Undefined asks the dongle for its voltage. */
  readonly request: Uint8Array | undefined;
  readonly everyMs: number;
  readonly due: MonoNs;
  /** How long it was to wait when it was scheduled last; lateness is measured in it. */
  readonly waitMs: number;
  /** Replies without an answer, in a row. */
  readonly misses: number;
  /** Replies in a row that had to be asked for again: damaged, or not yet believed. */
  readonly doubts: number;
  readonly learner: Learner;
  /** What the last reply listed, until a second one has said the same. */
  readonly unconfirmed: string | undefined;
  /** Lines of the last believed replies and how many in a row had that many. */
  readonly lines: number;
  readonly sameLines: number;
  /** Refused for good: asked no more. */
  readonly retired: boolean;
}

/** What one control unit gave as its vehicle's identification number. */
export interface VinSeen {
  readonly vin: string;
  /** Answers in a row that agreed. */
  readonly agreed: number;
}

export interface Facts {
  readonly origin: Origin;
  readonly adapter: string | undefined;
  readonly capabilities: Capabilities;
  /** Number of the protocol in use, as the chip gives it. */
  readonly protocol: string | undefined;
  /** A protocol that the chip found and that is not read here. */
  readonly foreignProtocol: string | undefined;
  readonly ecus: readonly Ecu[];
  /** Per control unit the PIDs that it sends in a scale of its own, which the table would decode wrongly. */
  readonly rescaled: ReadonlyMap<number, ReadonlySet<number>>;
  readonly vins: ReadonlyMap<number, VinSeen>;
  /** Two different answers were given and three in a row have not agreed since. */
  readonly vinChanging: boolean;
  readonly millivolts: number | undefined;
  /** Whether the digit that ends a reply early is understood. */
  readonly lineCount: 'untried' | 'works' | 'refused';
  /** No request to the car before this. */
  readonly nextRequestAt: MonoNs;
  /** Failed looks for the car since it was last there. */
  readonly probes: number;
}

/** Counts since the port was opened, for the status. */
export interface Counts {
  readonly requests: number;
  readonly answered: number;
  readonly unanswered: number;
  readonly negative: number;
  readonly damaged: number;
  readonly untrusted: number;
  readonly busErrors: number;
  readonly syncs: number;
  readonly resets: number;
  /** Replies without sense in a row; a reply that makes sense sets it to 0. */
  readonly strikes: number;
  /** Resets since the last time that a car was read. */
  readonly resetsInSetup: number;
  /** The latest reason for which something was not believed, in words. */
  readonly lastTrouble: string | undefined;
}

export interface State {
  readonly link: Link;
  readonly phase: Phase;
  readonly facts: Facts;
  readonly counts: Counts;
  readonly reported: Reported | undefined;
}

/** The status that was told last, and what was counted then. */
export interface Reported {
  readonly phase: string;
  readonly words: string;
  readonly at: MonoNs;
  readonly requests: number;
}

import type { Fault, MonoNs } from '@outpost/schemas/words';
import type { Assembled } from '../../can/isotp.ts';
import type { Reception } from '../../can/isotp-receive.ts';
import type { IdBits } from '../../obd/can-frame.ts';
import type { Discover } from '../../obd/discover.ts';
import type { Transport } from '../../obd/j1939-transport.ts';
import type { Poll } from '../../obd/poll.ts';
import type { Carrier, Question } from '../../obd/question.ts';
import type { CarFacts, Counts } from '../../obd/turn.ts';
import type { Command } from './command.ts';
import type { BusState, Event } from './event.ts';

/** One item from the wire that waits for its fate. */
export interface Heard extends Carrier {
  /** Undefined where the item was malformed; `fault` then says how. */
  readonly event: Event | undefined;
}

/** A question to the car under way: ISO-TP is done here, and not in the adapter. */
export interface Asked {
  readonly question: Question;
  /** Until then a control unit may begin to answer. */
  readonly deadline: MonoNs;
  /** The adapter has said that it took the request. */
  readonly taken: boolean;
  /** Frames that belong to the reply, in the order of arrival, without a fate so far. */
  readonly frames: readonly Heard[];
  /** Long answers under way, by the identifier that they come from. */
  readonly receptions: ReadonlyMap<number, Reception<Heard>>;
  readonly assembled: ReadonlyMap<number, readonly Assembled<Heard>[]>;
  /** Control units that asked for patience (7F xx 78) and have not answered since. */
  readonly pending: ReadonlySet<number>;
  readonly patience: number;
  /** Why nothing of the reply can be believed. */
  readonly fault: Fault | undefined;
}

/** What was heard of a bus that was only listened to. */
export interface Traffic {
  readonly frames: number;
  /** Without stuffing. */
  readonly bits: number;
  readonly ms: number;
}

export type Link =
  | { readonly kind: 'idle' }
  /** The adapter itself was told something. */
  | { readonly kind: 'told'; readonly command: Command; readonly deadline: MonoNs }
  | { readonly kind: 'asked'; readonly asked: Asked }
  | { readonly kind: 'listening'; readonly since: MonoNs; readonly until: MonoNs; readonly traffic: Traffic };

/** Looking for the bus. A stage is what is done next; `rates` begins with the one that is tried. */
export interface Connect {
  readonly kind: 'connect';
  readonly stage: 'close' | 'rate' | 'listen' | 'hear' | 'flags' | 'leave' | 'set' | 'open' | 'ask';
  /** Digits of `S`. */
  readonly rates: readonly number[];
  /** Widths of identifiers to ask with at this rate. */
  readonly widths: readonly IdBits[];
  readonly everyWidth: readonly IdBits[];
  readonly tries: number;
  readonly traffic: Traffic | undefined;
}

/** The adapter listens without a word, so that the bus says by itself when the car wakes up. */
export interface Absent {
  readonly kind: 'absent';
  readonly stage: 'close' | 'rate' | 'listen' | 'watch';
  readonly probeDue: MonoNs;
  /** When the bus was heard last; silence before a frame is what makes it a sign. */
  readonly heardAt: MonoNs;
  readonly woke: boolean;
}

/** Reading what is on the bus by itself, described by a DBC file or by SAE J1939. */
export interface Broadcast {
  readonly kind: 'broadcast';
  readonly heardAt: MonoNs;
  /** By signal: no reading of it before. */
  readonly due: ReadonlyMap<number, MonoNs>;
  /** The same for what J1939 says, by what it is and who says it. */
  readonly spoken: ReadonlyMap<string, MonoNs>;
  /** Messages of several packets that are under way. */
  readonly transport: Transport;
}

export type Phase =
  | { readonly kind: 'setup'; readonly step: number; readonly tries: number }
  | Connect
  | Discover
  | Poll
  | Absent
  | Broadcast
  /** Nothing is on the bus; it is listened to again after this. */
  | { readonly kind: 'quiet'; readonly until: MonoNs };

/** What is known about the adapter on this connection. */
export interface Facts {
  readonly version: string | undefined;
  readonly serial: string | undefined;
  /** Whether it can listen without a word; undefined until it was tried. */
  readonly listens: boolean | undefined;
  /** Digit of `S` and width of identifiers on which the car answered. */
  readonly rate: number | undefined;
  readonly idBits: IdBits | undefined;
  readonly busState: BusState | undefined;
  readonly traffic: Traffic | undefined;
  /** Failed looks for the car since it was last there. */
  readonly probes: number;
  /** Commands in a row after which nothing at all was heard. */
  readonly unheard: number;
  /** Replies without sense in a row; a reply that makes sense sets it to 0. */
  readonly strikes: number;
}

export interface State {
  readonly link: Link;
  readonly phase: Phase;
  readonly facts: Facts;
  readonly car: CarFacts;
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

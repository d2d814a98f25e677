import type { MonoNs } from '@outpost/schemas/words';
import type { Discover } from '../../obd/discover.ts';
import type { Poll } from '../../obd/poll.ts';
import type { Carrier, Question } from '../../obd/question.ts';
import type { CarFacts, Counts } from '../../obd/turn.ts';
import type { LineRate } from '../../port.ts';
import type { Power } from '../../power/index.ts';
import type { Command } from './command.ts';
import type { Event } from './event.ts';
import type { Tuning } from './tune.ts';
import type { Aiming } from './uds-aim.ts';

/** One item from the wire that waits for its fate. */
export interface Heard extends Carrier {
  /** Undefined where the item was malformed; `fault` then says how. */
  readonly event: Event | undefined;
}

/** A command that expects a reply up to the prompt. */
export interface Asked {
  readonly command: Command;
  readonly timeoutMs: number;
  /** What the car is asked with it; undefined where only the dongle is. */
  readonly question: Question | undefined;
  /** Which row of the schedule asks the dongle itself; -1 where none does. */
  readonly row: number;
}

/** Everything between a command and its prompt, or the fact that none came. */
export interface Printed {
  readonly asked: Asked;
  readonly lines: readonly Heard[];
  readonly silent: boolean;
  /** From the command to its first line, and from its last line to the prompt. */
  readonly firstMs: number;
  readonly tailMs: number;
}

/** Exactly one command is ever under way: any byte sent before the prompt would interrupt it. */
export type Link =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'asked';
      readonly asked: Asked;
      readonly deadline: MonoNs;
      readonly at: MonoNs;
      /** When its first and its last line came. */
      readonly firstAt: MonoNs | undefined;
      readonly lastAt: MonoNs | undefined;
      readonly lines: readonly Heard[];
    }
  /** Looking for the rate of the serial line: the first of the candidates is being tried. */
  | {
      readonly kind: 'finding';
      readonly candidates: readonly number[];
      readonly deadline: MonoNs;
      /** Something that a chip says has come, and something that no chip says. */
      readonly sane: boolean;
      readonly spoilt: boolean;
      /** Tried a second time, because rubbish from the rate before may have stuck to the first answer. */
      readonly again: boolean;
    }
  /** Going over to a faster line. */
  | {
      readonly kind: 'raising';
      readonly stage: 'asked' | 'switched' | 'confirmed';
      readonly from: LineRate;
      readonly to: number;
      readonly deadline: MonoNs;
    }
  /** Looking for the prompt: interrupt what runs, ask for a sign of life, wait until nothing more comes. */
  | {
      readonly kind: 'syncing';
      readonly stage: 'interrupt' | 'ask' | 'prove' | 'drain';
      readonly tries: number;
      readonly deadline: MonoNs;
      readonly since: MonoNs;
      readonly heard: number;
      /** The chip has told its name as it did when it was set up; true where it never told one. */
      readonly proved: boolean;
      /** Told to the phase once the prompt is found. */
      readonly unanswered: Asked | undefined;
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
      readonly name: string | undefined;
      /** Steps whose replies were neither yes nor no. */
      readonly unclear: number;
    }
  /** Looking for the bus: `stage` is what is asked next of the candidate. */
  | {
      readonly kind: 'connect';
      readonly candidates: readonly string[];
      readonly stage: 'select' | 'try' | 'name';
      readonly tries: number;
      /** Until then a car that was just there is given time to speak again, before it is looked for everywhere. */
      readonly patienceUntil: MonoNs | undefined;
      /** Nothing is asked before this. */
      readonly pauseUntil: MonoNs | undefined;
      /** It answers as the car did that was read before: what it offers is known. */
      readonly known: boolean;
    }
  | Discover
  | Poll
  /** The car is left alone, or away: only the dongle is spoken to. */
  | {
      readonly kind: 'absent';
      readonly voltageAskedAt: MonoNs | undefined;
      /** The voltage that was told last. */
      readonly told: { readonly millivolts: number; readonly at: MonoNs } | undefined;
    };

/** What is known about the dongle on this connection. */
export interface Facts {
  readonly adapter: string | undefined;
  /** Exactly what the chip answers to `ATI`, known once a whole setup made sense. */
  readonly name: string | undefined;
  readonly capabilities: Capabilities;
  /** Number of the protocol in use, as the chip gives it. */
  readonly protocol: string | undefined;
  /** A protocol that the chip found and that is not read here. */
  readonly foreignProtocol: string | undefined;
  readonly millivolts: number | undefined;
  /** To whom the chip is set to speak. */
  readonly aiming: Aiming;
  /** Whether the digit that ends a reply early is understood. */
  readonly lineCount: 'untried' | 'doubted' | 'works' | 'refused';
  readonly tuning: Tuning;
  /** Of the serial line; undefined where there is none. */
  readonly rate: LineRate | undefined;
  readonly raise: 'untried' | 'works' | 'refused' | 'failed';
  /** Failed looks for the car since it was last there. */
  readonly probes: number;
}

/** Counts of the dongle's own troubles since the port was opened, for the status. */
export interface Upsets {
  readonly syncs: number;
  readonly resets: number;
  /** Replies without sense in a row; a reply that makes sense sets it to 0. */
  readonly strikes: number;
  /** Resets since the last time that a car was read. */
  readonly resetsInSetup: number;
}

export interface State {
  readonly link: Link;
  readonly phase: Phase;
  readonly facts: Facts;
  readonly upsets: Upsets;
  readonly car: CarFacts;
  readonly counts: Counts;
  readonly power: Power;
  readonly reported: Reported | undefined;
}

/** The status that was told last, and what was counted then. */
export interface Reported {
  readonly phase: string;
  readonly words: string;
  readonly at: MonoNs;
  /** When it was last looked at whether there is something new to tell. */
  readonly lookedAt: MonoNs;
  readonly requests: number;
  /** What of the power was told to be kept: changes of it are told again. */
  readonly kept: string;
}

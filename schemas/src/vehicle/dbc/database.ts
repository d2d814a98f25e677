import type { Formula, Ratio } from '../formula.ts';

/** Why a message or a signal cannot be used, though the file can be read: one sentence, and its line. */
export interface Flaw {
  readonly line: number;
  readonly words: string;
}

/** When a signal that shares its place with others is in a frame. */
export interface Multiplexed {
  /** Name of the signal of the same message that says which of them it is. */
  readonly by: string;
  /** Raw values of that signal, both ends included. */
  readonly ranges: readonly { readonly from: bigint; readonly to: bigint }[];
}

/** Smallest and largest value in the signal's unit, both included. Undefined: not stated, or too long to be exact. */
export interface Limits {
  readonly min: Ratio | undefined;
  readonly max: Ratio | undefined;
}

/** One `SG_` of a message. */
export interface DbcSignal {
  readonly name: string;
  readonly formula: Formula;
  readonly limits: Limits;
  /** As the author wrote it; empty where there is none. */
  readonly unit: string;
  /** It says which of the multiplexed signals are there. */
  readonly multiplexor: boolean;
  readonly multiplexed: Multiplexed | undefined;
  /** What single raw values mean, from `VAL_`. */
  readonly labels: ReadonlyMap<bigint, string>;
  /** Published files are full of slips; one of them takes its own signal out and no other. */
  readonly flaw: Flaw | undefined;
}

/** One `BO_`. */
export interface DbcMessage {
  readonly name: string;
  /** CAN identifier: 11 bits, or 29 where `extended`. */
  readonly id: number;
  readonly extended: boolean;
  /** Data bytes of its frames; more than 8 only on buses with CAN FD. */
  readonly bytes: number;
  readonly signals: readonly DbcSignal[];
  readonly flaw: Flaw | undefined;
}

/** What a DBC file describes. */
export interface Database {
  /** By `messageKey`. */
  readonly messages: ReadonlyMap<number, DbcMessage>;
}

const EXTENDED = 2 ** 31;

/** The number by which a DBC file knows an identifier: bit 31 marks the 29-bit ones. */
export const messageKey = (id: number, extended: boolean): number => (extended ? id + EXTENDED : id);

/** Maximums of one file. Beyond them it is refused: the largest in public hold about a third of this. */
export const DBC_TEXT_MAX_CHARACTERS: number = 8 * 1024 * 1024;
export const DBC_MESSAGES_MAX = 4_096;
export const DBC_SIGNALS_MAX = 65_536;
export const DBC_SIGNALS_OF_MESSAGE_MAX = 1_024;
export const DBC_LABELS_MAX = 262_144;

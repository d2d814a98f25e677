import type { Fault } from '@outpost/schemas/words';
import type { Padding } from '../can/isotp.ts';

/** One control unit by its own address, instead of all that are emission-related. */
export interface Target {
  /** Identifier of the request and of its answers. */
  readonly to: number;
  readonly from: number;
  /** How it may send long answers; undefined is all at once. */
  readonly flowControl?: { readonly blockSize: number; readonly separationMs: number };
}

/** One thing to ask the car. Whoever carries it knows the bus and the device; nothing here does. */
export interface Question {
  /** Service and parameters (SAE J1979, ISO 14229-1), without length or other framing. */
  readonly request: Uint8Array;
  /** Undefined asks everybody (7DF, 18DB33F1). */
  readonly target: Target | undefined;
  /** After so many frames the reply is complete; undefined where that is not known. Only a hint. */
  readonly frames: number | undefined;
  /** Whose question it is; comes back with the reply. */
  readonly row: number;
  /** Other rows that are asked for in the same request. */
  readonly also?: readonly number[];
  /** The control unit asked for patience before: wait as long as the device can. */
  readonly patient?: boolean;
}

/** One item of the device's own language: a line, a frame. It waits for its fate. */
export interface Carrier {
  readonly raw: Uint8Array;
  /** Why it is malformed; undefined where it is not. */
  readonly fault: Fault | undefined;
}

/** One control unit's positive answer to exactly the request. */
export interface EcuAnswer {
  /** Identifier that it answers from. */
  readonly ecu: number;
  /** Service and parameters, put together from its frames. */
  readonly payload: Uint8Array;
  /** How its last frame was filled up; undefined where the bus has no such thing. */
  readonly padding: Padding | undefined;
  /** What carried it, in the order of arrival, without a fate so far. */
  readonly carriers: readonly Carrier[];
}

/** How a reply ended, as far as the conversation with the car is concerned. */
export type Verdict =
  | 'answered'
  /** Every control unit that spoke said no, or not yet. */
  | 'negative'
  | 'unanswered'
  /** The device does not know how to ask this. */
  | 'unsupported'
  /** There is no bus, or nobody on it. */
  | 'absent'
  /** The bus does not work. */
  | 'bus'
  /** Something in it is broken, or it answers another question: nothing of it is believed. */
  | 'damaged'
  /** It never came to its end. */
  | 'late';

/** Everything that came back for a question. All carriers but those of `answers` have their fates already. */
export interface Reply {
  readonly verdict: Verdict;
  /** By ascending address; empty unless `answered`. */
  readonly answers: readonly EcuAnswer[];
  /** Control units that said no for good, by the code of ISO 14229-1. */
  readonly refusals: ReadonlyMap<number, number>;
  /** The first reason for `damaged`. */
  readonly fault: Fault | undefined;
}

const NO_REFUSALS: ReadonlyMap<number, number> = new Map();

/** A reply without answers. */
export const emptyReply = (verdict: Exclude<Verdict, 'answered'>, fault?: Fault): Reply => ({
  verdict,
  answers: [],
  refusals: NO_REFUSALS,
  fault,
});

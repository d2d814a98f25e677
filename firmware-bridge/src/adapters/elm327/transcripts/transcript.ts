import type { Elm327Options } from '../options.ts';

/** One situation: what differs from a good dongle at a good car, and what must come of it. */
export interface Transcript {
  readonly name: string;
  readonly replies: Readonly<Record<string, string | readonly string[]>>;
  readonly options?: Partial<Elm327Options>;
  /** Simulated time; 20 s where it is left out. */
  readonly ms?: number;
  /** Bodies that must be said: `signal=mantissa@unit`, `vin=…@unit`, `stored=P0104,…@unit`. */
  readonly says?: readonly string[];
  readonly neverSays?: readonly string[];
  /** Codes of everything that is kept aside, and no others; none where it is left out. */
  readonly faults?: readonly string[];
  /** Reasons of everything that is dropped beyond what the set-up always drops. */
  readonly drops?: readonly string[];
  /** Of the last status; `polling` where it is left out. */
  readonly phase?: string;
  /** Words that one of the statuses must contain. */
  readonly words?: string;
  /** How often a command is sent: at least, at most. */
  readonly sends?: Readonly<Record<string, readonly [number, number]>>;
  readonly reopen?: string;
}

/** What the car of these transcripts says when it is asked for its engine speed, 1,726 rpm. */
export const RPM = '2=172600@7E8';

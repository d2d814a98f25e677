import type { Place } from '../../privacy/index.ts';
import type { TimeTrust, WallNs } from '../../words/index.ts';
import type { Rate } from '../rate.ts';
import type { RegionPlan } from '../region/index.ts';

/** One frame as one gateway says that it heard it. */
export interface Reception {
  /** EUI of the gateway, 16 lower-case hex digits. */
  readonly gateway: string;
  /** PHYPayload as received. */
  readonly phy: Uint8Array;
  readonly frequencyHz: number;
  readonly rate: Rate;
  readonly rssiDbm: number;
  /** Undefined where the radio does not tell (FSK, some modules). */
  readonly snrDb: number | undefined;
  /** Concentrator counter in µs at the frame's end, modulo 2^32; undefined where there is none (serial modules). */
  readonly tmst: number | undefined;
  /** The frame's end on the wall clock, and how far that is to be believed. */
  readonly wall: WallNs;
  readonly trust: TimeTrust;
  /** Largest error of `wall` in µs, where better known than by its trust (fine timestamps). */
  readonly timeErrorUs?: number;
  /** It may have waited on its way for any time, so that `wall` is only the latest that it can have been. */
  readonly waited?: true;
  /** Where the antenna stood; undefined where nobody says. */
  readonly place: Place | undefined;
}

/** What is known of who sent a frame. */
export interface Sender {
  readonly place: Place | undefined;
  /** dBm; undefined: as much as the region allows. */
  readonly eirpDbm: number | undefined;
}

/** What the judge is told besides the receptions. */
export interface CoverageContext {
  /** Undefined: the strongest of all regions is allowed for. */
  readonly region: RegionPlan | undefined;
  readonly sender: (reception: Reception) => Sender | undefined;
  /** dBi of the receiving antenna; undefined: any that can be bought is allowed for (`gainUnknownDbi`). */
  readonly gainDbi: (gateway: string) => number | undefined;
}

/**
 * Each is a sentence about nature or about radios, but for `noise`, `level` and `record`: these are statistics, and only
 * ever raise a doubt.
 */
export type CoverageRule =
  | 'free-space'
  | 'snr-floor'
  | 'snr-ceiling'
  | 'distance'
  | 'movement'
  | 'counter-drift'
  | 'noise'
  | 'record'
  | 'level'
  | 'one-box'
  | 'counted-on'
  | 'overlap'
  | 'arrival'
  | 'replay'
  | 'duplicate';

/** `doubtful`: unlikely, not impossible. `unknown`: something it needs was not there. */
export interface Finding {
  readonly rule: CoverageRule;
  readonly outcome: 'held' | 'doubtful' | 'broken' | 'unknown';
  /** Where broken or doubtful, what is wrong by how much; where unknown, what is missing. */
  readonly words: string;
}

export interface ReceptionVerdict {
  /** A duplicate is no lie, it only counts once. */
  readonly verdict: 'accepted' | 'doubtful' | 'duplicate' | 'rejected';
  /** 0 to 100: the share of rules that could be checked and held, half of it in doubt; 0 where one is broken. */
  readonly score: number;
  readonly findings: readonly Finding[];
  /** One sentence for a person. */
  readonly words: string;
}

export const held = (rule: CoverageRule): Finding => ({ rule, outcome: 'held', words: '' });
export const broken = (rule: CoverageRule, words: string): Finding => ({ rule, outcome: 'broken', words });
export const unknown = (rule: CoverageRule, words: string): Finding => ({ rule, outcome: 'unknown', words });
export const doubtful = (rule: CoverageRule, words: string): Finding => ({
  rule,
  outcome: 'doubtful',
  words,
});

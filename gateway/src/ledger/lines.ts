import type { Epoch, Origin, StreamId, TimeTrust, WallNs } from '@outpost/schemas/words';
import type { Offset } from '../journal/contract.ts';
import type { AnyNetwork, Prediction } from '../networks/contract.ts';
import type { SettlementKind } from '../record/entry.ts';
import type { Reward } from '../record/reward.ts';
import type { Amount } from './amounts.ts';

/**
 * How far something has come with one network. `withheld` is never sent (simulated, a demo key, or not for this
 * network); `pending` waits.
 */
export type FateKind = SettlementKind | 'withheld' | 'pending';

export const FATES: readonly FateKind[] = ['settled', 'refused', 'expired', 'unknown', 'withheld', 'pending'];

/** What became of one attestation with one network. */
export interface Fate {
  readonly network: string;
  readonly kind: FateKind;
  readonly code: string;
  /** The network's own words, or ours where it said nothing; as they came, control characters included. */
  readonly words: string;
  /** When it ended; undefined while it has not. */
  readonly wall: WallNs | undefined;
  readonly hasReceipt: boolean;
  /** Readings of it that the network's receipt leaves out, though it took the rest. */
  readonly refusedReadings: number;
  readonly reward: Reward | undefined;
  /** What was to be expected of this network; undefined where nobody asked, or its kind predicts nothing. */
  readonly predicted: Prediction | undefined;
}

/** One attestation from its making to what became of it everywhere. */
export interface Life {
  readonly offset: Offset;
  readonly stream: StreamId;
  readonly epoch: Epoch;
  readonly counter: number;
  /** Readings under the signature. */
  readonly readings: number;
  readonly origin: Origin;
  /** SHA-256 of its bytes: its id with every network. */
  readonly hash: Uint8Array;
  /** Time of the last reading under it. */
  readonly made: WallNs;
  readonly trust: TimeTrust;
  /** One for each network that it is for; more than one where the same evidence goes to several. */
  readonly fates: readonly Fate[];
  /** Networks whose end stands further below, because the ledger holds only so many open attestations at once. */
  readonly later: readonly string[];
  /** How many networks are shown it, those that are not asked for included. */
  readonly networks: number;
}

/** Readings of one network that ended within one hour, of one device. */
export interface HourSums {
  readonly network: string;
  /** Empty where the reading itself is no longer known. */
  readonly device: string;
  /** When the hour began. */
  readonly hour: WallNs;
  readonly counts: Readonly<Record<SettlementKind, number>>;
  /** How often each code was given for what did not settle. */
  readonly codes: ReadonlyMap<string, number>;
  readonly rewards: readonly Amount[];
}

/** One reading and what became of it with a network that takes single readings. */
export interface ReadingLine {
  readonly network: string;
  readonly device: string;
  /** Undefined where its entry is no longer held. */
  readonly reading:
    | { readonly stream: StreamId; readonly epoch: Epoch; readonly sequence: number; readonly wall: WallNs }
    | undefined;
  readonly offset: Offset;
  /** `pending` where it is still to be sent: told only of networks whose rules are known. */
  readonly kind: SettlementKind | 'pending';
  readonly code: string;
  readonly words: string;
  /** When it ended; undefined while it has not. */
  readonly wall: WallNs | undefined;
  readonly reward: Reward | undefined;
  readonly predicted: Prediction | undefined;
}

/** Everything of one network on one day (UTC). */
export interface DayTotals {
  readonly network: string;
  /** `2026-11-24`; empty for what lies beyond the days that are told apart. */
  readonly day: string;
  readonly of: AnyNetwork['follows'];
  /** Attestations or readings, as `of` says. */
  readonly counts: Readonly<Record<FateKind, number>>;
  /** Readings that the network took. */
  readonly readings: number;
  readonly rewards: readonly Amount[];
}

/** How often what was expected is what came; `unsure` predictions are neither right nor wrong. */
export interface PredictionScore {
  readonly network: string;
  readonly right: number;
  readonly wrong: number;
  readonly unsure: number;
  /** Predicted, and not ended yet. */
  readonly open: number;
  /** What is expected of those, most frequent first, and why. */
  readonly expected: readonly Expected[];
}

export interface Expected extends Pick<Prediction, 'expect' | 'words'> {
  readonly times: number;
}

export interface Totals {
  readonly days: readonly DayTotals[];
  readonly predictions: readonly PredictionScore[];
  readonly attestations: number;
  /** Attestations that are shown to more than one network. */
  readonly shared: number;
}

export type LedgerLine =
  | { readonly kind: 'attestation'; readonly life: Life }
  /** The end of an attestation whose own line stands above already, or that was made before what was read. */
  | {
      readonly kind: 'late';
      readonly stream: StreamId;
      readonly hash: Uint8Array;
      readonly fate: Fate;
    }
  | { readonly kind: 'hour'; readonly sums: HourSums }
  | { readonly kind: 'reading'; readonly line: ReadingLine }
  /** How far the journal is read; for whoever waits. */
  | { readonly kind: 'progress'; readonly bytes: bigint; readonly of: bigint }
  | { readonly kind: 'totals'; readonly totals: Totals };

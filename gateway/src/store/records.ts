import type {
  Body,
  ClockAnchor,
  EpochReason,
  MonoNs,
  Origin,
  StreamId,
  WallNs,
} from '@outpost/schemas/words';
import type { Amount } from '../ledger/amounts.ts';
import type { Reward } from '../record/reward.ts';

/** Epochs are compared and shown as 32 hex digits. */
export type EpochHex = string;

/** A reading, anchors included: an anchor is the reading whose body says what time it is. */
export interface ReadingRecord {
  readonly kind: 'reading';
  readonly device: string;
  readonly stream: StreamId;
  readonly epoch: EpochHex;
  readonly sequence: number;
  readonly mono: MonoNs;
  readonly origin: Origin;
  readonly body: Body;
  /** EUI of the LoRa gateway that says so of itself; what it heard names it in its body. */
  readonly gateway?: string;
}

/** A stream begins a new epoch. Its time is that of the epoch's first anchor, which comes next. */
export interface EpochOpenedRecord {
  readonly kind: 'epoch-opened';
  readonly device: string;
  readonly stream: StreamId;
  readonly epoch: EpochHex;
  readonly reason: EpochReason;
  /** The entry's journal offset; what keeps two records of one millisecond apart. */
  readonly ordinal: bigint;
}

/** A batch was signed. */
export interface AttestationRecord {
  readonly kind: 'attestation';
  readonly device: string;
  readonly stream: StreamId;
  readonly epoch: EpochHex;
  readonly counter: number;
  /** Readings under the signature. */
  readonly size: number;
  readonly bytes: number;
  /** Of the last reading under it. */
  readonly mono: MonoNs;
  /** The anchor that its statement names. */
  readonly anchor: ClockAnchor;
  readonly ordinal: bigint;
}

/** A network's word on one attestation. */
export interface ReceiptRecord {
  readonly kind: 'receipt';
  readonly network: string;
  readonly device: string;
  readonly stream: StreamId;
  readonly verdict: 'settled' | 'refused' | 'expired' | 'unknown';
  readonly code: string;
  readonly words: string;
  /** SHA-256 of the attestation, hex. */
  readonly attestation: string;
  readonly reward?: Reward | undefined;
  readonly wall: WallNs;
  readonly ordinal: bigint;
}

/** Single readings that ended together in one way with one network, and what was given for them in one unit. */
export interface DeliveriesRecord {
  readonly kind: 'deliveries';
  readonly network: string;
  readonly verdict: ReceiptRecord['verdict'];
  readonly count: number;
  readonly reward: Amount | undefined;
  readonly wall: WallNs;
  readonly ordinal: bigint;
}

/** Something that happened to the box or a device: connections, quarantined frames, restarts. */
export interface EventRecord {
  readonly kind: 'event';
  /** Empty for the box itself. */
  readonly device: string;
  /** A short stable name: `connected`, `quarantined`. */
  readonly what: string;
  readonly words: string;
  readonly wall: WallNs;
  readonly ordinal: bigint;
}

/** The records whose time follows from the clock anchors of their stream. */
export type StreamRecord = ReadingRecord | EpochOpenedRecord | AttestationRecord;

/** What the store makes points of, in the journal's order. */
export type StoreRecord = StreamRecord | ReceiptRecord | DeliveriesRecord | EventRecord;

/** One line that names a record to a person. */
export const nameOf = (record: StoreRecord): string => {
  switch (record.kind) {
    case 'reading':
      return `reading ${record.sequence} of ${record.stream}, epoch ${record.epoch}`;
    case 'attestation':
      return `attestation ${record.counter} of ${record.stream}, epoch ${record.epoch}`;
    case 'epoch-opened':
      return `opening of epoch ${record.epoch} of ${record.stream}`;
    case 'receipt':
      return `receipt of ${record.network} for ${record.attestation}`;
    case 'deliveries':
      return `${record.verdict} deliveries to ${record.network} at journal offset ${record.ordinal}`;
    case 'event':
      return `event ${record.what} at journal offset ${record.ordinal}`;
  }
};

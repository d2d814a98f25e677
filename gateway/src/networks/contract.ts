import type { Head, KeyKind, Receipt, Redecode, Verify } from '@outpost/schemas/evidence';
import type {
  Body,
  Clock,
  Epoch,
  Fault,
  Order,
  OrderOutcome,
  Origin,
  Result,
  StreamId,
  TimeTrust,
  WallNs,
} from '@outpost/schemas/words';
import type { Reward } from '../record/reward.ts';

export type { Reward } from '../record/reward.ts';

/** One attestation on its way to a network, with the leaves that it signs. */
export interface Delivery {
  /** SHA-256 of the attestation's bytes: its id with every network. */
  readonly hash: Uint8Array;
  readonly attestation: Uint8Array;
  readonly leaves: readonly Uint8Array[];
  readonly stream: StreamId;
  readonly deviceKey: Uint8Array;
  readonly origin: Origin;
  readonly keyKind: KeyKind;
}

/** How a delivery ended, or that it has not. */
export type Outcome =
  | {
      readonly kind: 'settled';
      /** Where the network signs that it took it; the signature holds. */
      readonly receipt?: Receipt | undefined;
      /** What it said instead, in short. */
      readonly words?: string | undefined;
      readonly reward?: Reward | undefined;
    }
  /** It understood and said no: never sent again. */
  | { readonly kind: 'refused'; readonly code: string; readonly words: string; readonly receipt?: Receipt }
  /** Too old for this network to be worth anything. */
  | { readonly kind: 'expired' }
  /** Sent, no answer, and this network would pay twice for a second one. */
  | { readonly kind: 'unknown'; readonly words: string }
  /** Not now: it stays, and is sent again after `retryAfterMs` at the earliest. */
  | { readonly kind: 'kept'; readonly retryAfterMs: number; readonly fault: Fault };

/** Where attestations earn. */
export interface Network extends AsyncDisposable {
  readonly follows: 'attestations';
  readonly name: string;
  /** The most that one call takes. */
  readonly itemsMax: number;
  readonly bytesMax: number;
  /**
   * It would pay twice for a second one, or be harmed by it: what may have arrived is never sent again. Without it the
   * network knows an attestation by its id, and one that comes again earns nothing more.
   */
  readonly takesOnce?: boolean;
  /**
   * Delivers in order and answers for each item, in the same order. Never throws for what the other side does; the
   * network owns its deadlines.
   */
  deliver(items: readonly Delivery[], signal: AbortSignal): Promise<readonly Outcome[]>;
  /** Keeps its connection until the signal aborts; where it has one to keep. */
  run?(signal: AbortSignal): Promise<void>;
}

/** One reading on its way to a network that wants each by itself. */
export interface LiveDelivery {
  readonly stream: StreamId;
  /** The box that speaks, and the device's key that will have signed it; 32 bytes each. */
  readonly gatewayKey: Uint8Array;
  readonly deviceKey: Uint8Array;
  readonly epoch: Epoch;
  readonly sequence: number;
  readonly wall: WallNs;
  readonly trust: TimeTrust;
  readonly origin: Origin;
  readonly keyKind: KeyKind;
  readonly body: Body;
  readonly raw: Uint8Array;
}

/** How the delivery of a reading ended; nobody signs a receipt for one. */
export type LiveOutcome =
  | { readonly kind: 'settled'; readonly reward?: Reward | undefined }
  | Exclude<Outcome, { readonly kind: 'settled' | 'refused' }>
  | { readonly kind: 'refused'; readonly code: string; readonly words: string };

/** One of several connections that a network keeps, for its owner to see; it is kept up to date. */
export interface NetworkLink {
  /** Whose it is: the EUI of a gateway. */
  readonly name: string;
  /** `refused`: the other side understood and will not have it. */
  readonly state: 'connecting' | 'registered' | 'refused' | 'away';
  /** Why it is not registered, as a sentence; empty while it is. */
  readonly words: string;
  /** What went over it since the start and is known to be there. */
  readonly sent: number;
  /** When the last of these was heard: ISO 8601; undefined before the first. */
  readonly lastHeardAt: string | undefined;
}

/** What takes readings as they come, not attestations. */
export interface LiveNetwork extends AsyncDisposable {
  readonly follows: 'readings';
  readonly name: string;
  /** Readings that are under way at once. */
  readonly windowMax: number;
  /** Older readings, by clocks that can be believed, are worth nothing to it. */
  readonly expiresAfterMs: number;
  /** It would pay twice for, or be harmed by, a second one: what may have arrived is never sent again. */
  readonly takesOnce: boolean;
  /** In the order in which they were made; where there is more than one to keep. */
  readonly links?: readonly NetworkLink[];
  /** Whether a reading is of use to it at all; pure. */
  wants(reading: LiveDelivery): boolean;
  /** Called in order, without waiting for the outcomes of those before; the network keeps to that order. */
  deliver(reading: LiveDelivery, signal: AbortSignal): Promise<LiveOutcome>;
  /** Keeps its connection, and takes what comes back, until the signal aborts; where it has one to keep. */
  run?(signal: AbortSignal): Promise<void>;
}

export type AnyNetwork = Network | LiveNetwork;

/** What a kind of network is made from. */
export interface NetworkSettings {
  readonly name: string;
  readonly url: string;
  /** The public key that its receipts must be signed with, as text; there where the kind of network signs any. */
  readonly key?: string | undefined;
  /** The kind's own options. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface NetworkContext {
  readonly clock: Clock;
  /** Where this network may keep files of its own (keys, sessions), 0700; whoever needs it makes it. */
  readonly directory: string;
  /** The key records (endorsements, rotations, revocations) that a verifier needs, oldest first. */
  keyRecords(): readonly Uint8Array[];
  /**
   * Whether this box itself signed that attestation; undefined where its journal says nothing of that epoch. Asked
   * only when a network has seen another one than it was just sent, which, if it is ours, stands further on.
   */
  signed(stream: StreamId, head: Head): Promise<boolean | undefined>;
  /** Tells a device to do something; answered once, also where there is no such device. */
  order(device: string, order: Order): Promise<OrderOutcome>;
  /** The operator must know: another box signs with our key, a receipt does not verify. */
  alarm(fault: Fault): void;
  /** One sentence for the status, which nobody need act on; replaces the last, empty for none, and is not logged. */
  note?(words: string): void;
}

/** What a network is expected to say, before it sees the thing. */
export interface Prediction {
  readonly expect: 'accepted' | 'refused' | 'unsure';
  /** One sentence: why. */
  readonly words: string;
  readonly reward?: Reward | undefined;
}

/** One thing that would be sent. */
export type Sending =
  | { readonly of: 'attestation'; readonly delivery: Delivery }
  | { readonly of: 'reading'; readonly delivery: LiveDelivery };

/** What this box knows beside the thing itself, for whoever predicts. */
export interface PredictionContext {
  /** Every key record (endorsements, rotations, revocations), oldest first. */
  readonly keyRecords: readonly Uint8Array[];
  /** The attestation before it in its stream; undefined where that is not known. */
  readonly before: Uint8Array | undefined;
  readonly verify: Verify;
  /** Reads raw frames again, as a network does that checks them. */
  readonly redecode: Redecode | undefined;
  /** The box's time, where the thing is still to be sent and may be too old by then; undefined where it was sent. */
  readonly now: WallNs | undefined;
}

export interface NetworkKind {
  readonly kind: string;
  /**
   * What a network of such settings takes, for whoever does not open one: the ledger. Where it does not say, only what
   * the journal holds of it can tell.
   */
  readonly follows?: AnyNetwork['follows'] | ((settings: NetworkSettings) => AnyNetwork['follows']);
  /** Checks the settings and makes the network; a fault is `misconfigured`. Touches nothing but files that they name. */
  open(settings: NetworkSettings, context: NetworkContext): Promise<Result<AnyNetwork>>;
  /**
   * What this network would say by its published rules, worked out offline; pure, with settings that `open` took.
   * Undefined where it is nothing that this network is sent. A kind without it predicts nothing.
   */
  predict?(settings: NetworkSettings, sending: Sending, context: PredictionContext): Prediction | undefined;
  /**
   * Where its pay stands at that moment by what this box knows, a sentence each, for a network that pays by time and
   * not by attestation. Reads nothing but the network's own directory.
   */
  standing?(settings: NetworkSettings, directory: string, now: WallNs): Promise<readonly string[]>;
}

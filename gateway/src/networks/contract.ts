import type { Head, KeyKind, Receipt } from '@outpost/schemas/evidence';
import type { Clock, Fault, Origin, Result, StreamId } from '@outpost/schemas/words';

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
  /** The network took it and signed so; the receipt's signature holds. */
  | { readonly kind: 'settled'; readonly receipt: Receipt }
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
  readonly name: string;
  /** The most that one call takes. */
  readonly itemsMax: number;
  readonly bytesMax: number;
  /**
   * Delivers in order and answers for each item, in the same order. Never throws for what the other side does; the
   * network owns its deadlines.
   */
  deliver(items: readonly Delivery[], signal: AbortSignal): Promise<readonly Outcome[]>;
}

/** What a kind of network is made from. */
export interface NetworkSettings {
  readonly name: string;
  readonly url: string;
  /** The public key that its receipts must be signed with, as text. */
  readonly key: string;
}

export interface NetworkContext {
  readonly clock: Clock;
  /** The key records (endorsements, rotations, revocations) that a verifier needs, oldest first. */
  keyRecords(): readonly Uint8Array[];
  /**
   * Whether this box itself signed that attestation; undefined where its journal says nothing of that epoch. Asked
   * only when a network has seen another one than it was just sent, which, if it is ours, stands further on.
   */
  signed(stream: StreamId, head: Head): Promise<boolean | undefined>;
  /** The operator must know: another box signs with our key, a receipt does not verify. */
  alarm(fault: Fault): void;
}

export interface NetworkKind {
  readonly kind: string;
  /** Checks the settings and makes the network; a fault is `misconfigured`. Touches nothing outside. */
  open(settings: NetworkSettings, context: NetworkContext): Result<Network>;
}

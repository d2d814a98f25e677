import type { Body, DownlinkItem, Fault } from '@outpost/schemas/words';
import type { Peer } from '../../port.ts';
import type { From } from './datagram.ts';
import type { Heard } from './rxpk.ts';
import type { Stat } from './stat.ts';
import type { TxAck } from './tx-ack.ts';

/** A frame that a gateway heard. */
export interface HeardEvent extends Heard {
  readonly kind: 'heard';
  readonly from: From;
}

export interface StatEvent {
  readonly kind: 'stat';
  readonly from: From;
  readonly stat: Stat;
  readonly bodies: readonly Body[];
}

/** An item of a gateway that cannot be read; what stands beside it can. */
export interface BadEvent {
  readonly kind: 'bad';
  readonly from: From;
  readonly fault: Fault;
}

/** What is said in one datagram of a gateway comes before its `push`. */
export type GwmpEvent =
  | HeardEvent
  | StatEvent
  | BadEvent
  | { readonly kind: 'push'; readonly from: From }
  | { readonly kind: 'pull'; readonly from: From }
  | { readonly kind: 'tx-ack'; readonly from: From; readonly ack: TxAck }
  /** Of a kind that only servers send, or that nobody knows. */
  | { readonly kind: 'other'; readonly id: number };

/** What a server says. `to` is no part of the bytes. */
export type GwmpCommand = {
  readonly version: 1 | 2;
  readonly token: number;
  readonly to: Peer | undefined;
} & (
  | { readonly kind: 'push-ack' }
  | { readonly kind: 'pull-ack' }
  | { readonly kind: 'pull-resp'; readonly item: DownlinkItem }
);

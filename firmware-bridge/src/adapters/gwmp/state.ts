import { type DutyLedger, EMPTY_LEDGER, type Emission } from '@outpost/schemas/radio';
import type { DownlinkItem, MonoNs, OrderId } from '@outpost/schemas/words';
import type { Peer } from '../../port.ts';
import type { Bucket } from './bucket.ts';
import type { From, Version } from './datagram.ts';
import type { BadEvent, HeardEvent, StatEvent } from './event.ts';
import type { Health } from './health.ts';

/** The source of the latest PULL_DATA: where transmissions go. */
export interface Route {
  readonly peer: Peer;
  readonly at: MonoNs;
}

/** A gateway that may speak. */
export interface Gateway {
  readonly eui: string;
  /** Whether the configuration lets it speak or an order did. */
  readonly by: 'allow' | 'order';
  /** The address that it is bound to; undefined until it speaks. */
  readonly address: string | undefined;
  /** The configuration names the address. */
  readonly pinned: boolean;
  readonly version: Version;
  readonly route: Route | undefined;
  readonly bucket: Bucket | undefined;
  /** Counter of the last frame and when it arrived: no earlier than that was the counter what it says. */
  readonly counter: { readonly tmst: number; readonly at: MonoNs } | undefined;
  readonly ledger: DutyLedger;
  /** Undefined until it speaks. */
  readonly health: Health | undefined;
  readonly frames: number;
  /** It has said so of something. */
  readonly simulated: boolean;
}

/** Somebody who is not known, or who is and speaks from where he is not bound to. */
export interface Stranger {
  readonly eui: string;
  /** All that claimed this EUI, first one first. */
  readonly addresses: readonly string[];
  readonly heardAt: MonoNs;
}

/** A downlink that was sent to its gateway and is not answered. */
export interface Flight {
  readonly order: OrderId;
  readonly isEvidence: boolean;
  readonly gateway: string;
  readonly items: readonly DownlinkItem[];
  /** Which of the items is under way. */
  readonly at: number;
  /** Why those before it were not taken. */
  readonly refusals: readonly string[];
  readonly token: number;
  readonly deadline: MonoNs;
  readonly emission: Emission;
}

/** An item of a datagram whose end was not seen yet. */
export interface Waiting {
  readonly event: HeardEvent | StatEvent | BadEvent;
  readonly raw: Uint8Array;
}

export interface State {
  readonly gateways: ReadonlyMap<string, Gateway>;
  readonly strangers: ReadonlyMap<string, Stranger>;
  readonly forbidden: ReadonlySet<string>;
  /** Of addresses that gateways are bound to. */
  readonly addresses: ReadonlyMap<string, Bucket>;
  /** Of all others. */
  readonly strangerAddresses: ReadonlyMap<string, Bucket>;
  readonly flights: readonly Flight[];
  readonly waiting: readonly Waiting[];
  /** What was told lately and is not told again before then. */
  readonly told: ReadonlyMap<string, MonoNs>;
  readonly checkAt: MonoNs | undefined;
  /** What the last status said. */
  readonly shown: string;
  /** What the last status asked to keep. */
  readonly kept: string;
}

export const newGateway = (
  eui: string,
  by: Gateway['by'],
  address: string | undefined,
  pinned = false,
): Gateway => ({
  eui,
  by,
  address,
  pinned,
  version: 2,
  route: undefined,
  bucket: undefined,
  counter: undefined,
  ledger: EMPTY_LEDGER,
  health: undefined,
  frames: 0,
  simulated: false,
});

export const EMPTY_STATE: State = {
  gateways: new Map(),
  strangers: new Map(),
  forbidden: new Set(),
  addresses: new Map(),
  strangerAddresses: new Map(),
  flights: [],
  waiting: [],
  told: new Map(),
  checkAt: undefined,
  shown: '',
  kept: '',
};

export const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> =>
  new Map(map).set(key, value);

export const withoutEntry = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> => {
  if (!map.has(key)) return map;
  const left = new Map(map);
  left.delete(key);
  return left;
};

export const isSameSource = (a: From, b: From): boolean => a.eui === b.eui && a.token === b.token;

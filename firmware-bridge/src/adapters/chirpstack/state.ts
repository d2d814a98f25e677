import { type DutyLedger, EMPTY_LEDGER, type Emission } from '@outpost/schemas/radio';
import type { DownlinkItem, MonoNs, OrderId } from '@outpost/schemas/words';
import type { From, GwCommand } from './event.ts';

/** Gateways that are remembered; the one that was first heard longest ago makes room. */
export const GATEWAYS_MAX = 4_096;

/** What is known of a gateway from what it said. */
export interface Gateway {
  readonly from: From;
  /** Undefined until it says so. */
  readonly online: boolean | undefined;
  /** Its contexts are counters, so that it can be told when to send by one. */
  readonly counts: boolean | undefined;
  readonly ledger: DutyLedger;
}

/** A downlink that its gateway has not answered. */
export interface Flight {
  readonly order: OrderId;
  readonly isEvidence: boolean;
  readonly command: GwCommand;
  readonly downlinkId: number;
  /** Those that were allowed, with their place in the order. */
  readonly items: readonly { readonly at: number; readonly item: DownlinkItem }[];
  /** How each item of the order fares; empty where that is not known yet. */
  readonly codes: readonly string[];
  readonly emission: Emission;
  readonly deadline: MonoNs;
}

export interface State {
  readonly gateways: ReadonlyMap<string, Gateway>;
  readonly flights: readonly Flight[];
  /** Of the next downlink; undefined before the first. */
  readonly nextId: number | undefined;
  /** What the last status said. */
  readonly shown: string;
}

export const EMPTY_STATE: State = { gateways: new Map(), flights: [], nextId: undefined, shown: '' };

const isSame = (a: Gateway, b: Gateway): boolean =>
  a.from.prefix === b.from.prefix &&
  a.from.encoding === b.from.encoding &&
  a.online === b.online &&
  a.counts === b.counts &&
  a.ledger === b.ledger;

/** The same state where nothing about the gateway is new, which is the rule. */
export const withGateway = (state: State, from: From, part: Partial<Gateway>): State => {
  const before = state.gateways.get(from.gateway);
  const known = before ?? { from, online: undefined, counts: undefined, ledger: EMPTY_LEDGER };
  const after = { ...known, from, ...part };
  if (before !== undefined && isSame(before, after)) return state;
  const gateways = new Map(state.gateways);
  gateways.set(from.gateway, after);
  const oldest = gateways.size > GATEWAYS_MAX ? gateways.keys().next().value : undefined;
  if (oldest !== undefined) gateways.delete(oldest);
  return { ...state, gateways };
};

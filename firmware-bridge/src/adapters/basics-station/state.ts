import { type DutyLedger, EMPTY_LEDGER, type Emission } from '@outpost/schemas/radio';
import type { DownlinkItem, MonoNs, OrderId } from '@outpost/schemas/words';
import type { Peer } from '../../port.ts';
import type { From } from './event.ts';

/** A station that is connected, or was. */
export interface Station {
  readonly from: From;
  readonly peer: Peer;
  /** Of the last frame that it heard: which run of its concentrator, and which antenna. */
  readonly heard: { readonly xtime: bigint; readonly rctx: bigint } | undefined;
  readonly ledger: DutyLedger;
}

/** A downlink of which its station has said nothing. */
export interface Flight {
  readonly order: OrderId;
  readonly gateway: string;
  readonly diid: number;
  readonly items: readonly DownlinkItem[];
  readonly emission: Emission;
  readonly deadline: MonoNs;
}

export interface State {
  readonly stations: ReadonlyMap<string, Station>;
  /** Those that were told of already; nobody can fill the journal with them. */
  readonly strangers: ReadonlySet<string>;
  /** Those that asked for credentials and did not show who they are; told of once. */
  readonly unproven: ReadonlySet<string>;
  readonly flights: readonly Flight[];
  readonly nextDiid: number;
  readonly shown: string;
}

export const EMPTY_STATE: State = {
  stations: new Map(),
  strangers: new Set(),
  unproven: new Set(),
  flights: [],
  nextDiid: 1,
  shown: '',
};

export const withStation = (state: State, from: From, peer: Peer, part: Partial<Station> = {}): State => {
  const before = state.stations.get(from.gateway) ?? { from, peer, heard: undefined, ledger: EMPTY_LEDGER };
  return {
    ...state,
    stations: new Map(state.stations).set(from.gateway, { ...before, from, peer, ...part }),
  };
};

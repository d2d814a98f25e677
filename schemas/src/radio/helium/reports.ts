import type { LoraRate } from '../rate.ts';
import type { BeaconRegion, RemoteEntropy } from './beacon.ts';
import type { Cell, HexGrid } from './hex-grid.ts';

/** What a hotspot says that it sent. Times are those of the receiving server, milliseconds since 1970. */
export interface BeaconReport {
  /** Public key of the hotspot in one spelling. */
  readonly key: string;
  readonly payload: Uint8Array;
  readonly frequencyHz: number;
  readonly rate: LoraRate;
  readonly conductedDbm: number;
  readonly localEntropy: Uint8Array;
  readonly remoteEntropy: RemoteEntropy;
  readonly receivedMs: number;
}

/** What a hotspot says that it heard; SNR, data rate and its own clock were never looked at. */
export interface WitnessReport {
  readonly key: string;
  readonly payload: Uint8Array;
  readonly frequencyHz: number;
  /** Tenths of dBm. */
  readonly signalDdbm: number;
  readonly receivedMs: number;
}

export interface HeliumGateway {
  readonly fullHotspot: boolean;
  /** Undefined where the owner has asserted no place. */
  readonly asserted:
    | { readonly location: Cell; readonly gainDdbi: number; readonly region: string }
    | undefined;
}

/** What the oracle knew besides the reports. */
export interface HeliumWorld {
  readonly gateway: (key: string) => HeliumGateway | undefined;
  readonly region: (name: string) => BeaconRegion | undefined;
  readonly denied: (key: string) => boolean;
  /** Asked in both directions. */
  readonly deniedEdge: (a: string, b: string) => boolean;
  /** When the gateway last sent any beacon before this one, a rejected one too; milliseconds since 1970. */
  readonly lastBeaconMs: (key: string) => number | undefined;
  /** When it was last a valid witness. */
  readonly lastValidWitnessMs: (key: string) => number | undefined;
  /** When it last sent a valid beacon that somebody reported. */
  readonly lastValidBeaconMs: (key: string) => number | undefined;
  /** From the density map; undefined where the place is not in it. */
  readonly scale: (location: Cell) => number | undefined;
  readonly grid: HexGrid;
}

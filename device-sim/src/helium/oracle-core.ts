import type { BEACON_REPORT, Message, WITNESS_REPORT } from '@outpost/gateway/helium';
import {
  BEACON_EU868,
  type BeaconRegion,
  type BeaconReport,
  type HeliumGateway,
  type HeliumVerdict,
  type HeliumWorld,
  type HexGrid,
  type LoraRate,
  type RemoteEntropy,
  verifyHelium,
  type WitnessReport,
} from '@outpost/schemas/radio';
import { toHex } from '@outpost/schemas/words';
import type { IngestReport } from './ingest-words.ts';

const BANDWIDTHS_HZ = [125_000, 250_000, 500_000] as const;
const FACTORS = 6;
const SF_MAX = 12;

const rateOf = (datarate: number): LoraRate => ({
  kind: 'lora',
  spreadingFactor: SF_MAX - (datarate % FACTORS),
  bandwidthHz: BANDWIDTHS_HZ[Math.floor(datarate / FACTORS)] ?? 0,
});

const beaconOf = (
  report: Message<typeof BEACON_REPORT>,
  receivedMs: number,
  remoteEntropy: RemoteEntropy,
): BeaconReport => ({
  key: toHex(report.gateway),
  payload: report.payload,
  frequencyHz: Number(report.frequency),
  rate: rateOf(report.datarate),
  conductedDbm: report.txPower,
  localEntropy: report.localEntropy,
  remoteEntropy,
  receivedMs,
});

const witnessOf = (report: Message<typeof WITNESS_REPORT>, receivedMs: number): WitnessReport => ({
  key: toHex(report.gateway),
  payload: report.payload,
  frequencyHz: Number(report.frequency),
  signalDdbm: report.signal,
  receivedMs,
});

export interface OracleParts {
  readonly grid: HexGrid;
  /** By binary key, hex. */
  readonly gateways: ReadonlyMap<string, HeliumGateway>;
  readonly regions?: readonly BeaconRegion[];
}

/** What was made of one beacon and its witnesses; undefined while its entropy is not known. */
export type OracleVerdict = HeliumVerdict | undefined;

/** The verifier behind the ingest service: takes reports as that hands them on, and judges by the retired rules. */
export interface OracleCore {
  take(report: IngestReport): void;
  /** What the entropy service gave out. */
  entropy(bytes: Uint8Array, timestampS: number): void;
  /** Each beacon in the order of its arrival. */
  judge(): readonly OracleVerdict[];
}

export const createOracleCore = ({ grid, gateways, regions = [BEACON_EU868] }: OracleParts): OracleCore => {
  const reports: IngestReport[] = [];
  const entropies = new Map<string, RemoteEntropy>();
  return {
    take: (report) => void reports.push(report),
    entropy: (bytes, timestampS) => void entropies.set(toHex(bytes), { bytes, timestampS, version: 0 }),
    judge: () => {
      const lastBeacon = new Map<string, number>();
      return reports.flatMap((each): readonly OracleVerdict[] => {
        if (each.kind !== 'beacon') return [];
        const { report, receivedMs } = each;
        const entropy = entropies.get(toHex(report.remoteEntropy));
        if (entropy === undefined) return [undefined];
        const payload = toHex(report.payload);
        const witnesses = reports.flatMap((other) =>
          other.kind === 'witness' && toHex(other.report.payload) === payload
            ? [witnessOf(other.report, other.receivedMs)]
            : [],
        );
        const world: HeliumWorld = {
          gateway: (key) => gateways.get(key),
          region: (name) => regions.find((region) => region.name === name),
          denied: () => false,
          deniedEdge: () => false,
          lastBeaconMs: (key) => lastBeacon.get(key),
          // Everybody was good for something just before.
          lastValidWitnessMs: () => receivedMs,
          lastValidBeaconMs: () => receivedMs,
          scale: () => undefined,
          grid,
        };
        const beacon = beaconOf(report, receivedMs, entropy);
        const verdict = verifyHelium(beacon, witnesses, world);
        lastBeacon.set(beacon.key, receivedMs);
        return [verdict];
      });
    },
  };
};

import {
  BEACON_EU868,
  type BeaconBook,
  type BeaconEntropy,
  type BeaconRegion,
  type EncounterBook,
  type Explained,
  openBeacons,
  openEncounters,
  receptionExplainer,
  type SenderBook,
  type SignedReception,
} from '@outpost/schemas/radio';
import { toHex } from '@outpost/schemas/words';
import { cellAt, hexGrid } from './h3.ts';
import type { Known } from './known.ts';

/** Owners asserted their place as a cell of this resolution. */
const ASSERTED_RESOLUTION = 12;

/** Whose channels and limits for beacons are published byte for byte. */
const BEACON_REGIONS: readonly BeaconRegion[] = [BEACON_EU868];

export const beaconRegion = (name: string | undefined): BeaconRegion | undefined =>
  BEACON_REGIONS.find((region) => region.name === name);

/** All that is said of receptions, one after the other. */
export interface EvidenceJudge {
  judge(signed: SignedReception): Explained;
  readonly encounters: EncounterBook;
  /** Undefined where the region is none whose beacons are known. */
  readonly beacons: BeaconBook | undefined;
}

export const openEvidenceJudge = (
  known: Known,
  senders: SenderBook,
  entropies: ReadonlyMap<string, BeaconEntropy>,
): EvidenceJudge => {
  const gainDbi = (radio: string): number | undefined => known.gains.get(radio);
  const explain = receptionExplainer({ region: known.region, senders, gainDbi });
  const encounters = openEncounters(senders);
  const region = beaconRegion(known.region?.name);
  const beacons =
    region === undefined
      ? undefined
      : openBeacons({
          grid: hexGrid,
          cellAt: (place) => cellAt(place, ASSERTED_RESOLUTION),
          region,
          gainDbi,
          entropy: (payload) => entropies.get(toHex(payload)),
          placeOf: (signed) => senders.placeOf(signed),
        });
  return {
    judge(signed) {
      const explained = explain(signed);
      encounters.take(signed, explained);
      beacons?.take(signed);
      return explained;
    },
    encounters,
    beacons,
  };
};

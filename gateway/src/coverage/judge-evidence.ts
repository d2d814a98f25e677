import {
  type BeaconBook,
  type BeaconEntropy,
  beaconRegionOf,
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
  const published = known.region === undefined ? undefined : beaconRegionOf(known.region.name);
  const region = known.beaconRegion ?? (published?.ok === true ? published.value : undefined);
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

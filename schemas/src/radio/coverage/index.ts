export {
  BEACON_FRAMES_MAX,
  type BeaconBook,
  type BeaconEntropy,
  type BeaconExplained,
  type HeliumEvidence,
  openBeacons,
} from './beacon-evidence.ts';
export { beaconItem } from './beacon-order.ts';
export { CELLS_MAX, type CellBook, type CellSide, type CoverageCell, openCells } from './cells.ts';
export {
  ENCOUNTERS_MAX,
  type Encounter,
  type EncounterBook,
  type HeardOfOther,
  openEncounters,
} from './encounters.ts';
export { entropyLine, readEntropyLine } from './entropy-line.ts';
export { type ExplainContext, type Explained, type Judgement, receptionExplainer } from './explain.ts';
export { type Judgeable, judgeable, radioName, rateFrom, timeOf } from './judgeable.ts';
export {
  type KnownPlaces,
  openSenders,
  POSITIONS_MAX,
  SENT_MAX,
  type SenderBook,
  type SentFrame,
} from './senders.ts';
export {
  isReception,
  type LeafPlace,
  type LeafTaker,
  leafTaker,
  type ReceptionTaker,
  receptionTaker,
  type SignedPlaceOrFrame,
  type SignedPosition,
  type SignedReception,
} from './signed-reception.ts';

export {
  BEACON_BYTES,
  BEACON_EU868,
  type Beacon,
  type BeaconChannel,
  type BeaconRegion,
  beaconPayload,
  beaconPhy,
  buildBeacon,
  type RemoteEntropy,
  sameBeacon,
} from './beacon.ts';
export { beaconRegionOf, readBeaconRegion } from './beacon-region.ts';
export { densityScales } from './density.ts';
export { type Cell, type HexGrid, parentCell, resolutionOf } from './hex-grid.ts';
export { HELIUM_PROFILE, HELIUM_REASONS, HELIUM_RULES, type HeliumReason } from './profile.ts';
export type { BeaconReport, HeliumGateway, HeliumWorld, WitnessReport } from './reports.ts';
export { beaconerUnit, witnessUnit } from './rewards.ts';
export { heliumExpectedDbm, heliumPathLossDb } from './signal.ts';
export { type HeliumSide, type HeliumVerdict, type HeliumWitnessVerdict, verifyHelium } from './verify.ts';

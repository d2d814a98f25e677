import { equalBytes } from '../../words/index.ts';
import { buildBeacon, sameBeacon } from './beacon.ts';
import { type Cell, type HexGrid, parentCell } from './hex-grid.ts';
import { HELIUM_RULES, type HeliumReason } from './profile.ts';
import type { BeaconReport, HeliumGateway, HeliumWorld, WitnessReport } from './reports.ts';
import { heliumExpectedDbm } from './signal.ts';

/** One beacon with what its checks look at. */
export interface BeaconCase {
  readonly report: BeaconReport;
  readonly gateway: HeliumGateway | undefined;
  readonly world: HeliumWorld;
}

/** One witness of a beacon that passed its own checks. */
export interface WitnessCase {
  readonly beacon: BeaconReport;
  readonly beaconer: HeliumGateway;
  readonly report: WitnessReport;
  readonly gateway: HeliumGateway | undefined;
  /** Whether an earlier report of this beacon has the same key. */
  readonly seen: boolean;
  readonly firstWitnessMs: number;
  readonly world: HeliumWorld;
}

/** A reason, and whether it stands against the case. The first that does is the verdict. */
type Check<Case> = readonly [reason: HeliumReason, stands: (on: Case) => boolean];

const bucketOf = (ms: number): number => Math.floor(ms / HELIUM_RULES.beaconIntervalMs);

const outsideEntropy = (receivedMs: number, entropyS: number): boolean => {
  const s = Math.floor(receivedMs / 1_000);
  return !(s >= entropyS && s <= entropyS + HELIUM_RULES.entropyLifespanS);
};

const isWrongBeacon = ({ report, gateway, world }: BeaconCase): boolean => {
  const { asserted } = gateway ?? {};
  const region = asserted === undefined ? undefined : world.region(asserted.region);
  if (asserted === undefined || region === undefined) return true;
  const made = buildBeacon(report.remoteEntropy, report.localEntropy, region, asserted.gainDdbi);
  return !made.ok || !sameBeacon(made.value, report);
};

const isEarly = ({ report, world }: BeaconCase): boolean => {
  const last = world.lastBeaconMs(report.key);
  return last !== undefined && bucketOf(report.receivedMs) <= bucketOf(last);
};

/** In the oracle's order. */
export const BEACON_CHECKS: readonly Check<BeaconCase>[] = [
  ['gateway-not-found', ({ gateway }) => gateway === undefined],
  ['not-asserted', ({ gateway }) => gateway?.asserted === undefined],
  ['denied', ({ report, world }) => world.denied(report.key)],
  ['entropy-expired', ({ report }) => outsideEntropy(report.receivedMs, report.remoteEntropy.timestampS)],
  ['invalid-capability', ({ gateway }) => gateway?.fullHotspot !== true],
  ['irregular-interval', isEarly],
  ['invalid-packet', isWrongBeacon],
];

const isLate = ({ beacon, report, firstWitnessMs }: WitnessCase): boolean =>
  beacon.receivedMs <= firstWitnessMs
    ? report.receivedMs - beacon.receivedMs > HELIUM_RULES.witnessAfterBeaconMaxMs
    : report.receivedMs - firstWitnessMs > HELIUM_RULES.witnessAfterFirstMaxMs;

/** Whole metres between two places; undefined where one is no cell. */
export const heliumDistanceM = (grid: HexGrid, a: Cell, b: Cell): number | undefined => {
  const distanceM = grid.centreDistanceM(a, b);
  return distanceM === undefined ? undefined : Math.round(distanceM);
};

/** Steps between the cells of resolution 11 that hold the two places. */
export const heliumSteps = (grid: HexGrid, a: Cell, b: Cell): number | undefined => {
  const [from, to] = [parentCell(a, HELIUM_RULES.cellResolution), parentCell(b, HELIUM_RULES.cellResolution)];
  return from === undefined || to === undefined ? undefined : grid.steps(from, to);
};

const places = ({ beaconer, gateway }: WitnessCase) =>
  beaconer.asserted === undefined || gateway?.asserted === undefined
    ? undefined
    : ([beaconer.asserted, gateway.asserted] as const);

const isNear = (on: WitnessCase): boolean => {
  const [from, to] = places(on) ?? [];
  if (from === undefined || to === undefined) return true;
  const steps = heliumSteps(on.world.grid, from.location, to.location);
  return steps === undefined || steps < HELIUM_RULES.cellStepsMin;
};

const isFar = (on: WitnessCase): boolean => {
  const [from, to] = places(on) ?? [];
  if (from === undefined || to === undefined) return true;
  const distanceM = heliumDistanceM(on.world.grid, from.location, to.location);
  return distanceM === undefined || Math.floor(distanceM / 1_000) > HELIUM_RULES.distanceMaxKm;
};

/** How many dB the signal is above what free space allows, and over which distance; undefined without places. */
export const signalExcess = (
  on: WitnessCase,
): { readonly excessDb: number; readonly distanceM: number } | undefined => {
  const [from, to] = places(on) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const distanceM = heliumDistanceM(on.world.grid, from.location, to.location);
  if (distanceM === undefined) return undefined;
  const expected = heliumExpectedDbm(
    on.beacon.conductedDbm,
    on.report.frequencyHz,
    distanceM,
    from.gainDdbi,
    to.gainDdbi,
  );
  return { excessDb: on.report.signalDdbm / 10 - expected, distanceM };
};

const isStrong = (on: WitnessCase): boolean => {
  const excess = signalExcess(on);
  return excess === undefined || !(excess.excessDb <= 0);
};

const isOtherRegion = (on: WitnessCase): boolean => {
  const [from, to] = places(on) ?? [];
  return from?.region !== to?.region;
};

/** In the oracle's order. */
export const WITNESS_CHECKS: readonly Check<WitnessCase>[] = [
  ['duplicate', ({ seen }) => seen],
  ['gateway-not-found', ({ gateway }) => gateway === undefined],
  ['not-asserted', ({ gateway }) => gateway?.asserted === undefined],
  ['denied', ({ report, world }) => world.denied(report.key)],
  [
    'denied-edge',
    ({ beacon, report, world }) =>
      world.deniedEdge(beacon.key, report.key) || world.deniedEdge(report.key, beacon.key),
  ],
  ['self-witness', ({ beacon, report }) => beacon.key === report.key],
  [
    'entropy-expired',
    ({ beacon, report }) => outsideEntropy(report.receivedMs, beacon.remoteEntropy.timestampS),
  ],
  ['too-late', isLate],
  ['invalid-packet', ({ beacon, report }) => !equalBytes(beacon.payload, report.payload)],
  ['invalid-capability', ({ gateway }) => gateway?.fullHotspot !== true],
  [
    'invalid-frequency',
    ({ beacon, report }) =>
      Math.abs(report.frequencyHz - beacon.frequencyHz) > HELIUM_RULES.frequencyToleranceHz,
  ],
  ['invalid-region', isOtherRegion],
  ['below-min-distance', isNear],
  ['max-distance-exceeded', isFar],
  ['bad-rssi', isStrong],
];

export const firstReason = <Case>(checks: readonly Check<Case>[], on: Case): HeliumReason | undefined =>
  checks.find(([, stands]) => stands(on))?.[0];

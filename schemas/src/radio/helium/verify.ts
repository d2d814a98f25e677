import {
  BEACON_CHECKS,
  type BeaconCase,
  firstReason,
  heliumDistanceM,
  signalExcess,
  WITNESS_CHECKS,
  type WitnessCase,
} from './checks.ts';
import { HELIUM_REASONS, HELIUM_RULES, type HeliumReason } from './profile.ts';
import type { BeaconReport, HeliumGateway, HeliumWorld, WitnessReport } from './reports.ts';
import { beaconerUnit, witnessUnit } from './rewards.ts';

/** Who is to blame for an invalid report (`invalid_participant_side`: 2, 3). */
export type HeliumSide = 'beaconer' | 'witness';

export interface HeliumWitnessVerdict {
  readonly report: WitnessReport;
  readonly reason: HeliumReason | undefined;
  readonly side: HeliumSide | undefined;
  /** Among the first 14 valid ones, which alone are rewarded. */
  readonly selected: boolean;
  readonly unit: number;
  /** The beaconer's density scale times the unit. */
  readonly share: number;
  /** One sentence for a person. */
  readonly words: string;
}

export interface HeliumVerdict {
  readonly reason: HeliumReason | undefined;
  /** Transmit scale of the beaconer's place, 0 where the beacon is invalid. */
  readonly scale: number;
  readonly unit: number;
  readonly share: number;
  readonly words: string;
  /** In the order of their arrival at the server. */
  readonly witnesses: readonly HeliumWitnessVerdict[];
}

const kilometres = (metres: number): string => (metres / 1_000).toFixed(1);

const rejection = (reason: HeliumReason): string => `would be rejected: ${HELIUM_REASONS[reason][1]}`;

const witnessWords = (on: WitnessCase, reason: HeliumReason | undefined): string => {
  if (reason === undefined) return 'would be accepted';
  if (reason === 'bad-rssi') {
    const excess = signalExcess(on);
    if (excess !== undefined)
      return `would be rejected: RSSI ${excess.excessDb.toFixed(1)} dB above what ${kilometres(excess.distanceM)} km allows`;
  }
  if (reason === 'max-distance-exceeded') {
    const [a, b] = [on.beaconer.asserted?.location, on.gateway?.asserted?.location];
    const distanceM = a === undefined || b === undefined ? undefined : heliumDistanceM(on.world.grid, a, b);
    if (distanceM !== undefined) return `${rejection(reason)} (${kilometres(distanceM)} km)`;
  }
  return rejection(reason);
};

/** Whether the other kind of report is recent enough (HIP-106). */
const reciprocal = (nowMs: number, lastMs: number | undefined): boolean =>
  lastMs !== undefined && nowMs - lastMs < HELIUM_RULES.reciprocityMs;

const rejectedWitness = (report: WitnessReport, reason: HeliumReason): HeliumWitnessVerdict => ({
  report,
  reason,
  side: 'beaconer',
  selected: false,
  unit: 0,
  share: 0,
  words: `${rejection(reason)} (the beacon)`,
});

const rejectedBeacon = (reason: HeliumReason, witnesses: readonly WitnessReport[]): HeliumVerdict => ({
  reason,
  scale: 0,
  unit: 0,
  share: 0,
  words: rejection(reason),
  witnesses: witnesses.map((report) => rejectedWitness(report, reason)),
});

interface Judged {
  readonly on: WitnessCase;
  readonly reason: HeliumReason | undefined;
}

const judgeWitnesses = (
  beacon: BeaconReport,
  beaconer: HeliumGateway,
  ordered: readonly WitnessReport[],
  world: HeliumWorld,
): readonly Judged[] => {
  const keys = new Set<string>();
  const firstWitnessMs = ordered[0]?.receivedMs ?? 0;
  return ordered.map((report) => {
    const seen = keys.has(report.key);
    keys.add(report.key);
    const gateway = world.gateway(report.key);
    const on = { beacon, beaconer, report, gateway, seen, firstWitnessMs, world };
    return { on, reason: firstReason(WITNESS_CHECKS, on) };
  });
};

const withReciprocity = ({ on, reason }: Judged): Judged =>
  reason === undefined && !reciprocal(on.report.receivedMs, on.world.lastValidBeaconMs(on.report.key))
    ? { on, reason: 'no-valid-beacons' }
    : { on, reason };

/**
 * Judges a beacon and its witnesses as the oracle did. A beacon that fails takes its witnesses with it. Whether the
 * beacon counts at all was asked after its witnesses were judged, and whether each witness does, after that.
 */
export const verifyHelium = (
  beacon: BeaconReport,
  reports: readonly WitnessReport[],
  world: HeliumWorld,
): HeliumVerdict => {
  const ordered = reports.toSorted((a, b) => a.receivedMs - b.receivedMs);
  const gateway = world.gateway(beacon.key);
  const on: BeaconCase = { report: beacon, gateway, world };
  const reason = firstReason(BEACON_CHECKS, on);
  if (reason !== undefined || gateway?.asserted === undefined)
    return rejectedBeacon(reason ?? 'not-asserted', ordered);
  const judged = judgeWitnesses(beacon, gateway, ordered, world);
  if (!reciprocal(beacon.receivedMs, world.lastValidWitnessMs(beacon.key)))
    return rejectedBeacon('no-valid-witnesses', ordered);
  const final = judged.map(withReciprocity);
  const selected = new Set(
    final.filter((each) => each.reason === undefined).slice(0, HELIUM_RULES.witnessesMax),
  );
  const scale = world.scale(gateway.asserted.location) ?? HELIUM_RULES.defaultScale;
  const [unit, each] = [beaconerUnit(selected.size), witnessUnit(selected.size)];
  return {
    reason: undefined,
    scale,
    unit,
    share: scale * unit,
    words: `would be accepted with ${selected.size} of ${reports.length} witnesses`,
    witnesses: final.map((one) => {
      const isSelected = selected.has(one);
      return {
        report: one.on.report,
        reason: one.reason,
        side: one.reason === undefined ? undefined : 'witness',
        selected: isSelected,
        unit: isSelected ? each : 0,
        share: isSelected ? scale * each : 0,
        words: witnessWords(one.on, one.reason),
      };
    }),
  };
};

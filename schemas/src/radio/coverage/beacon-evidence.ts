import type { Place } from '../../privacy/index.ts';
import { toHex } from '../../words/index.ts';
import {
  type BeaconRegion,
  type BeaconReport,
  beaconPayload,
  type Cell,
  HELIUM_PROFILE,
  HELIUM_RULES,
  type HeliumGateway,
  type HeliumVerdict,
  type HeliumWorld,
  type HexGrid,
  type RemoteEntropy,
  verifyHelium,
  type WitnessReport,
} from '../helium/index.ts';
import { radioName, rateFrom } from './judgeable.ts';
import type { SignedReception } from './signed-reception.ts';

/** Beacons and their witnesses held at most; further ones are counted, not kept. */
export const BEACON_FRAMES_MAX = 100_000;

/** What a beacon was made of; whoever made it tells, for others to make it again. */
export interface BeaconEntropy {
  readonly localEntropy: Uint8Array;
  readonly remoteEntropy: RemoteEntropy;
}

export interface HeliumEvidence {
  readonly grid: HexGrid;
  /** The cell of resolution 12 that an owner would assert. */
  readonly cellAt: (place: Place) => Cell;
  readonly region: BeaconRegion;
  /** dBi of the antenna by EUI; where nobody says, 0. */
  readonly gainDbi: (radio: string) => number | undefined;
  readonly entropy: (payload: Uint8Array) => BeaconEntropy | undefined;
  /** Where the antenna stood that heard or sent it. */
  readonly placeOf: (signed: SignedReception) => Place | undefined;
}

export interface BeaconExplained {
  readonly beacon: SignedReception;
  /** In the order of the verdict's witnesses, where there is a verdict. */
  readonly witnesses: readonly SignedReception[];
  /** Undefined where it cannot be judged. */
  readonly verdict: HeliumVerdict | undefined;
  readonly words: string;
}

export interface BeaconBook {
  take(signed: SignedReception): void;
  /** Each beacon that somebody signed as sent, by the time at which his box knew of it. */
  explain(): readonly BeaconExplained[];
  readonly forgotten: number;
}

/** One hotspot: an EUI as one signer knows it. A signer can have several, and one EUI under two signers is two. */
const hotspot = (signed: SignedReception): string => `${radioName(signed)} ${signed.deviceKey}`;

const receivedMs = ({ wall }: SignedReception): number => Number(wall / 1_000_000n);

interface Frames {
  readonly sent: SignedReception[];
  readonly heard: SignedReception[];
}

/** Who was last good for what. What fails by reciprocity alone counts too, or nobody could ever begin. */
interface History {
  readonly fromMs: number;
  readonly beaconMs: Map<string, number>;
  readonly validBeaconMs: Map<string, number>;
  readonly validWitnessMs: Map<string, number>;
}

const gainDdbiOf = (signed: SignedReception, { gainDbi }: HeliumEvidence): number =>
  Math.round((gainDbi(radioName(signed)) ?? 0) * 10);

const beaconReport = (
  signed: SignedReception,
  payload: Uint8Array,
  evidence: HeliumEvidence,
): BeaconReport | string => {
  const { frequencyHz, modulation, powerDeciDbm } = signed.body;
  if (frequencyHz === undefined || modulation?.kind !== 'lora' || powerDeciDbm === undefined)
    return 'its sender tells no frequency, no LoRa modulation or no power';
  const entropy = evidence.entropy(payload);
  if (entropy === undefined) return 'nobody tells the entropy that it was made of';
  const rate = rateFrom(modulation);
  if (rate.kind !== 'lora') return 'it is not LoRa';
  return {
    key: hotspot(signed),
    payload,
    frequencyHz,
    rate,
    conductedDbm: Math.trunc((powerDeciDbm - gainDdbiOf(signed, evidence)) / 10),
    ...entropy,
    receivedMs: receivedMs(signed),
  };
};

const witnessReport = (signed: SignedReception, payload: Uint8Array): WitnessReport | undefined => {
  const { frequencyHz, rssiDeciDbm, signalRssiDeciDbm } = signed.body;
  const signalDdbm = signalRssiDeciDbm ?? rssiDeciDbm;
  if (frequencyHz === undefined || signalDdbm === undefined) return undefined;
  return { key: hotspot(signed), payload, frequencyHz, signalDdbm, receivedMs: receivedMs(signed) };
};

/** Each is taken for a full hotspot at the place that the evidence gives it; nobody is on a deny list. */
const worldOf = (
  all: readonly SignedReception[],
  evidence: HeliumEvidence,
  reciprocity: Pick<HeliumWorld, 'lastBeaconMs' | 'lastValidWitnessMs' | 'lastValidBeaconMs'>,
): HeliumWorld => {
  const gateways = new Map<string, HeliumGateway>();
  for (const signed of all) {
    const key = hotspot(signed);
    if (gateways.get(key)?.asserted !== undefined) continue;
    const place = evidence.placeOf(signed);
    const asserted =
      place === undefined
        ? undefined
        : {
            location: evidence.cellAt(place),
            gainDdbi: gainDdbiOf(signed, evidence),
            region: evidence.region.name,
          };
    gateways.set(key, { fullHotspot: true, asserted });
  }
  return {
    gateway: (key) => gateways.get(key),
    region: (name) => (name === evidence.region.name ? evidence.region : undefined),
    denied: () => false,
    deniedEdge: () => false,
    scale: () => undefined,
    grid: evidence.grid,
    ...reciprocity,
  };
};

const judgeBeacon = (
  beacon: SignedReception,
  heard: readonly SignedReception[],
  payload: Uint8Array,
  history: History,
  evidence: HeliumEvidence,
): BeaconExplained => {
  const report = beaconReport(beacon, payload, evidence);
  if (typeof report === 'string') {
    const words = `cannot be judged by ${HELIUM_PROFILE}, because ${report}`;
    return { beacon, witnesses: heard, verdict: undefined, words };
  }
  const sources = new Map<WitnessReport, SignedReception>();
  for (const signed of heard) {
    const witness = witnessReport(signed, payload);
    if (witness !== undefined) sources.set(witness, signed);
  }
  const nowMs = report.receivedMs;
  const lastBeaconMs = (key: string): number | undefined => history.beaconMs.get(key);
  const always = { lastBeaconMs, lastValidWitnessMs: () => nowMs, lastValidBeaconMs: () => nowMs };
  const all = [beacon, ...heard];
  const free = verifyHelium(report, [...sources.keys()], worldOf(all, evidence, always));
  // What lies before the file is not known, and is taken as good.
  const short = nowMs - history.fromMs < HELIUM_RULES.reciprocityMs;
  const last = (known: ReadonlyMap<string, number>) => (key: string) =>
    known.get(key) ?? (short ? nowMs : undefined);
  const verdict = verifyHelium(
    report,
    [...sources.keys()],
    worldOf(all, evidence, {
      lastBeaconMs,
      lastValidWitnessMs: last(history.validWitnessMs),
      lastValidBeaconMs: last(history.validBeaconMs),
    }),
  );
  history.beaconMs.set(report.key, nowMs);
  if (free.reason === undefined) {
    if (free.witnesses.length > 0) history.validBeaconMs.set(report.key, nowMs);
    for (const { reason, report: by } of free.witnesses)
      if (reason === undefined) history.validWitnessMs.set(by.key, by.receivedMs);
  }
  return {
    beacon,
    witnesses: verdict.witnesses.flatMap(({ report: by }) => sources.get(by) ?? []),
    verdict,
    words: short ? `${verdict.words}; reciprocity before this evidence is taken as given` : verdict.words,
  };
};

/**
 * Beacons and witnesses of the evidence under the retired rules of Helium. Where the oracle took the time at which its
 * server received a report, this takes the time at which the box had it.
 */
export const openBeacons = (evidence: HeliumEvidence): BeaconBook => {
  const frames = new Map<string, Frames>();
  let fromMs = Number.POSITIVE_INFINITY;
  let [held, forgotten] = [0, 0];
  return {
    take(signed) {
      fromMs = Math.min(fromMs, receivedMs(signed));
      const { phy, direction, crc } = signed.body;
      if (beaconPayload(phy) === undefined || crc === 'bad') return;
      if (held >= BEACON_FRAMES_MAX) {
        forgotten += 1;
        return;
      }
      held += 1;
      const name = toHex(phy);
      const own = frames.get(name) ?? { sent: [], heard: [] };
      own[direction].push(signed);
      frames.set(name, own);
    },
    explain() {
      const history: History = {
        fromMs,
        beaconMs: new Map(),
        validBeaconMs: new Map(),
        validWitnessMs: new Map(),
      };
      return [...frames.values()]
        .flatMap(({ sent, heard }) => sent.map((beacon) => ({ beacon, heard })))
        .toSorted((a, b) => receivedMs(a.beacon) - receivedMs(b.beacon))
        .map(({ beacon, heard }) =>
          judgeBeacon(beacon, heard, beaconPayload(beacon.body.phy) ?? new Uint8Array(0), history, evidence),
        );
    },
    get forgotten() {
      return forgotten;
    },
  };
};

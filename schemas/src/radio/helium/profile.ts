/**
 * The rules by which Helium judged Proof-of-Coverage on the IoT network until it was retired on 2026-07-06 (HIP-149),
 * as of oracles-iot commit ff4b370 (Apache-2.0), iot_verifier/src. Kept to judge old evidence and, should a network
 * take them up again, new evidence by the same measure. Nobody pays for it today.
 */
export const HELIUM_PROFILE = 'helium-iot-2026-05';

export const HELIUM_RULES = {
  /** Seconds for which remote entropy is good, both ends included. */
  entropyLifespanS: 180,
  /** One beacon in each of these pieces of time, counted from 1970. */
  beaconIntervalMs: 6 * 3_600_000,
  /** After a beacon that was reported before the first witness. */
  witnessAfterBeaconMaxMs: 4_000,
  /** After the first witness otherwise. */
  witnessAfterFirstMaxMs: 1_500,
  frequencyToleranceHz: 100_000,
  /** Kilometres, whole ones: 100,999 m are 100 km. */
  distanceMaxKm: 100,
  cellStepsMin: 8,
  cellResolution: 11,
  /** Shorter than this since the last valid report of the other kind. */
  reciprocityMs: 48 * 3_600_000,
  witnessesMax: 14,
  /** HIP-15. */
  redundancy: 4,
  decay: 0.8,
  beaconUnitMax: 2,
  /** Of a place that is not in the density map. */
  defaultScale: 0.2,
  /** Metres per second, as the oracle had it. */
  lightMs: 2.998e8,
} as const;

/** Names and codes of `invalid_reason` in helium/proto poc_lora, and what each means. */
export const HELIUM_REASONS = {
  'not-asserted': [2, 'the gateway has no asserted location'],
  'entropy-expired': [3, 'it was reported outside the 180 s in which its entropy is good'],
  'invalid-capability': [5, 'the gateway is no full hotspot'],
  'irregular-interval': [7, 'the gateway has beaconed in this 6-hour interval already'],
  'gateway-not-found': [8, 'the gateway is not known'],
  denied: [9, 'the gateway is on the deny list'],
  'invalid-packet': [10, 'its bytes are not those that the entropy gives'],
  'bad-rssi': [11, 'the signal is stronger than free space allows'],
  'invalid-region': [12, 'beaconer and witness are in different regions'],
  'max-distance-exceeded': [13, 'beaconer and witness are more than 100 km apart'],
  'invalid-frequency': [14, 'the witness heard it more than 100 kHz beside the beacon'],
  'self-witness': [15, 'the beaconer heard itself'],
  'below-min-distance': [19, 'beaconer and witness are fewer than 8 cells apart'],
  duplicate: [20, 'this gateway has a report of this beacon already'],
  'denied-edge': [21, 'the two gateways are on the deny list as a pair'],
  'too-late': [22, 'the report came too long after the first one of this beacon'],
  'no-valid-beacons': [23, 'the witness had no valid beacon of its own within 48 hours'],
  'no-valid-witnesses': [24, 'the beaconer was no valid witness itself within 48 hours'],
} as const satisfies Readonly<Record<string, readonly [code: number, words: string]>>;

export type HeliumReason = keyof typeof HELIUM_REASONS;

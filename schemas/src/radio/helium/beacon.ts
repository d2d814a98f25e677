import { sha256 } from '../../evidence/hash.ts';
import { concatBytes, equalBytes, fail, fault, ok, type Result } from '../../words/index.ts';
import { type LoraRate, sameRate } from '../rate.ts';
import { chacha12Words } from './chacha12.ts';

/** Bytes of a beacon without the MHDR that goes in front of it on the air. */
export const BEACON_BYTES = 51;

/** MHDR of a proprietary frame. */
const PROPRIETARY = 0xe0;

export interface BeaconChannel {
  readonly frequencyHz: number;
  readonly bandwidthHz: number;
  /** Tenths of dBm. */
  readonly maxEirpDdbm: number;
  /** In the order in which Helium serves them, which decides. */
  readonly spreading: readonly { readonly spreadingFactor: number; readonly maxPacketBytes: number }[];
}

/** What Helium's configuration service says of a region (`blockchain_region_param_v1`); the order of channels decides. */
export interface BeaconRegion {
  readonly name: string;
  readonly channels: readonly BeaconChannel[];
}

/** Of the test bytes in helium/proto beacon/src/region.rs (Apache-2.0). */
export const BEACON_EU868: BeaconRegion = {
  name: 'EU868',
  channels: [
    867_100_000, 867_300_000, 867_500_000, 867_700_000, 867_900_000, 868_100_000, 868_300_000, 868_500_000,
  ].map((frequencyHz) => ({
    frequencyHz,
    bandwidthHz: 125_000,
    maxEirpDdbm: 161,
    spreading: [
      { spreadingFactor: 12, maxPacketBytes: 65 },
      { spreadingFactor: 9, maxPacketBytes: 129 },
      { spreadingFactor: 8, maxPacketBytes: 238 },
    ],
  })),
};

export interface RemoteEntropy {
  readonly bytes: Uint8Array;
  /** Seconds since 1970. */
  readonly timestampS: number;
  /** 0 or 1. */
  readonly version: number;
}

export interface Beacon {
  /** 51 bytes that nobody can know before the remote entropy is out. */
  readonly payload: Uint8Array;
  readonly frequencyHz: number;
  readonly rate: LoraRate;
  /** Whole dBm into the antenna. */
  readonly conductedDbm: number;
}

const le64 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
};

const malformed = (code: string, words: string) =>
  fail(fault('malformed', `helium.${code}`, 'Helium beacon', words));

/**
 * Makes the beacon of this entropy, byte for byte as helium/proto beacon/src/lib.rs does: a seed by SHA-256 over both
 * entropies, 51 random bytes by ChaCha12 (the low byte of each word), and from these the channel. The spreading factor
 * is the first of the first channel that has room; the power is what the region allows less the antenna's gain.
 * `gainDdbi`: tenths of dBi. Codes: `helium.entropy-version`, `helium.region`, `helium.spreading`, `helium.power`.
 */
export const buildBeacon = (
  remote: RemoteEntropy,
  localEntropy: Uint8Array,
  region: BeaconRegion,
  gainDdbi: number,
): Result<Beacon> => {
  if (remote.version !== 0 && remote.version !== 1)
    return malformed('entropy-version', `Entropy of version ${remote.version}; only 0 and 1 are known.`);
  const [first] = region.channels;
  if (first === undefined) return malformed('region', `Region ${region.name} has no channel to beacon on.`);
  const fitting = first.spreading.find(({ maxPacketBytes }) => maxPacketBytes >= BEACON_BYTES);
  if (fitting === undefined)
    return malformed('spreading', `No spreading factor of ${region.name} has room for a beacon.`);
  const maxEirpDdbm = Math.max(...region.channels.map((channel) => channel.maxEirpDdbm));
  const conductedDbm = Math.trunc((maxEirpDdbm - gainDdbi) / 10);
  if (conductedDbm < 0)
    return malformed(
      'power',
      `An antenna of ${gainDdbi / 10} dBi leaves ${region.name} no power to send with.`,
    );
  const seed = sha256(concatBytes(remote.bytes, le64(remote.timestampS), localEntropy, le64(0)));
  const payload = Uint8Array.from(chacha12Words(seed, BEACON_BYTES), (word) => word & 0xff);
  const drawn = (payload[0] ?? 0) | ((payload[1] ?? 0) << 8);
  const channel = region.channels[drawn % region.channels.length] ?? first;
  return ok({
    payload,
    frequencyHz: channel.frequencyHz,
    rate: { kind: 'lora', spreadingFactor: fitting.spreadingFactor, bandwidthHz: first.bandwidthHz },
    conductedDbm,
  });
};

/** The 52 bytes on the air; coding rate 4/5, not inverted. */
export const beaconPhy = ({ payload }: Pick<Beacon, 'payload'>): Uint8Array =>
  concatBytes(Uint8Array.of(PROPRIETARY), payload);

/** The 51 bytes of what may be a beacon; undefined where it cannot be one. */
export const beaconPayload = (phy: Uint8Array): Uint8Array | undefined =>
  phy.length === BEACON_BYTES + 1 && phy[0] === PROPRIETARY ? phy.slice(1) : undefined;

/** As Helium compared them: power is left out, since forwarders may send with less. */
export const sameBeacon = (a: Omit<Beacon, 'conductedDbm'>, b: Omit<Beacon, 'conductedDbm'>): boolean =>
  equalBytes(a.payload, b.payload) && a.frequencyHz === b.frequencyHz && sameRate(a.rate, b.rate);

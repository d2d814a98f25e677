import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { Verify } from '@outpost/schemas/evidence';
import type { BeaconChannel, BeaconRegion } from '@outpost/schemas/radio';
import { concatBytes, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { type HeliumKey, heliumVerifies } from './keys.ts';
import { REGION_UNKNOWN, regionName } from './regions.ts';
import { decode, type Field } from './wire.ts';

// helium/proto, src/service/iot_config.proto and src/blockchain_region_param_v1.proto (Apache-2.0).

const field = <T extends Field['type']>(number: number, type: T): { number: number; type: T } => ({
  number,
  type,
});

/** `gateway_region_params_res_v1`; `gain` in dBi × 10, `timestamp` in s. `params` is a message of its own. */
export const REGION_PARAMS_ANSWER = {
  region: field(1, 'int32'),
  params: field(2, 'bytes'),
  gain: field(3, 'uint64'),
  signature: field(4, 'bytes'),
  timestamp: field(5, 'uint64'),
  signer: field(6, 'bytes'),
} as const;

/** `blockchain_region_param_v1`; `maxEirp` in dBm × 10. */
export const REGION_PARAM = {
  frequency: field(1, 'uint64'),
  bandwidth: field(2, 'uint32'),
  maxEirp: field(3, 'uint32'),
  spreading: field(4, 'bytes'),
} as const;

/** `tagged_spreading`; `spreading` 1 for SF7 to 6 for SF12. */
export const TAGGED_SPREADING = {
  spreading: field(1, 'uint32'),
  maxPacketBytes: field(2, 'uint32'),
} as const;

/** What Helium lets a gateway send with. */
export interface RegionParams {
  /** Helium's number. */
  readonly region: number;
  readonly plan: BeaconRegion;
  /** Of the antenna as it was asserted, tenths of dBi. */
  readonly gainDdbi: number;
  /** When the service said so, seconds since 1970. */
  readonly timestampS: number;
}

const CHANNELS_MAX = 128;

const bent = (words: string): Result<never> =>
  fail(fault('malformed', 'helium.region-params', 'Helium’s configuration', words));

/** The bodies of a repeated message; undefined where the bytes are bent. */
const repeated = (bytes: Uint8Array, number: number): readonly Uint8Array[] | undefined => {
  const found: Uint8Array[] = [];
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [at, wire] = reader.tag();
      if (at === number && wire === WireType.LengthDelimited) found.push(Uint8Array.from(reader.bytes()));
      else reader.skip(wire, at);
    }
    return reader.pos === reader.len ? found : undefined;
  } catch {
    return undefined;
  }
};

const SF_BEFORE_FIRST = 6;

const channelOf = (bytes: Uint8Array): BeaconChannel | undefined => {
  const param = decode(REGION_PARAM, bytes);
  const tagged = param.ok ? repeated(param.value.spreading, 1) : undefined;
  if (!param.ok || tagged === undefined) return undefined;
  const spreading: { spreadingFactor: number; maxPacketBytes: number }[] = [];
  for (const each of tagged) {
    const read = decode(TAGGED_SPREADING, each);
    if (!read.ok) return undefined;
    const { spreading: code, maxPacketBytes } = read.value;
    spreading.push({ spreadingFactor: code + SF_BEFORE_FIRST, maxPacketBytes });
  }
  const { frequency, bandwidth, maxEirp } = param.value;
  return { frequencyHz: Number(frequency), bandwidthHz: bandwidth, maxEirpDdbm: maxEirp, spreading };
};

/** `blockchain_region_params_v1`; undefined where it is bent or longer than any region's. */
export const readChannels = (bytes: Uint8Array): readonly BeaconChannel[] | undefined => {
  const params = repeated(bytes, 1);
  if (params === undefined || params.length > CHANNELS_MAX) return undefined;
  const channels = params.map(channelOf);
  return channels.every((channel) => channel !== undefined) ? channels : undefined;
};

/**
 * The message without one field, everything else as it came: what was signed, where its sender encodes canonically, as
 * Helium's servers do. Undefined where the bytes are bent.
 */
const withoutField = (bytes: Uint8Array, number: number): Uint8Array | undefined => {
  const kept: Uint8Array[] = [];
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const from = reader.pos;
      const [at, wire] = reader.tag();
      reader.skip(wire, at);
      if (at !== number) kept.push(bytes.subarray(from, reader.pos));
    }
    return reader.pos === reader.len ? concatBytes(...kept) : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Reads an answer of the configuration service, which counts only with the signature of the pinned key (`untrusted`
 * otherwise). `refused` where the service knows no region for the gateway.
 */
export const readRegionParams = (
  bytes: Uint8Array,
  pinned: HeliumKey,
  verify: Verify,
): Result<RegionParams> => {
  const answer = decode(REGION_PARAMS_ANSWER, bytes);
  const signed = withoutField(bytes, REGION_PARAMS_ANSWER.signature.number);
  if (!answer.ok || signed === undefined) return bent('sent an answer that cannot be read.');
  const { region, params, gain, timestamp, signature } = answer.value;
  if (!heliumVerifies(pinned, signed, signature, verify)) {
    const words = 'sent parameters of the region that the pinned key did not sign; they are not used.';
    return fail(fault('untrusted', 'helium.config-signature', 'Helium’s configuration', words));
  }
  const channels = readChannels(params);
  if (channels === undefined) return bent('signed parameters of the region that cannot be read.');
  if (region === REGION_UNKNOWN || channels.length === 0) {
    const words = 'knows no region for this gateway; say it with options.region.';
    return fail(fault('refused', 'helium.no-region', 'Helium’s configuration', words));
  }
  const name = regionName(region) ?? `region ${region}`;
  const gainDdbi = Number(BigInt.asIntN(64, gain));
  return ok({ region, plan: { name, channels }, gainDdbi, timestampS: Number(timestamp) });
};

/**
 * dBm that the radio may put out so that, with the antenna that was asserted, no more is radiated than the region
 * allows: whole, and as helium/proto beacon/src/region.rs works it out. Undefined where the antenna leaves nothing.
 */
export const conductedDbm = ({ plan: { channels }, gainDdbi }: RegionParams): number | undefined => {
  const eirp = Math.max(...channels.map(({ maxEirpDdbm }) => maxEirpDdbm));
  const dbm = Math.trunc((eirp - gainDdbi) / 10);
  return dbm >= 0 ? dbm : undefined;
};

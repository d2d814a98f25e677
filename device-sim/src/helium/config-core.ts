import { generateKeyPairSync, sign } from 'node:crypto';
import {
  decode,
  encode,
  encodeChoice,
  type HeliumKey,
  keyBytes,
  REGION_PARAM,
  REGION_PARAMS_ANSWER,
  REGION_PARAMS_REQUEST,
  REGION_UNKNOWN,
  readKey,
  TAGGED_SPREADING,
} from '@outpost/gateway/helium';
import { BEACON_EU868, type BeaconChannel } from '@outpost/schemas/radio';
import { type Clock, concatBytes, toHex } from '@outpost/schemas/words';
import { GRPC, type GrpcStatus } from './grpc-server.ts';
import { signatureCheck } from './signed.ts';

/** What an asserted gateway has on the chain. */
export interface Asserted {
  readonly region: number;
  /** Tenths of dBi. */
  readonly gainDdbi: number;
}

export interface ConfigCore {
  /** What answers are signed with; gateways pin it. */
  readonly key: HeliumKey;
  /** By binary key, hex; all others are not known and get what they ask for, with no gain. */
  readonly asserted: Map<string, Asserted>;
  /** Answers are signed by a key that nobody pinned. */
  signsWrongly: boolean;
  answered: number;
  answer(request: Uint8Array): Uint8Array | GrpcStatus;
}

const NONE = new Uint8Array(0);
const SF_BEFORE_FIRST = 6;
/** Numbers of regions that the proto knows: 0 to 27 but 4, and 99. */
const isRegion = (region: number): boolean =>
  (Number.isInteger(region) && region >= 0 && region <= 27) || region === REGION_UNKNOWN;

const EU868 = 1;

const channelBytes = ({ frequencyHz, bandwidthHz, maxEirpDdbm, spreading }: BeaconChannel): Uint8Array => {
  const tagged = spreading.map(({ spreadingFactor, maxPacketBytes }) =>
    encodeChoice(
      1,
      encode(TAGGED_SPREADING, { spreading: spreadingFactor - SF_BEFORE_FIRST, maxPacketBytes }),
    ),
  );
  return encode(REGION_PARAM, {
    frequency: BigInt(frequencyHz),
    bandwidth: bandwidthHz,
    maxEirp: maxEirpDdbm,
    spreading: concatBytes(...tagged),
  });
};

/** `blockchain_region_params_v1`: the published ones of EU868; the one channel of a made-up plan elsewhere. */
export const regionParamsBytes = (region: number): Uint8Array => {
  if (region === REGION_UNKNOWN) return NONE;
  const [first] = BEACON_EU868.channels;
  const channels =
    region === EU868 || first === undefined
      ? BEACON_EU868.channels
      : [{ ...first, frequencyHz: 903_900_000, maxEirpDdbm: 360 }];
  return concatBytes(...channels.map((channel) => encodeChoice(1, channelBytes(channel))));
};

const newPair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const key: HeliumKey = { network: 'mainnet', kind: 'ed25519', key: Uint8Array.from(spki.subarray(-32)) };
  return { key, sign: (bytes: Uint8Array) => Uint8Array.from(sign(null, bytes, privateKey)) };
};

/** The configuration service's answer to a gateway that asks what it may send with. */
export const createConfigCore = (clock: Clock): ConfigCore => {
  const pair = newPair();
  const stranger = newPair();
  const isSigned = signatureCheck();
  const core: ConfigCore = {
    key: pair.key,
    asserted: new Map(),
    signsWrongly: false,
    answered: 0,
    answer: (request) => {
      const read = decode(REGION_PARAMS_REQUEST, request);
      const key = read.ok ? readKey(read.value.address) : read;
      if (!read.ok || !key.ok) return { code: GRPC.invalidArgument, message: 'invalid public key' };
      if (!isSigned(read.value.address, request, REGION_PARAMS_REQUEST.signature.number))
        return { code: GRPC.permissionDenied, message: 'invalid request signature' };
      if (!isRegion(read.value.region))
        return { code: GRPC.invalidArgument, message: `invalid lora region ${read.value.region}` };
      const { region, gainDdbi } = core.asserted.get(toHex(read.value.address)) ?? {
        region: read.value.region,
        gainDdbi: 0,
      };
      const answer = {
        region,
        params: regionParamsBytes(region),
        gain: BigInt(gainDdbi),
        signature: NONE,
        timestamp: clock.wall() / 1_000_000_000n,
        signer: keyBytes(pair.key),
      };
      const signature = (core.signsWrongly ? stranger : pair).sign(encode(REGION_PARAMS_ANSWER, answer));
      core.answered += 1;
      return encode(REGION_PARAMS_ANSWER, { ...answer, signature });
    },
  };
  return core;
};

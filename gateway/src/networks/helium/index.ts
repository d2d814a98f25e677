/** Helium's wire, both directions, for whoever plays its other end, and what soaks and benchmarks drive. */
export * from './codec.ts';
export { type Down, type PacketDown, readChoice, readDown } from './envelope.ts';
export { gatewayKey, type HeliumSigner, signerOf } from './gateway-keys.ts';
export { createDeframer, frameMessage } from './grpc-frames.ts';
export {
  addressOf,
  type HeliumKey,
  type HeliumKeypair,
  heliumVerifies,
  keyBytes,
  keypairOf,
  readAddress,
  readKey,
} from './keys.ts';
export { helium, WINDOW_MAX } from './network.ts';
export { BYTES_PER_DC, packetUp, rewardOf, routable } from './packets.ts';
export { REGION_PARAM, REGION_PARAMS_ANSWER, readRegionParams, TAGGED_SPREADING } from './region-params.ts';
export { REGION_PARAMS_PATH } from './region-watch.ts';
export { dataRateOf, REGION_UNKNOWN, regionNumber } from './regions.ts';
export { ROUTE_PATH } from './route.ts';
export { clearedEncoding } from './testing/independent.ts';
export {
  decode,
  encode,
  encodeBytes,
  encodeChoice,
  type Layout,
  MESSAGE_MAX_BYTES,
  type Message,
} from './wire.ts';

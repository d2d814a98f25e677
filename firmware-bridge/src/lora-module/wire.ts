/** What plays a LoRa module needs: both directions of each family, and the adapters to test it against. */
export { kissCodec, type TncFrame } from '../adapters/kiss/codec.ts';
export { kissParts, redecode as redecodeKiss } from '../adapters/kiss/index.ts';
export { type LoraE5Event, loraE5Codec } from '../adapters/lora-e5/codec.ts';
export { loraE5Parts, redecode as redecodeLoraE5 } from '../adapters/lora-e5/index.ts';
export {
  type MeshtasticCommand,
  type MeshtasticEvent,
  meshtasticCodec,
} from '../adapters/meshtastic/codec.ts';
export { meshtasticParts, redecode as redecodeMeshtastic } from '../adapters/meshtastic/index.ts';
export type { MeshPacket } from '../adapters/meshtastic/packet.ts';
export { type Rn2483Event, rn2483Codec } from '../adapters/rn2483/codec.ts';
export { redecode as redecodeRn2483, rn2483Parts } from '../adapters/rn2483/index.ts';
export { RNODE, rnodeCodec } from '../adapters/rnode/codec.ts';
export { redecode as redecodeRnode, rnodeParts } from '../adapters/rnode/index.ts';
export { SIMULATOR_PLATFORM } from '../adapters/rnode/session.ts';
export { type Rui3Event, rui3Codec } from '../adapters/rui3/codec.ts';
export { redecode as redecodeRui3, rui3Parts } from '../adapters/rui3/index.ts';
export { type RylrEvent, rylrCodec } from '../adapters/rylr/codec.ts';
export { redecode as redecodeRylr, rylrParts } from '../adapters/rylr/index.ts';
export type { Wire } from '../wire.ts';
export { SIMULATOR_MARK } from './family.ts';
export type { KissFrame } from './kiss-wire.ts';

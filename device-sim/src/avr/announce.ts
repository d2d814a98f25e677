import { firmataWire } from '@outpost/firmware-bridge/wires';

const VERSION = 0xf9;

const SIMULATED = firmataWire.firmataCodec.event.encode({ kind: 'text', text: firmataWire.SIMULATED_TEXT });

/** Says before each version that the board is simulated. No other byte of what a board sends is that mark. */
export const announced = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes].flatMap((byte) => (byte === VERSION ? [...SIMULATED, byte] : [byte])));

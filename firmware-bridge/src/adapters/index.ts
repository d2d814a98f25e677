import type { Body } from '@outpost/schemas/words';
import type { Adapter } from '../adapter.ts';
import { elm327, redecode as redecodeElm327 } from './elm327/index.ts';
import { gpsd, redecode as redecodeGpsd } from './gpsd/index.ts';
import { nmea, redecode as redecodeNmea } from './nmea/index.ts';
import { redecode as redecodeSlcan, slcan } from './slcan/index.ts';

export { createRig, type FarEnd, type Rig, type Sent } from '../testing/rig.ts';
export { elm327Parts } from './elm327/index.ts';
export * as elm327Wire from './elm327/wire.ts';
export { gpsdCodec } from './gpsd/codec.ts';
export { nmeaCodec } from './nmea/codec.ts';
export { slcanParts } from './slcan/index.ts';
export * as slcanWire from './slcan/wire.ts';

/** Every kind of device that can be spoken to, by the name that the configuration uses. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = new Map(
  [elm327, gpsd, nmea, slcan].map((adapter) => [adapter.name, adapter]),
);

/**
 * Computes again what a reading's raw bytes say, by the name of the adapter. Pure, so that evidence can be checked
 * where no device is. An adapter whose frames cannot be read by themselves is not in it.
 */
export const redecoders: ReadonlyMap<string, (raw: Uint8Array) => readonly Body[]> = new Map([
  [elm327.name, redecodeElm327],
  [gpsd.name, redecodeGpsd],
  [nmea.name, redecodeNmea],
  [slcan.name, redecodeSlcan],
]);

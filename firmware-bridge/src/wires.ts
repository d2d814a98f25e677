/** Both directions of each device's language, for whoever plays the device. */

export { stationCodec } from './adapters/basics-station/codec.ts';
export * as stationWire from './adapters/basics-station/wire.ts';
export { chirpstackCodec } from './adapters/chirpstack/codec.ts';
export { elm327Parts, redecode as redecodeElm327 } from './adapters/elm327/index.ts';
export { checkOptions as checkElm327Options } from './adapters/elm327/options.ts';
export * as elm327Wire from './adapters/elm327/wire.ts';
export { firmataParts, redecode as redecodeFirmata } from './adapters/firmata/index.ts';
export { createOutputDriver as createFirmataDriver } from './adapters/firmata/johnny-five.ts';
export { checkOptions as checkFirmataOptions } from './adapters/firmata/options.ts';
export * as firmataWire from './adapters/firmata/wire.ts';
export { gpsdCodec } from './adapters/gpsd/codec.ts';
export { gwmpParts, redecode as redecodeGwmp } from './adapters/gwmp/index.ts';
export * as gwmpWire from './adapters/gwmp/wire.ts';
export { mappedParts, redecode as redecodeMapped } from './adapters/mapped/index.ts';
export { nmeaCodec } from './adapters/nmea/codec.ts';
export { ovmsParts, redecode as redecodeOvms } from './adapters/ovms/index.ts';
export { redecode as redecodeSlcan, slcanParts } from './adapters/slcan/index.ts';
export { checkOptions as checkSlcanOptions } from './adapters/slcan/options.ts';
export * as slcanWire from './adapters/slcan/wire.ts';
export { redecode as redecodeWican, wicanParts } from './adapters/wican/index.ts';
export * as wicanWire from './adapters/wican/wire.ts';
export * as loraModuleWire from './lora-module/wire.ts';
export { SIMULATED_ID, SIMULATOR_LEVEL } from './mqtt/simulated.ts';
export { noProfileFile } from './obd/profile-reader.ts';
export { readText } from './obd/read-text.ts';
export { hasMosquitto, type Mosquitto, startMosquitto } from './testing/mosquitto.ts';
export { createRig, type FarEnd, type Rig, type Sent } from './testing/rig.ts';

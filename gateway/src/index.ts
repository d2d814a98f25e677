export { newAttestTally, openAttest } from './attest/attest.ts';
export { systemTerminal } from './cli/terminal.ts';
export { askControl } from './control/socket.ts';
export type { Status } from './control/status.ts';
export { platformHash } from './hash.ts';
export * from './influxd/index.ts';
export { type RunningInflux, realInflux, runInflux } from './influxd/testing/real-influx.ts';
export * from './journal/index.ts';
export * from './keys/index.ts';
export * from './networks/contract.ts';
export * from './networks/index.ts';
/** The wire of the network `outpost`, both directions, for whoever plays its other end. */
export * as outpostWire from './networks/outpost/codec.ts';
export { newChains } from './record/chains.ts';
export { openRecorder } from './record/recorder.ts';
export { newRecordTally } from './record/tally.ts';
export { machineTrust } from './record/time-trust.ts';
export * from './store/index.ts';
export { VERSION } from './version.ts';

export { newAttestTally, openAttest } from './attest/attest.ts';
export { issueForRequest, issuePair, type KeyAndCertificate, newAuthority } from './broker/certificates.ts';
export { type Broker, enrol, openBroker } from './broker/index.ts';
export { systemTerminal } from './cli/terminal.ts';
export { askControl } from './control/socket.ts';
export type { Status } from './control/status.ts';
export { loadCoverage } from './coverage/load.ts';
export { openDeliver } from './deliver/deliver.ts';
export { platformHash } from './hash.ts';
export * from './influxd/index.ts';
export { type RunningInflux, realInflux, runInflux } from './influxd/testing/real-influx.ts';
export * from './journal/index.ts';
export * from './keys/index.ts';
export { readApart } from './ledger/apart.ts';
export { openLog } from './log.ts';
export * from './metrics/index.ts';
export * from './networks/contract.ts';
/** DIMO's wire, both directions. */
export * as dimoWire from './networks/dimo/wire.ts';
export * from './networks/index.ts';
/** The wire of the network `outpost`, both directions, for whoever plays its other end. */
export * as outpostWire from './networks/outpost/codec.ts';
export { openOutpost } from './networks/outpost/network.ts';
export { objectionOf, problemsOf } from './networks/outpost/objections.ts';
export { openTestPage, PASSWORD as TEST_PASSWORD, type TestPage } from './page/testing.ts';
export { newChains } from './record/chains.ts';
export { attestedEntry, KIND, openedEntry, originOfKind, settlementEntry } from './record/entry.ts';
export { readIntents, readingsSettledEntry, readReadingsSettled } from './record/live-entry.ts';
export { openRecorder } from './record/recorder.ts';
export { newRecordTally } from './record/tally.ts';
export { machineTrust } from './record/time-trust.ts';
export { runGateway } from './run/gateway.ts';
/** Parts of a gateway by themselves, for soaks that count what each of them does. */
export { type Opened, openParts } from './run/open.ts';
export { newNetworkView } from './run/tasks.ts';
export * from './store/index.ts';
export { VERSION } from './version.ts';

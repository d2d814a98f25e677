export { type Broker, type BrokerParts, type BrokerView, openBroker } from './broker.ts';
export { type Enrolled, type EnrolRequest, enrol, revoke } from './enrol.ts';
export { type Enrolment, readEnrolments } from './enrolment.ts';
export type { Lab } from './identity.ts';
export { brokerAddress, isBrokerAddress } from './inlets.ts';
export { DEVICE_KINDS } from './kinds.ts';
export { enrolmentUrl, forScripts, placesOf, type Reach, reachOf } from './reach.ts';
export type { BrokerTally } from './tally.ts';

export { type Broker, type BrokerParts, type BrokerView, openBroker } from './broker.ts';
export { brokerAddress } from './inlets.ts';

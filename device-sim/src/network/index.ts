export {
  checkNetworkFaults,
  NETWORK_MISHAPS,
  type NetworkFault,
  type NetworkFaults,
  parseNetworkFaults,
} from './network-faults.ts';
export {
  type NetworkOptions,
  type NetworkStatus,
  type ServedNetwork,
  serveNetwork,
} from './serve-network.ts';

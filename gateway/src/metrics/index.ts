export { DEVICE_METRICS, type DeviceNow } from './device-metrics.ts';
export { GATEWAY_METRICS, type GatewayNow } from './gateway-metrics.ts';
export { type LoopDelay, measureLoopDelay } from './loop-delay.ts';
export type { Metric } from './metric.ts';
export { NETWORK_METRICS, type NetworkNow } from './network-metrics.ts';
export { type SelfNow, selfPoints } from './points.ts';

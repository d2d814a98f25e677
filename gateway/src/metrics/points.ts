import type { WallNs } from '@outpost/schemas/words';
import { MEASUREMENTS } from '../store/names.ts';
import type { Point } from '../store/point.ts';
import { DEVICE_METRICS, type DeviceNow } from './device-metrics.ts';
import { GATEWAY_METRICS, type GatewayNow } from './gateway-metrics.ts';
import { numbersOf } from './metric.ts';
import { NETWORK_METRICS, type NetworkNow } from './network-metrics.ts';

/** Everything that there is to say about the gateway at one moment. */
export interface SelfNow {
  readonly gateway: GatewayNow;
  readonly devices: readonly DeviceNow[];
  readonly networks: readonly NetworkNow[];
}

/** One point for the box, one for each device and network. A lost one is no loss of evidence. */
export const selfPoints = (wall: WallNs, { gateway, devices, networks }: SelfNow): readonly Point[] => [
  { measurement: MEASUREMENTS.self, tags: {}, floats: numbersOf(GATEWAY_METRICS, gateway), at: wall },
  ...devices.map((device) => ({
    measurement: MEASUREMENTS.selfDevice,
    tags: { device: device.view.name },
    floats: numbersOf(DEVICE_METRICS, device),
    at: wall,
  })),
  ...networks.map((network) => ({
    measurement: MEASUREMENTS.selfNetwork,
    tags: { network: network.view.name },
    floats: numbersOf(NETWORK_METRICS, network),
    at: wall,
  })),
];

import type { DownlinkItem } from '../../words/index.ts';
import { type Beacon, beaconPhy } from '../helium/index.ts';

/**
 * What a gateway is told to send, at once: the beacon as other gateways hear it, with a checksum and not inverted.
 * `gainDbi` is the antenna's; the power, equivalent isotropic, is rounded down to whole dBm, as forwarders have it.
 */
export const beaconItem = (beacon: Beacon, gainDbi: number): DownlinkItem => ({
  phy: beaconPhy(beacon),
  at: { kind: 'immediately' },
  frequencyHz: beacon.frequencyHz,
  powerDbm: Math.floor(beacon.conductedDbm + gainDbi),
  modulation: { ...beacon.rate, codingRate: '4/5' },
  invertPolarity: false,
  preambleSymbols: undefined,
  noCrc: false,
});

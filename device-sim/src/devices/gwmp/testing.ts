import { fromHex, type ReceptionBody } from '@outpost/schemas/words';

/** A frame as a concentrator heard it at this count. */
export const frameHeard = (tmst: number): ReceptionBody => ({
  kind: 'reception',
  direction: 'heard',
  gateway: undefined,
  phy: fromHex('40f17dbe4900020001954378762b11ff0d') ?? new Uint8Array(),
  crc: 'ok',
  frequencyHz: 868_100_000,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  rssiDeciDbm: -1_000,
  signalRssiDeciDbm: undefined,
  snrDeciDb: 20,
  powerDeciDbm: undefined,
  tmst,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: 0,
  rfChain: 0,
  antenna: undefined,
  location: undefined,
});

import { parsePhy } from '@outpost/schemas/radio';
import { type Modulation, type ReceptionBody, toHex } from '@outpost/schemas/words';
import { MEASUREMENTS } from './names.ts';
import { known, scaled } from './place-points.ts';
import type { Point } from './point.ts';

export type ReceptionParts = (
  body: ReceptionBody,
) => Required<Pick<Point, 'measurement' | 'tags' | 'floats' | 'integers' | 'texts'>>;

/** kHz of the chips' and the specification's bandwidths (SX1261/2 datasheet table 6-8, SX1280 for the last four). */
const LORA_KHZ: readonly number[] = [
  7, 8, 10, 15, 16, 20, 21, 31, 41, 42, 62, 63, 125, 250, 500, 203, 406, 812, 1_625,
];
/** kHz of LR-FHSS (RP002-1.0.4 §2). */
const LR_FHSS_KHZ: readonly number[] = [137, 336, 1_523];

/**
 * A tag of at most some hundred values, whatever a device says: what no radio has is `other`. The bit rate of FSK is
 * any number at all and stands in a field.
 */
const rateTag = (modulation: Modulation): string => {
  switch (modulation.kind) {
    case 'lora': {
      const kilohertz = Math.round(modulation.bandwidthHz / 1_000);
      return LORA_KHZ.includes(kilohertz) ? `SF${modulation.spreadingFactor}BW${kilohertz}` : 'other';
    }
    case 'fsk':
      return 'FSK';
    case 'lr-fhss': {
      const kilohertz = Math.round(modulation.widthHz / 1_000);
      return LR_FHSS_KHZ.includes(kilohertz) ? `M0CW${kilohertz}` : 'other';
    }
  }
};

/** What a frame says of itself in clear, as fields: a tag for each DevAddr would be a series for each. */
const spoken = (phy: Uint8Array): { texts: Record<string, string>; integers: Record<string, number> } => {
  const parsed = parsePhy(phy);
  if (!parsed.ok) return { texts: { message: 'other' }, integers: {} };
  const frame = parsed.value;
  switch (frame.kind) {
    case 'data':
      return {
        texts: { message: `data-${frame.direction}`, dev_addr: frame.devAddr },
        integers: { f_cnt: frame.counter },
      };
    case 'join-request':
    case 'rejoin-request':
      return { texts: { message: frame.kind, dev_eui: frame.devEui }, integers: {} };
    case 'join-accept':
    case 'proprietary':
      return { texts: { message: frame.kind }, integers: {} };
  }
};

/**
 * The parts of a reception's point: dBm, dB, Hz, bytes, degrees. Each gateway is a series, which is why only gateways
 * that the owner lets speak may get here; each device that they hear is not.
 */
export const receptionParts: ReceptionParts = (body) => {
  const { gateway, modulation, crc, location } = body;
  const { texts, integers } = spoken(body.phy);
  return {
    measurement: MEASUREMENTS.receptions,
    tags: {
      ...(gateway === undefined ? {} : { gateway: toHex(gateway) }),
      direction: body.direction,
      ...(modulation === undefined ? {} : { rate: rateTag(modulation) }),
      ...(crc === 'ok' ? {} : { crc }),
    },
    floats: known({
      rssi: scaled(body.rssiDeciDbm, 10),
      signal_rssi: scaled(body.signalRssiDeciDbm, 10),
      snr: scaled(body.snrDeciDb, 10),
      power: scaled(body.powerDeciDbm, 10),
      lat: scaled(location?.latitude, 1e7),
      lon: scaled(location?.longitude, 1e7),
    }),
    integers: {
      size: body.phy.length,
      ...known({
        frequency_hz: body.frequencyHz,
        bits_per_s: modulation?.kind === 'fsk' ? modulation.bitsPerSecond : undefined,
        offset_hz: body.frequencyOffsetHz,
        tmst: body.tmst,
        channel: body.channel,
      }),
      ...integers,
    },
    texts,
  };
};

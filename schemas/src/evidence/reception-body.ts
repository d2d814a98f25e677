import type { ReceptionBody, ReceptionPlace } from '../words/index.ts';
import { fitsOptional, isInteger, optionalFrom, type Range, writeOptional } from './body-optional.ts';
import {
  type CborValue,
  MAJOR,
  type Sink,
  writeBigInt,
  writeBytes,
  writeHead,
  writeInt,
  writeNull,
} from './cbor.ts';
import { PLACE_SOURCE, RECEPTION_CRC, RECEPTION_DIRECTION } from './codes.ts';
import { isModulation, MODULATION_BOUND_BYTES, modulationFrom, writeModulation } from './modulation-item.ts';
import { ALTITUDE_CM, LATITUDE, LONGITUDE } from './position-body.ts';
import { asWall, INT64_MAX, isBytes, isList, UINT32_MAX } from './shape.ts';

/** The longest frame: 255 bytes of LoRa with room for what modules put in front of it, and for FSK and LR-FHSS. */
export const PHY_MAX_BYTES = 1_024;
export const EUI_BYTES = 8;

type NumberKey =
  | 'frequencyHz'
  | 'rssiDeciDbm'
  | 'signalRssiDeciDbm'
  | 'snrDeciDb'
  | 'powerDeciDbm'
  | 'tmst'
  | 'fineNs'
  | 'frequencyOffsetHz'
  | 'channel'
  | 'rfChain'
  | 'antenna';

const DECI_DBM: Range = { min: -3_000, max: 1_000 };
const PLACE_NUMBER: Range = { min: 0, max: 65_535 };

/** The whole numbers of a reception in the order in which they stand in a leaf, last of its fields. */
const NUMBERS: readonly (readonly [key: NumberKey, range: Range, words: string])[] = [
  ['frequencyHz', { min: 1, max: 100_000_000_000 }, 'the frequency is not 1 Hz to 100 GHz'],
  ['rssiDeciDbm', DECI_DBM, 'the RSSI is not −300 to 100 dBm'],
  ['signalRssiDeciDbm', DECI_DBM, 'the RSSI of the signal is not −300 to 100 dBm'],
  ['snrDeciDb', { min: -1_000, max: 1_000 }, 'the SNR is not −100 to 100 dB'],
  ['powerDeciDbm', DECI_DBM, 'the power is not −300 to 100 dBm'],
  ['tmst', { min: 0, max: UINT32_MAX }, 'the counter is no 32-bit number'],
  ['fineNs', { min: 0, max: 999_999_999 }, 'the fine time is not 0 to 999,999,999 ns'],
  ['frequencyOffsetHz', { min: -10_000_000, max: 10_000_000 }, 'the frequency is more than 10 MHz off'],
  ['channel', PLACE_NUMBER, 'the channel is not 0 to 65535'],
  ['rfChain', PLACE_NUMBER, 'the RF chain is not 0 to 65535'],
  ['antenna', PLACE_NUMBER, 'the antenna is not 0 to 65535'],
];

const FIXED_FIELDS = 7;
/** Items of a reception after its kind. */
export const RECEPTION_FIELDS: number = FIXED_FIELDS + NUMBERS.length;

/** Bytes of all that is not the frame, at their longest: numbers of at most nine, a place of at most 18. */
const BESIDE_PHY_BOUND_BYTES: number = 32 + MODULATION_BOUND_BYTES + 18 + 5 * NUMBERS.length + 8;

export const receptionBoundBytes = ({ phy }: ReceptionBody): number => BESIDE_PHY_BOUND_BYTES + phy.length;

const isPlace = ({ latitude, longitude, altitudeCm }: ReceptionPlace): boolean =>
  isInteger(latitude, LATITUDE) && isInteger(longitude, LONGITUDE) && fitsOptional(altitudeCm, ALTITUDE_CM);

export const receptionProblem = (body: ReceptionBody): string | undefined => {
  const { gateway, phy, modulation, gatewayTime, location } = body;
  if (gateway !== undefined && !isBytes(gateway, EUI_BYTES)) return 'the gateway is no EUI of 8 bytes';
  if (phy.length > PHY_MAX_BYTES) return `the frame is longer than ${PHY_MAX_BYTES} bytes`;
  if (modulation !== undefined && !isModulation(modulation)) return 'the modulation is none that radios have';
  if (gatewayTime !== undefined && !(gatewayTime >= 0n && gatewayTime <= INT64_MAX))
    return 'the time of the gateway is outside 0 to 2^63 − 1 ns';
  if (location !== undefined && !isPlace(location)) return 'the place is not on Earth';
  for (const [key, range, words] of NUMBERS) if (!fitsOptional(body[key], range)) return words;
  return undefined;
};

const writePlace = (sink: Sink, place: ReceptionPlace | undefined): void => {
  if (place === undefined) {
    writeNull(sink);
    return;
  }
  writeHead(sink, MAJOR.array, 4);
  writeInt(sink, PLACE_SOURCE.codeOf(place.source));
  writeInt(sink, place.latitude);
  writeInt(sink, place.longitude);
  writeOptional(sink, place.altitudeCm);
};

export const writeReception = (sink: Sink, body: ReceptionBody): void => {
  writeInt(sink, RECEPTION_DIRECTION.codeOf(body.direction));
  if (body.gateway === undefined) writeNull(sink);
  else writeBytes(sink, body.gateway);
  writeBytes(sink, body.phy);
  writeInt(sink, RECEPTION_CRC.codeOf(body.crc));
  writeModulation(sink, body.modulation);
  if (body.gatewayTime === undefined) writeNull(sink);
  else writeBigInt(sink, body.gatewayTime);
  writePlace(sink, body.location);
  for (const [key] of NUMBERS) writeOptional(sink, body[key]);
};

/** `false` where the item is neither null nor a place. */
const placeFrom = (item: CborValue | undefined): ReceptionPlace | undefined | false => {
  if (item === null) return undefined;
  if (!isList(item) || item.length !== 4) return false;
  const [code, latitude, longitude, altitude] = item;
  const source = PLACE_SOURCE.nameOf(code);
  const altitudeCm = optionalFrom(altitude, ALTITUDE_CM);
  if (source === undefined || altitudeCm === false) return false;
  if (!isInteger(latitude, LATITUDE) || !isInteger(longitude, LONGITUDE)) return false;
  return { latitude, longitude, altitudeCm, source };
};

const numbersFrom = (
  items: readonly CborValue[],
): Readonly<Record<NumberKey, number | undefined>> | undefined => {
  const numbers: Partial<Record<NumberKey, number | undefined>> = {};
  for (const [i, [key, range]] of NUMBERS.entries()) {
    const value = optionalFrom(items[i], range);
    if (value === false) return undefined;
    numbers[key] = value;
  }
  return numbers as Record<NumberKey, number | undefined>;
};

export const receptionFrom = (fields: readonly CborValue[]): ReceptionBody | undefined => {
  const [way, eui, phy, check, rate, time, spot, ...rest] = fields;
  const [direction, crc] = [RECEPTION_DIRECTION.nameOf(way), RECEPTION_CRC.nameOf(check)];
  if (direction === undefined || crc === undefined) return undefined;
  if (!(phy instanceof Uint8Array) || phy.length > PHY_MAX_BYTES) return undefined;
  if (eui !== null && !isBytes(eui, EUI_BYTES)) return undefined;
  const gatewayTime = time === null ? undefined : asWall(time);
  if (time !== null && gatewayTime === undefined) return undefined;
  const [modulation, location, numbers] = [modulationFrom(rate), placeFrom(spot), numbersFrom(rest)];
  if (modulation === false || location === false || numbers === undefined) return undefined;
  return {
    kind: 'reception',
    direction,
    gateway: eui ?? undefined,
    phy,
    crc,
    modulation,
    gatewayTime,
    location,
    ...numbers,
  };
};

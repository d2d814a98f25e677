import { multiplyRatios, parseDecimal, ratio, roundRatio } from '@outpost/schemas/vehicle';
import { asciiText, type Body, concatBytes } from '@outpost/schemas/words';
import { positionBody } from '../../gnss/position.ts';
import { readMessage, TOPIC_MAX_BYTES } from '../../message.ts';
import { topicOf } from './topic.ts';

const CR = 0x0d;
const SCALE = ratio(10_000_000n);

/** Degrees × 10^7; undefined where the text is no angle up to so many degrees. */
export const angleOf = (payload: Uint8Array, degreesMax: number): number | undefined => {
  const value = payload.length > 32 ? undefined : parseDecimal(asciiText(payload).trim());
  if (value === undefined) return undefined;
  const angle = Number(roundRatio(multiplyRatios(value, SCALE)));
  return Math.abs(angle) <= degreesMax * 10_000_000 ? angle : undefined;
};

export const LATITUDE = 'v/p/latitude';
export const LONGITUDE = 'v/p/longitude';

/** The messages of one position: latitude, a carriage return, longitude. */
export const joinPlace = (latitude: Uint8Array, longitude: Uint8Array): Uint8Array =>
  concatBytes(latitude, Uint8Array.of(CR), longitude);

const angleIn = (raw: Uint8Array, name: string, degreesMax: number): number | undefined => {
  const message = readMessage(raw);
  if (!message.ok) return undefined;
  const topic = topicOf(message.value.topic);
  return topic?.kind === 'metric' && topic.name === name
    ? angleOf(message.value.payload, degreesMax)
    : undefined;
};

/** What two such messages say. */
export const placeBodies = (raw: Uint8Array): readonly Body[] => {
  const topicBytes = Math.min(((raw[0] ?? 0) << 8) | (raw[1] ?? 0), TOPIC_MAX_BYTES);
  const end = raw.indexOf(CR, 2 + topicBytes);
  if (end < 0) return [];
  const latitude = angleIn(raw.subarray(0, end), LATITUDE, 90);
  const longitude = angleIn(raw.subarray(end + 1), LONGITUDE, 180);
  if (latitude === undefined || longitude === undefined) return [];
  return [positionBody({ fix: '2d', latitude, longitude })];
};

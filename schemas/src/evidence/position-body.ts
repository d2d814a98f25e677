import type { PositionBody } from '../words/index.ts';
import { fitsOptional, isInteger, optionalFrom, type Range, writeOptional } from './body-optional.ts';
import { type CborValue, type Sink, writeBigInt, writeInt, writeNull } from './cbor.ts';
import { FIX_KIND } from './codes.ts';
import { asWall, INT64_MAX } from './shape.ts';

/** Items of a position after its kind. */
export const POSITION_FIELDS = 9;

export const LATITUDE: Range = { min: -900_000_000, max: 900_000_000 };
export const LONGITUDE: Range = { min: -1_800_000_000, max: 1_800_000_000 };
export const ALTITUDE_CM: Range = { min: -1_000_000, max: 10_000_000 };
const SPEED_CM_S: Range = { min: 0, max: 10_000_000 };
const COURSE_CDEG: Range = { min: 0, max: 35_999 };
const HDOP_CENTI: Range = { min: 0, max: 9_999 };
const SATELLITES: Range = { min: 0, max: 255 };

export const positionProblem = (body: PositionBody): string | undefined => {
  if (!isInteger(body.latitude, LATITUDE) || !isInteger(body.longitude, LONGITUDE)) {
    return 'the position is not on Earth';
  }
  if (!fitsOptional(body.altitudeCm, ALTITUDE_CM)) return 'the altitude is not −10 to 100 km';
  if (!fitsOptional(body.speedCmS, SPEED_CM_S)) return 'the speed over ground is not 0 to 100 km/s';
  if (!fitsOptional(body.courseCdeg, COURSE_CDEG)) return 'the course is not 0 to 359.99 degrees';
  if (!fitsOptional(body.hdopCenti, HDOP_CENTI)) return 'the dilution of precision is not 0 to 99.99';
  if (!fitsOptional(body.satellites, SATELLITES)) return 'the satellites are not 0 to 255';
  const { fixedAt } = body;
  return fixedAt === undefined || (fixedAt >= 0n && fixedAt <= INT64_MAX)
    ? undefined
    : 'the time of the fix is outside 0 to 2^63 − 1 ns';
};

export const writePosition = (sink: Sink, body: PositionBody): void => {
  writeInt(sink, FIX_KIND.codeOf(body.fix));
  writeInt(sink, body.latitude);
  writeInt(sink, body.longitude);
  writeOptional(sink, body.altitudeCm);
  writeOptional(sink, body.speedCmS);
  writeOptional(sink, body.courseCdeg);
  writeOptional(sink, body.hdopCenti);
  writeOptional(sink, body.satellites);
  if (body.fixedAt === undefined) writeNull(sink);
  else writeBigInt(sink, body.fixedAt);
};

export const positionFrom = (fields: readonly CborValue[]): PositionBody | undefined => {
  const [code, latitude, longitude, altitude, speed, course, hdop, count, time] = fields;
  const fix = FIX_KIND.nameOf(code);
  if (fix === undefined || !isInteger(latitude, LATITUDE) || !isInteger(longitude, LONGITUDE))
    return undefined;
  const altitudeCm = optionalFrom(altitude, ALTITUDE_CM);
  const speedCmS = optionalFrom(speed, SPEED_CM_S);
  const courseCdeg = optionalFrom(course, COURSE_CDEG);
  const hdopCenti = optionalFrom(hdop, HDOP_CENTI);
  const satellites = optionalFrom(count, SATELLITES);
  if (altitudeCm === false || speedCmS === false || courseCdeg === false) return undefined;
  if (hdopCenti === false || satellites === false) return undefined;
  const fixedAt = time === null ? undefined : asWall(time);
  if (time !== null && fixedAt === undefined) return undefined;
  return {
    kind: 'position',
    fix,
    latitude,
    longitude,
    altitudeCm,
    speedCmS,
    courseCdeg,
    hdopCenti,
    satellites,
    fixedAt,
  };
};

import { signalById } from '@outpost/schemas/vehicle';
import {
  type Body,
  type CodesBody,
  type IdentityBody,
  type NumberBody,
  type PositionBody,
  type ReceptionBody,
  type TextBody,
  type TimeTrust,
  type TripBody,
  toBase64,
  toHex,
  type WallNs,
} from '@outpost/schemas/words';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** RFC 3339 in UTC, to the nanosecond where there is more than a millisecond to say. */
export const momentText = (wall: WallNs): string => {
  const whole = new Date(Number(wall / 1_000_000n)).toISOString();
  const rest = wall % 1_000_000n;
  return rest === 0n ? whole : `${whole.slice(0, -1)}${rest.toString().padStart(6, '0')}Z`;
};

/** Members that were said; undefined ones are left out. */
const said = (members: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(members).filter((each): each is [string, Json] => each[1] !== undefined));

const scaled = (value: number | undefined, per: number): number | undefined =>
  value === undefined ? undefined : value / per;

const ecuText = (ecu: number): string | undefined => (ecu === 0 ? undefined : ecu.toString(16).toUpperCase());

const signalJson = (body: NumberBody | TextBody): JsonObject => {
  const row = signalById(body.signal);
  const ecu = ecuText(body.ecu);
  const name = row?.name ?? `signal.${body.signal}`;
  if (body.kind === 'text') return said({ kind: 'text', name, value: body.text, ecu });
  // A quotient of a safe integer and a power of ten is rounded once: the number that the decimal text is read as.
  const value = body.mantissa / 10 ** (row?.decimals ?? 0);
  return said({ kind: 'number', name, unit: row?.unit, value, ecu });
};

const codesJson = ({ status, codes, ecu }: CodesBody): JsonObject =>
  said({ kind: 'codes', status, codes, ecu: ecuText(ecu) });

const identityJson = ({ of, text, ecu }: IdentityBody): JsonObject =>
  said({ kind: 'identity', of, value: text, ecu: ecuText(ecu) });

const positionJson = (body: PositionBody): JsonObject =>
  said({
    kind: 'position',
    fix: body.fix,
    latitude: body.latitude / 1e7,
    longitude: body.longitude / 1e7,
    altitudeM: scaled(body.altitudeCm, 100),
    speedMS: scaled(body.speedCmS, 100),
    courseDeg: scaled(body.courseCdeg, 100),
    hdop: scaled(body.hdopCenti, 100),
    satellites: body.satellites,
    fixedAt: body.fixedAt === undefined ? undefined : momentText(body.fixedAt),
  });

const receptionJson = (body: ReceptionBody): JsonObject =>
  said({
    kind: 'reception',
    direction: body.direction,
    gateway: body.gateway === undefined ? undefined : toHex(body.gateway),
    phy: toBase64(body.phy),
    crc: body.crc,
    frequencyHz: body.frequencyHz,
    modulation: body.modulation === undefined ? undefined : said({ ...body.modulation }),
    rssiDbm: scaled(body.rssiDeciDbm, 10),
    snrDb: scaled(body.snrDeciDb, 10),
    powerDbm: scaled(body.powerDeciDbm, 10),
    tmst: body.tmst,
    latitude: scaled(body.location?.latitude, 1e7),
    longitude: scaled(body.location?.longitude, 1e7),
  });

const tripJson = ({ start, end, ...body }: TripBody): JsonObject =>
  said({
    kind: 'trip',
    startedAt: momentText(start.wall),
    startedBy: body.startedBy,
    endedAt: momentText(end.wall),
    endedBy: body.endedBy,
    distanceM: body.distanceM,
    fuelMl: body.fuelMl,
    energyWh: body.energyWh,
    odometerStartM: body.odometerStartM,
    odometerEndM: body.odometerEndM,
  });

const bodyJson = (body: Body): JsonObject => {
  switch (body.kind) {
    case 'number':
    case 'text':
      return signalJson(body);
    case 'codes':
      return codesJson(body);
    case 'identity':
      return identityJson(body);
    case 'position':
      return positionJson(body);
    case 'reception':
      return receptionJson(body);
    case 'trip':
      return tripJson(body);
    case 'anchor':
      return { kind: 'clock', trust: body.anchor.trust };
    case 'gap':
      return { kind: 'gap', reason: body.reason, count: body.count };
    case 'redacted':
      return { kind: 'redacted', what: body.what, reason: body.reason };
  }
};

export interface SaidAt {
  readonly sequence: number;
  readonly wall: WallNs;
  readonly trust: TimeTrust;
  readonly body: Body;
}

/**
 * One reading for those who do not read leaves. Numbers are in the unit of the signal table and rounded once; what is
 * signed is the leaf.
 */
export const readingJson = ({ sequence, wall, trust, body }: SaidAt): JsonObject => ({
  sequence,
  time: momentText(wall),
  trust,
  ...bodyJson(body),
});

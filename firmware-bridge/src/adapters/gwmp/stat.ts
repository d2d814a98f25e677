import { GATEWAY_SIGNALS } from '@outpost/schemas/radio';
import type { Body, PositionBody } from '@outpost/schemas/words';
import { besides, isSimulated, type Members, type Scale } from './members.ts';

/** What a gateway says of itself every half minute, `undefined` where it does not (PROTOCOL.md §4). */
export interface Stat {
  /** Frames that the radio received, and those of them with a CRC that held. */
  readonly received: number | undefined;
  readonly receivedOk: number | undefined;
  readonly forwarded: number | undefined;
  /** Tenths of a per cent of the datagrams of frames that were acknowledged. */
  readonly ackDecipercent: number | undefined;
  readonly downlinks: number | undefined;
  readonly transmitted: number | undefined;
  /** Tenths of a degree Celsius. */
  readonly temperatureDeciC: number | undefined;
  readonly place: StatPlace | undefined;
  readonly simulated: boolean;
}

export interface StatPlace {
  /** Degrees × 10^7. */
  readonly latitude: number;
  readonly longitude: number;
  readonly altitudeCm: number | undefined;
}

type CountKey = Exclude<keyof Stat, 'place' | 'simulated'>;

const COUNT: Scale = { factor: 1, min: 0, max: 4_294_967_295 };
const LATITUDE: Scale = { factor: 1e7, min: -900_000_000, max: 900_000_000 };
const LONGITUDE: Scale = { factor: 1e7, min: -1_800_000_000, max: 1_800_000_000 };
const ALTITUDE: Scale = { factor: 100, min: -1_000_000, max: 10_000_000 };

/** The members of the protocol, what they are here, and the row of the signal table that they become. */
const FIELDS: readonly (readonly [member: string, key: CountKey, scale: Scale, signal: number])[] = [
  ['rxnb', 'received', COUNT, GATEWAY_SIGNALS.received.id],
  ['rxok', 'receivedOk', COUNT, GATEWAY_SIGNALS.receivedOk.id],
  ['rxfw', 'forwarded', COUNT, GATEWAY_SIGNALS.forwarded.id],
  ['ackr', 'ackDecipercent', { factor: 10, min: 0, max: 1_000 }, GATEWAY_SIGNALS.ackRatio.id],
  ['dwnb', 'downlinks', COUNT, GATEWAY_SIGNALS.downlinks.id],
  ['txnb', 'transmitted', COUNT, GATEWAY_SIGNALS.transmitted.id],
  ['temp', 'temperatureDeciC', { factor: 10, min: -600, max: 2_000 }, GATEWAY_SIGNALS.temperature.id],
];

/** (0, 0) is what a receiver says that has found nothing. */
const readPlace = (stat: Members): StatPlace | undefined => {
  const [latitude, longitude] = [besides(stat, 'lati', LATITUDE), besides(stat, 'long', LONGITUDE)];
  if (latitude === undefined || longitude === undefined || (latitude === 0 && longitude === 0))
    return undefined;
  return { latitude, longitude, altitudeCm: besides(stat, 'alti', ALTITUDE) };
};

/** Never a fault: gateways leave out what they please, and half a statistic is better than none. */
export const readStat = (members: Members): Stat => {
  const numbers: Partial<Record<CountKey, number | undefined>> = {};
  for (const [name, key, scale] of FIELDS) numbers[key] = besides(members, name, scale);
  return {
    ...(numbers as Record<CountKey, number | undefined>),
    place: readPlace(members),
    simulated: isSimulated(members),
  };
};

/** Which gateway it was stands in the raw bytes; where many share a socket, its last four bytes tell them apart. */
const shortOf = (gateway: Uint8Array): number =>
  new DataView(gateway.buffer, gateway.byteOffset).getUint32(4);

/** A forwarder says the same of a receiver as of a place that somebody wrote into its settings. */
const positionOf = ({ latitude, longitude, altitudeCm }: StatPlace): PositionBody => ({
  kind: 'position',
  fix: 'estimated',
  latitude,
  longitude,
  altitudeCm,
  speedCmS: undefined,
  courseCdeg: undefined,
  hdopCenti: undefined,
  satellites: undefined,
  fixedAt: undefined,
});

/** What a statistic says, as bodies: each count that is there, and the place. */
export const statBodies = (stat: Stat, gateway: Uint8Array): readonly Body[] => {
  const ecu = shortOf(gateway);
  const bodies: Body[] = [];
  for (const [, key, , signal] of FIELDS) {
    const mantissa = stat[key];
    if (mantissa !== undefined) bodies.push({ kind: 'number', signal, mantissa, ecu });
  }
  if (stat.place !== undefined) bodies.push(positionOf(stat.place));
  return bodies;
};

/** For the simulator; `undefined` members are not written. */
export const writeStat = (stat: Stat): Members => {
  const { place } = stat;
  const members: Record<string, unknown> =
    place === undefined
      ? {}
      : {
          lati: place.latitude / 1e7,
          long: place.longitude / 1e7,
          alti: place.altitudeCm === undefined ? undefined : place.altitudeCm / 100,
        };
  for (const [name, key, { factor }] of FIELDS) {
    const value = stat[key];
    if (value !== undefined) members[name] = value / factor;
  }
  return members;
};

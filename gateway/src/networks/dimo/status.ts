import { decodeLeaf, type Leaf, readAttestation, type Statement } from '@outpost/schemas/evidence';
import { isPlausible, isVin } from '@outpost/schemas/vehicle';
import {
  asciiBytes,
  type CodesBody,
  isOwnBody,
  type NumberBody,
  type PositionBody,
  toHex,
  type WallNs,
  wallAt,
} from '@outpost/schemas/words';
import type { Delivery } from '../contract.ts';
import { decimalText, type Header, headerMark, type SignedEvent, timeText } from './codec.ts';
import { type DrivingEvent, drivingEvents } from './driving-events.ts';
import { ALTITUDE, CODES, HEADING, LOCATION, SENT } from './names.ts';
import { plainDigest } from './signatures.ts';

/** One value with its own moment, as the default module takes it. */
export interface StatusSignal {
  readonly name: string;
  readonly wall: WallNs;
  /** JSON. */
  readonly value: string;
}

/** What an attestation holds for DIMO. */
export interface Status {
  /** SHA-256 of the attestation, in hex: the event's id, so that a repeat is the same event. */
  readonly id: string;
  /** Of the last reading. */
  readonly wall: WallNs;
  /** In the order of the readings. */
  readonly signals: readonly StatusSignal[];
  /** What the readings show of the driving. */
  readonly events: readonly DrivingEvent[];
  readonly vin: string | undefined;
  /** Readings that DIMO has no name for, or that cannot be true. */
  readonly left: number;
}

export interface StatusOptions {
  /** Whether positions are sent. */
  readonly positions: boolean;
  /** Whether harsh braking and the like are told. */
  readonly events: boolean;
}

/** A leaf with the moment that it speaks of. */
export interface ReadLeaf {
  readonly leaf: Leaf;
  readonly index: number;
  readonly wall: WallNs;
}

/** An attestation with its leaves read. Everything of our own journal reads. */
export interface ReadDelivery {
  readonly statement: Statement;
  readonly leaves: readonly ReadLeaf[];
}

/** Undefined where the attestation does not read, which no journal of ours holds. */
export const readDelivery = (delivery: Delivery): ReadDelivery | undefined => {
  const read = readAttestation(delivery.attestation);
  if (!read.ok) return undefined;
  const { statement } = read.value;
  const leaves = delivery.leaves.flatMap((bytes, index) => {
    const leaf = decodeLeaf(bytes);
    return leaf.ok ? [{ leaf: leaf.value, index, wall: wallAt(statement.anchor, leaf.value.mono) }] : [];
  });
  return { statement, leaves };
};

const numberSignal = (body: NumberBody, wall: WallNs): readonly StatusSignal[] => {
  const sent = SENT.get(body.signal);
  if (sent === undefined || !isPlausible(body)) return [];
  return [{ name: sent.name, wall, value: decimalText(body.mantissa, sent.decimals) }];
};

const positionSignals = (body: PositionBody, wall: WallNs): readonly StatusSignal[] => {
  const { latitude, longitude, hdopCenti, altitudeCm, courseCdeg } = body;
  // DIMO takes this place for a receiver without a fix, and so do we.
  if (latitude === 0 && longitude === 0) return [];
  const hdop = hdopCenti === undefined ? '' : `,"hdop":${decimalText(hdopCenti, 2)}`;
  const place = `{"latitude":${decimalText(latitude, 7)},"longitude":${decimalText(longitude, 7)}${hdop}}`;
  return [
    { name: LOCATION, wall, value: place },
    ...(altitudeCm === undefined ? [] : [{ name: ALTITUDE, wall, value: decimalText(altitudeCm, 2) }]),
    ...(courseCdeg === undefined ? [] : [{ name: HEADING, wall, value: decimalText(courseCdeg, 2) }]),
  ];
};

/** All that the control units listed last, as one value: DIMO has one list for the whole car. */
const codesSignal = (lists: ReadonlyMap<number, { readonly body: CodesBody; readonly wall: WallNs }>) => {
  const last = [...lists.values()].at(-1);
  if (last === undefined) return [];
  const codes = [...new Set([...lists.values()].flatMap(({ body }) => body.codes))].sort();
  return [{ name: CODES, wall: last.wall, value: JSON.stringify(JSON.stringify(codes)) }];
};

/** What DIMO gets of an attestation. Pure; the same for every attempt. */
export const statusOf = (
  { hash }: Delivery,
  { statement, leaves }: ReadDelivery,
  { positions, events: tellsEvents }: StatusOptions,
): Status => {
  const signals: StatusSignal[] = [];
  const lists = new Map<number, { readonly body: CodesBody; readonly wall: WallNs }>();
  let vin: string | undefined;
  let left = 0;
  for (const { leaf, wall } of leaves) {
    const { body } = leaf;
    // What the box itself says beside the readings is nothing that DIMO could have a name for.
    if (isOwnBody(body)) continue;
    const before = signals.length;
    if (body.kind === 'number') signals.push(...numberSignal(body, wall));
    else if (body.kind === 'position' && positions) signals.push(...positionSignals(body, wall));
    else if (body.kind === 'codes' && body.status === 'stored') {
      lists.delete(body.ecu);
      lists.set(body.ecu, { body, wall });
      continue;
    } else if (body.kind === 'identity' && body.of === 'vin' && isVin(body.text)) {
      vin = body.text;
      continue;
    }
    if (signals.length === before) left += 1;
  }
  signals.push(...codesSignal(lists));
  const wall = wallAt(statement.anchor, statement.lastMono);
  const events = tellsEvents ? drivingEvents(leaves, { positions }) : [];
  return { id: toHex(hash), wall, signals, events, vin, left };
};

export const isEmpty = ({ signals, events, vin }: Status): boolean =>
  signals.length === 0 && events.length === 0 && vin === undefined;

/**
 * A half of what the server found too large; its id says which, so that it too is the same for every attempt. Events
 * and the VIN go with the first.
 */
export const halvesOf = (status: Status): readonly [Status, Status] | undefined => {
  const { signals, id } = status;
  if (signals.length < 2) return undefined;
  const middle = signals.length >> 1;
  return [
    { ...status, id: `${id}/a`, signals: signals.slice(0, middle) },
    { ...status, id: `${id}/b`, signals: signals.slice(middle), events: [], vin: undefined },
  ];
};

/** DIMO takes the later of two values with one name and one moment, so moments that differ must not read alike. */
const timesOf = (signals: readonly StatusSignal[]): readonly string[] => {
  const seen = new Set<string>();
  return signals.map(({ name, wall }) => {
    const text = timeText(wall);
    const key = `${name} ${text}`;
    if (seen.has(key)) return timeText(wall, true);
    seen.add(key);
    return text;
  });
};

const eventText = ({ name, wall, durationNs, figures }: DrivingEvent): string => {
  const metadata = JSON.stringify(JSON.stringify(figures));
  return `{"name":"${name}","timestamp":"${timeText(wall)}","durationNs":${durationNs},"metadata":${metadata}}`;
};

/** The JSON text of `data`, as the default module takes it, with the mark that ties it to its header. */
const dataText = ({ signals, events, vin }: Status, header: Header): string => {
  const times = timesOf(signals);
  const list = signals.map(
    ({ name, value }, at) => `{"name":"${name}","timestamp":"${times[at] ?? ''}","value":${value}}`,
  );
  const members = [
    ...(list.length === 0 ? [] : [`"signals":[${list.join(',')}]`]),
    ...(events.length === 0 ? [] : [`"events":[${events.map(eventText).join(',')}]`]),
    ...(vin === undefined ? [] : [`"vin":"${vin}"`]),
    `"header":"${headerMark(header)}"`,
  ];
  return `{${members.join(',')}}`;
};

/** Free text by which receivers tell our data apart. */
export const STATUS_VERSION = 'outpost/v1.0';

/** From whom, about what. */
export interface Parties {
  readonly source: string;
  readonly subject: string;
  readonly producer: string;
}

/** Signs a 32-byte digest: 0x and 130 hex digits. */
export type SignText = (digest: Uint8Array) => string;

/** What the event is in the first place; DIMO stores it under each type that its data has. */
const typeOf = ({ signals, vin }: Status): Header['type'] => {
  if (signals.length > 0) return 'dimo.status';
  return vin === undefined ? 'dimo.events' : 'dimo.fingerprint';
};

/** The one event of a status. Plain Keccak over `data`, as DIMO's devices sign. */
export const statusEvent = (status: Status, parties: Parties, sign: SignText): SignedEvent => {
  const header: Header = {
    type: typeOf(status),
    ...parties,
    id: status.id,
    time: timeText(status.wall),
    dataversion: STATUS_VERSION,
  };
  const data = dataText(status, header);
  return { header, data, signature: sign(plainDigest(asciiBytes(data))) };
};

import { type DeviceName, equalBytes, isDeviceName, ok, type Result, type WallNs } from '../words/index.ts';
import { type CborValue, encodeCbor } from './cbor.ts';
import {
  FORMAT_VERSION,
  KEY_KIND,
  KEY_ROLE,
  type KeyKind,
  type KeyRole,
  REVOCATION_REASON,
  type RevocationReason,
} from './codes.ts';
import { malformed, readSealed, readSign1, type Sign, type Signed, seal, TYPE } from './cose.ts';
import { HASH_BYTES } from './hash.ts';
import { asWall, isBytes, isText, isUint, KEY_BYTES, membersOf } from './shape.ts';

export const REVOCATION_WORDS_MAX_BYTES = 256;

/** The place of a record in a gateway's one chain of key records. */
export interface RecordPlace {
  /** From 0, without holes. */
  readonly number: number;
  /** SHA-256 of the record before this one, 32 bytes; null for number 0. */
  readonly previous: Uint8Array | null;
  /** By the wall clock of whoever signed. */
  readonly time: WallNs;
}

/** The gateway key says: this key is that of my device. */
export interface Endorsement extends RecordPlace {
  readonly kind: 'endorsement';
  readonly gatewayKey: Uint8Array;
  readonly deviceKey: Uint8Array;
  readonly name: DeviceName;
  readonly keyKind: KeyKind;
}

/** Old and new key say together: from now on it is the new one. */
export interface Rotation extends RecordPlace {
  readonly kind: 'rotation';
  readonly role: KeyRole;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Of the new key. */
  readonly keyKind: KeyKind;
}

/** The key itself, or the gateway key that endorsed it, says: believe it no longer. */
export interface Revocation extends RecordPlace {
  readonly kind: 'revocation';
  readonly key: Uint8Array;
  readonly by: Uint8Array;
  readonly reason: RevocationReason;
  readonly words: string;
}

export type KeyRecordContent = Endorsement | Rotation | Revocation;

/** A key record as read: shape checked, signatures not. */
export interface KeyRecord {
  readonly content: KeyRecordContent;
  /** One signature, or two for a rotation: all must hold. */
  readonly signed: readonly Signed[];
  readonly bytes: Uint8Array;
}

const KEYS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];

const payloadOf = (place: RecordPlace, members: readonly CborValue[]): Uint8Array =>
  encodeCbor(
    new Map(
      [FORMAT_VERSION, place.number, place.previous, place.time, ...members].map((value, index) => [
        index + 1,
        value,
      ]),
    ),
  );

const checked = (bytes: Uint8Array): Uint8Array => {
  const read = readKeyRecord(bytes);
  if (!read.ok) throw new RangeError(`key record: ${read.fault.words}`);
  return bytes;
};

/** Signed by the gateway key. Throws a RangeError for what no verifier would accept, as do the two below. */
export const sealEndorsement = (record: Omit<Endorsement, 'kind'>, sign: Sign): Uint8Array => {
  const members = [record.deviceKey, record.name, KEY_KIND.codeOf(record.keyKind)];
  return checked(seal(TYPE.endorsement, record.gatewayKey, payloadOf(record, members), sign));
};

/** Signed first by the new key (the succession), and that as a whole by the old key (the rotation). */
export const sealRotation = (record: Omit<Rotation, 'kind'>, signNew: Sign, signOld: Sign): Uint8Array => {
  const members = [KEY_ROLE.codeOf(record.role), record.from, record.to, KEY_KIND.codeOf(record.keyKind)];
  const succession = seal(TYPE.succession, record.to, payloadOf(record, members), signNew);
  return checked(seal(TYPE.rotation, record.from, encodeCbor(succession), signOld));
};

/** Signed by the revoked key itself or by its gateway key. */
export const sealRevocation = (record: Omit<Revocation, 'kind'>, sign: Sign): Uint8Array => {
  const members = [record.key, REVOCATION_REASON.codeOf(record.reason), record.words];
  return checked(seal(TYPE.revocation, record.by, payloadOf(record, members), sign));
};

interface Members {
  readonly place: RecordPlace;
  readonly rest: readonly CborValue[];
}

const membersFrom = (value: CborValue, count: number): Members | undefined => {
  const members = membersOf(value, KEYS.slice(0, 4 + count));
  if (members === undefined) return undefined;
  const [version, number, previous, at, ...rest] = members;
  const time = asWall(at);
  if (version !== FORMAT_VERSION || !isUint(number) || time === undefined) return undefined;
  if (number === 0 && previous === null) return { place: { number, previous, time }, rest };
  if (number === 0 || !isBytes(previous, HASH_BYTES)) return undefined;
  return { place: { number, previous, time }, rest };
};

const wrong = (): Result<never> =>
  malformed('key-record.shape', 'This is no key record of format version 1.');

const readEndorsement = (bytes: Uint8Array): Result<KeyRecord> => {
  const read = readSealed(bytes, TYPE.endorsement);
  if (!read.ok) return read;
  const { signed, payload } = read.value;
  const members = membersFrom(payload, 3);
  if (members === undefined) return wrong();
  const [deviceKey, name, kind] = members.rest;
  const keyKind = KEY_KIND.nameOf(kind);
  if (!isBytes(deviceKey, KEY_BYTES) || keyKind === undefined) return wrong();
  if (typeof name !== 'string' || !isDeviceName(name)) return wrong();
  const content = { ...members.place, gatewayKey: signed.key, deviceKey, name, keyKind };
  return ok({ content: { kind: 'endorsement', ...content }, signed: [signed], bytes });
};

const readRotation = (bytes: Uint8Array): Result<KeyRecord> => {
  const outer = readSealed(bytes, TYPE.rotation);
  if (!outer.ok) return outer;
  if (!(outer.value.payload instanceof Uint8Array)) return wrong();
  const inner = readSealed(outer.value.payload, TYPE.succession);
  if (!inner.ok) return inner;
  const members = membersFrom(inner.value.payload, 4);
  if (members === undefined) return wrong();
  const [roleCode, from, to, kind] = members.rest;
  const [role, keyKind] = [KEY_ROLE.nameOf(roleCode), KEY_KIND.nameOf(kind)];
  if (role === undefined || keyKind === undefined) return wrong();
  if (!isBytes(from, KEY_BYTES) || !isBytes(to, KEY_BYTES) || equalBytes(from, to)) return wrong();
  if (!equalBytes(outer.value.signed.key, from) || !equalBytes(inner.value.signed.key, to)) return wrong();
  const content = { ...members.place, role, from, to, keyKind };
  const signed = [outer.value.signed, inner.value.signed];
  return ok({ content: { kind: 'rotation', ...content }, signed, bytes });
};

const readRevocation = (bytes: Uint8Array): Result<KeyRecord> => {
  const read = readSealed(bytes, TYPE.revocation);
  if (!read.ok) return read;
  const { signed, payload } = read.value;
  const members = membersFrom(payload, 3);
  if (members === undefined) return wrong();
  const [key, code, words] = members.rest;
  const reason = REVOCATION_REASON.nameOf(code);
  if (!isBytes(key, KEY_BYTES) || reason === undefined) return wrong();
  if (!isText(words, REVOCATION_WORDS_MAX_BYTES)) return wrong();
  const content = { ...members.place, key, by: signed.key, reason, words };
  return ok({ content: { kind: 'revocation', ...content }, signed: [signed], bytes });
};

/** Reads any key record by its `typ`. Never throws; faults are `malformed`. */
export const readKeyRecord = (bytes: Uint8Array): Result<KeyRecord> => {
  const outer = readSign1(bytes);
  if (!outer.ok) return outer;
  switch (outer.value.type) {
    case TYPE.endorsement:
      return readEndorsement(bytes);
    case TYPE.rotation:
      return readRotation(bytes);
    case TYPE.revocation:
      return readRevocation(bytes);
    default:
      return malformed('key-record.type', 'The signed bytes are no endorsement, rotation or revocation.');
  }
};

import { fail, fault, ok, type Result } from '../words/index.ts';
import { type CborTag, type CborValue, encodeCbor } from './cbor.ts';
import { COSE_SIGN1_TAG, decodeCbor } from './cbor-read.ts';
import { isBytes, isList, isText, KEY_BYTES, SIGNATURE_BYTES } from './shape.ts';

/** Ed25519, fully specified (RFC 9864); the polymorphic EdDSA (−8) is not accepted. */
const ALGORITHM_ED25519 = -19;

/** COSE header parameters: RFC 9052 (alg, kid), RFC 9596 (typ), RFC 9942 (vds, vdp), private use (statement). */
export const HEADER = { alg: 1, kid: 4, typ: 16, vds: 395, vdp: 396, statement: -70_001 } as const;

/** A domain tag: what the signature is about. No two kinds of signed bytes share one. */
export const TYPE = {
  attestation: 'application/vnd.outpost.attestation+cose',
  endorsement: 'application/vnd.outpost.key-endorsement+cose',
  rotation: 'application/vnd.outpost.key-rotation+cose',
  succession: 'application/vnd.outpost.key-succession+cose',
  revocation: 'application/vnd.outpost.key-revocation+cose',
  receipt: 'application/vnd.outpost.receipt+cose',
} as const;

export type SignedType = (typeof TYPE)[keyof typeof TYPE];

/** Ed25519 over the message's bytes; 64 bytes. */
export type Sign = (message: Uint8Array) => Uint8Array;

/** What one signature says: this key over these bytes. Nothing read from evidence is believed before it holds. */
export interface Signed {
  /** 32 bytes, also the `kid`. */
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** A COSE_Sign1 as it was read: shape checked, signature not. */
export interface Sign1 {
  readonly protected: ReadonlyMap<number, CborValue>;
  readonly protectedBytes: Uint8Array;
  readonly unprotected: ReadonlyMap<number, CborValue>;
  /** Null where it is detached. */
  readonly payload: Uint8Array | null;
  readonly key: Uint8Array;
  readonly type: string;
  readonly signature: Uint8Array;
}

const EMPTY = new Uint8Array(0);
const NO_HEADERS: ReadonlyMap<number, CborValue> = new Map();
const TYPE_MAX_BYTES = 128;

/** The protected header that every signed thing here begins with, and what it adds. */
export const protectedHeader = (
  type: SignedType,
  key: Uint8Array,
  more: ReadonlyMap<number, CborValue> = NO_HEADERS,
): Uint8Array => {
  if (key.length !== KEY_BYTES) throw new RangeError(`an Ed25519 public key has ${KEY_BYTES} bytes`);
  const own: [number, CborValue][] = [
    [HEADER.alg, ALGORITHM_ED25519],
    [HEADER.kid, key],
    [HEADER.typ, type],
  ];
  return encodeCbor(new Map([...own, ...more]));
};

/** The Sig_structure of RFC 9052 §4.4 for a COSE_Sign1, with empty external_aad: the bytes that are signed. */
export const toBeSigned = (protectedBytes: Uint8Array, payload: Uint8Array): Uint8Array =>
  encodeCbor(['Signature1', protectedBytes, EMPTY, payload]);

export const encodeSign1 = (
  protectedBytes: Uint8Array,
  payload: Uint8Array | null,
  signature: Uint8Array,
  unprotected: ReadonlyMap<number, CborValue> = NO_HEADERS,
): Uint8Array => {
  if (signature.length !== SIGNATURE_BYTES) throw new RangeError(`a signature has ${SIGNATURE_BYTES} bytes`);
  return encodeCbor({ tag: COSE_SIGN1_TAG, value: [protectedBytes, unprotected, payload, signature] });
};

export const seal = (type: SignedType, key: Uint8Array, payload: Uint8Array, sign: Sign): Uint8Array => {
  const header = protectedHeader(type, key);
  return encodeSign1(header, payload, sign(toBeSigned(header, payload)));
};

export const malformed = (code: string, words: string): Result<never> =>
  fail(fault('malformed', code, 'evidence', words));

const isTag = (value: CborValue): value is CborTag =>
  typeof value === 'object' && value !== null && 'tag' in value;

const isMap = (value: unknown): value is ReadonlyMap<number, CborValue> => value instanceof Map;

/** Reads a tagged COSE_Sign1 by Ed25519 with `kid` and `typ`. Never throws; faults are `malformed`. */
export const readSign1 = (bytes: Uint8Array): Result<Sign1> => {
  const whole = decodeCbor(bytes);
  if (!whole.ok) return whole;
  if (!isTag(whole.value) || !isList(whole.value.value) || whole.value.value.length !== 4) {
    return malformed('cose.shape', 'This is no tagged COSE_Sign1 of four items.');
  }
  const [protectedBytes, unprotected, payload, signature] = whole.value.value;
  if (!(protectedBytes instanceof Uint8Array) || !isMap(unprotected)) {
    return malformed('cose.shape', 'The headers of the COSE_Sign1 are not a byte string and a map.');
  }
  if (!(payload === null || payload instanceof Uint8Array) || !isBytes(signature, SIGNATURE_BYTES)) {
    return malformed('cose.shape', 'The payload or the signature of the COSE_Sign1 has the wrong form.');
  }
  const header = decodeCbor(protectedBytes);
  if (!header.ok) return header;
  if (!isMap(header.value)) return malformed('cose.shape', 'The protected header is no map.');
  const key = header.value.get(HEADER.kid);
  const type = header.value.get(HEADER.typ);
  if (header.value.get(HEADER.alg) !== ALGORITHM_ED25519) {
    return malformed('cose.algorithm', 'The signature is not by Ed25519 (COSE algorithm −19).');
  }
  if (!isBytes(key, KEY_BYTES) || !isText(type, TYPE_MAX_BYTES)) {
    return malformed('cose.header', 'The protected header lacks a 32-byte kid or a typ.');
  }
  return ok({ protected: header.value, protectedBytes, unprotected, payload, key, type, signature });
};

/** A COSE_Sign1 of exactly this type, with a payload, no header beyond `alg`, `kid`, `typ` and no unprotected one. */
export const readSealed = (
  bytes: Uint8Array,
  type: SignedType,
): Result<{ signed: Signed; payload: CborValue }> => {
  const read = readSign1(bytes);
  if (!read.ok) return read;
  const { payload, key, signature, protectedBytes } = read.value;
  if (read.value.type !== type) return malformed('cose.type', `The signed bytes are no ${type}.`);
  if (payload === null || read.value.protected.size !== 3 || read.value.unprotected.size !== 0) {
    return malformed('cose.header', 'A header or payload is there that may not be, or is missing.');
  }
  const content = decodeCbor(payload);
  if (!content.ok) return content;
  return ok({
    signed: { key, message: toBeSigned(protectedBytes, payload), signature },
    payload: content.value,
  });
};

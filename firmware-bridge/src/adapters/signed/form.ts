import {
  type CborTag,
  type CborValue,
  decodeCbor,
  encodeCbor,
  KEY_BYTES,
  SIGNATURE_BYTES,
} from '@outpost/schemas/evidence';
import {
  asciiBytes,
  concatBytes,
  fail,
  fault,
  fromHex,
  ok,
  type Result,
  toHex,
} from '@outpost/schemas/words';

/** One value that a device signs: a number in the unit of the signal, or a mantissa of it, or a text. */
export type SignedValue =
  | { readonly signal: string; readonly number: number }
  | { readonly row: number; readonly mantissa: number }
  | { readonly signal: string; readonly text: string }
  | { readonly row: number; readonly text: string };

/** What stands under one signature of a device. */
export interface SignedContent {
  /** From 0 up, never the same twice for one key. */
  readonly sequence: number;
  /** Milliseconds since 1970 by the device's own clock; undefined where it has none. */
  readonly timeMs: number | undefined;
  readonly values: readonly SignedValue[];
}

/** A signed message as it was read: its form checked, its signature not. */
export interface SignedReading extends SignedContent {
  readonly form: 'cbor' | 'json';
  readonly key: Uint8Array;
  /** What the signature is over. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** Domain tags: nothing else that anybody signs begins with these. */
const COSE_TYPE = 'application/vnd.outpost.reading+cose';
const JSON_PREFIX = 'outpost-reading-json-v1\n';

/** COSE (RFC 9052, RFC 9596, RFC 9864): tag of a COSE_Sign1, header parameters, Ed25519. */
const SIGN1_TAG = 18;
const HEADER = { alg: 1, kid: 4, typ: 16 } as const;
const ED25519 = -19;

const FIELD = { sequence: 1, timeMs: 2, values: 3 } as const;
/** Values under one signature. */
const VALUES_MAX = 64;
const TEXT_MAX_CHARS = 256;
const NEWLINE = 0x0a;

const malformed = (words: string): Result<never> => fail(fault('malformed', 'signed.form', 'signed', words));

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= TEXT_MAX_CHARS;

/** Sequence, time and the number of values, which both forms have in common. */
const contentOf = (
  sequence: unknown,
  timeMs: unknown,
  values: readonly (SignedValue | undefined)[],
): Result<SignedContent> => {
  if (!isCount(sequence)) return malformed('has no sequence, a whole number from 0 to 2^53 − 1.');
  if (timeMs !== undefined && !isCount(timeMs))
    return malformed('has a time that is no milliseconds since 1970.');
  if (values.length === 0 || values.length > VALUES_MAX)
    return malformed(`holds no 1 to ${VALUES_MAX} readings.`);
  const whole = values.filter((value) => value !== undefined);
  return whole.length === values.length
    ? ok({ sequence, timeMs, values: whole })
    : malformed('holds a reading that is none.');
};

const cborValue = ([row, value]: readonly [CborValue, CborValue]): SignedValue | undefined => {
  if (!isCount(row)) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { row, mantissa: value };
  return isText(value) ? { row, text: value } : undefined;
};

const mapOf = (value: CborValue): ReadonlyMap<CborValue, CborValue> | undefined =>
  value instanceof Map ? value : undefined;

const cborContent = (payload: Uint8Array): Result<SignedContent> => {
  const read = decodeCbor(payload);
  if (!read.ok) return read;
  const fields = mapOf(read.value);
  const values = mapOf(fields?.get(FIELD.values) ?? null);
  if (fields === undefined || values === undefined)
    return malformed('is no map with a map of readings under 3.');
  if ([...fields.keys()].some((key) => key !== 1 && key !== 2 && key !== 3)) {
    return malformed('has a field that is none of 1, 2 and 3.');
  }
  return contentOf(fields.get(FIELD.sequence), fields.get(FIELD.timeMs), [...values].map(cborValue));
};

/** The Sig_structure of RFC 9052 §4.4, without external data. */
const toBeSigned = (header: Uint8Array, payload: Uint8Array): Uint8Array =>
  encodeCbor(['Signature1', header, new Uint8Array(0), payload]);

const coseHeader = (key: Uint8Array): Uint8Array =>
  encodeCbor(
    new Map<number, CborValue>([
      [HEADER.alg, ED25519],
      [HEADER.kid, key],
      [HEADER.typ, COSE_TYPE],
    ]),
  );

const isBytes = (value: unknown, length: number): value is Uint8Array =>
  value instanceof Uint8Array && value.length === length;

const readCose = (bytes: Uint8Array): Result<SignedReading> => {
  const read = decodeCbor(bytes);
  if (!read.ok) return read;
  const { tag, value } = (read.value ?? {}) as Partial<CborTag>;
  const items = tag === SIGN1_TAG && Array.isArray(value) ? (value as readonly CborValue[]) : [];
  const [header, unprotected, payload, signature] = items;
  if (items.length !== 4 || !(header instanceof Uint8Array) || !(payload instanceof Uint8Array)) {
    return malformed('is no COSE_Sign1 with its payload.');
  }
  if (!(unprotected instanceof Map) || unprotected.size > 0 || !isBytes(signature, SIGNATURE_BYTES)) {
    return malformed('has an unprotected header, or no signature of 64 bytes.');
  }
  const fields = decodeCbor(header);
  const key = fields.ok ? mapOf(fields.value)?.get(HEADER.kid) : undefined;
  if (!isBytes(key, KEY_BYTES) || toHex(coseHeader(key)) !== toHex(header)) {
    return malformed(`has a protected header that is not alg −19, kid and typ ${COSE_TYPE}.`);
  }
  const content = cborContent(payload);
  if (!content.ok) return content;
  return ok({ ...content.value, form: 'cbor', key, signed: toBeSigned(header, payload), signature });
};

const jsonValue = ([signal, value]: readonly [string, unknown]): SignedValue | undefined => {
  if (typeof value === 'number') return { signal, number: value };
  return isText(value) ? { signal, text: value } : undefined;
};

const readJson = (bytes: Uint8Array): Result<SignedReading> => {
  const at = bytes.indexOf(NEWLINE);
  const text = new TextDecoder();
  const signature = at < 0 ? undefined : fromHex(text.decode(bytes.subarray(at + 1)).trimEnd());
  if (!isBytes(signature, SIGNATURE_BYTES)) {
    return malformed('has no second line with a signature, 128 digits of hex.');
  }
  let value: unknown;
  try {
    value = JSON.parse(text.decode(bytes.subarray(0, at)));
  } catch {
    return malformed('has a first line that is no JSON.');
  }
  const {
    key: keyText,
    sequence,
    time,
    readings,
    ...more
  } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const key = typeof keyText === 'string' ? fromHex(keyText) : undefined;
  if (!isBytes(key, KEY_BYTES)) return malformed('has no key, 64 digits of hex.');
  if (Object.keys(more).length > 0)
    return malformed('has a field that is none of key, sequence, time, readings.');
  const values = typeof readings === 'object' && readings !== null ? Object.entries(readings) : [];
  const content = contentOf(sequence, time, values.map(jsonValue));
  if (!content.ok) return content;
  const signed = concatBytes(asciiBytes(JSON_PREFIX), bytes.subarray(0, at));
  return ok({ ...content.value, form: 'json', key, signed, signature });
};

const OPENING_BRACE = 0x7b;

/** Reads either form. A fault is `malformed`. */
export const readSigned = (payload: Uint8Array): Result<SignedReading> =>
  payload[0] === OPENING_BRACE ? readJson(payload) : readCose(payload);

/** 64 bytes of Ed25519 over a message. */
export type SignBytes = (message: Uint8Array) => Uint8Array;

/** What a device sends: rows and mantissas in a COSE_Sign1. */
export const sealCbor = (
  key: Uint8Array,
  { sequence, timeMs, values }: SignedContent,
  sign: SignBytes,
): Uint8Array => {
  const rows = values.map((value): [number, CborValue] => {
    if (!('row' in value)) throw new TypeError('the CBOR form names signals by their rows');
    return [value.row, 'text' in value ? value.text : value.mantissa];
  });
  const fields = new Map<number, CborValue>([
    [FIELD.sequence, sequence],
    [FIELD.values, new Map(rows)],
  ]);
  if (timeMs !== undefined) fields.set(FIELD.timeMs, timeMs);
  const [header, payload] = [coseHeader(key), encodeCbor(fields)];
  const signature = sign(toBeSigned(header, payload));
  return encodeCbor({ tag: SIGN1_TAG, value: [header, new Map(), payload, signature] });
};

/** What a device sends: one line of JSON, and one with its signature. */
export const sealJson = (
  key: Uint8Array,
  { sequence, timeMs, values }: SignedContent,
  sign: SignBytes,
): Uint8Array => {
  const readings = Object.fromEntries(
    values.map((value) => {
      if (!('signal' in value)) throw new TypeError('the JSON form names signals by their names');
      return [value.signal, 'text' in value ? value.text : value.number];
    }),
  );
  const line = JSON.stringify({ key: toHex(key), sequence, time: timeMs, readings });
  const bytes = new TextEncoder().encode(line);
  return concatBytes(bytes, asciiBytes(`\n${toHex(sign(concatBytes(asciiBytes(JSON_PREFIX), bytes)))}`));
};

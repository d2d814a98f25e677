import { type CborValue, decodeCbor, encodeCbor } from '@outpost/schemas/evidence';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Version of this wire; a receiver refuses every other with `version`. */
export const WIRE_VERSION = 1;
/** Below a network's address. */
export const DELIVERY_PATH = '/v1/attestations';
export const DELIVERY_TYPE = 'application/vnd.outpost.delivery+cbor';
export const VERDICT_TYPE = 'application/vnd.outpost.verdict+cbor';

/** Attestations of one request. */
export const ITEMS_MAX = 64;
/** Key records of one request. */
export const RECORDS_MAX = 4_096;
/** A request's body; a receiver answers what is longer with 413. */
export const REQUEST_MAX_BYTES = 4 * 1024 * 1024;
/** An answer's body; a sender takes what is longer for a broken network. */
export const ANSWER_MAX_BYTES = 1024 * 1024;

const CODE_MAX_CHARACTERS = 64;
const WORDS_MAX_CHARACTERS = 512;
const WAIT_MAX_MS = 3_600_000;

/** One attestation with the leaves that it signs: all of them, or none where only its place in the chain counts. */
export interface WireItem {
  readonly attestation: Uint8Array;
  readonly leaves: readonly Uint8Array[];
}

/** What a gateway sends: key records that the network may not have, oldest first, and attestations in their order. */
export interface WireDelivery {
  readonly records: readonly Uint8Array[];
  readonly items: readonly WireItem[];
}

/** What a network says of one attestation. */
export type WireVerdict =
  /** Accepted, or accepted before; the receipt of then. */
  | { readonly kind: 'settled'; readonly receipt: Uint8Array }
  /** Never: sending it again changes nothing. */
  | { readonly kind: 'refused'; readonly code: string; readonly words: string }
  /** Not now: send it again after so many milliseconds. */
  | { readonly kind: 'again'; readonly afterMs: number; readonly code: string; readonly words: string };

/** Why a network takes nothing of a whole request. */
export interface WireRefusal {
  readonly code: string;
  readonly words: string;
}

const malformed = (words: string): Result<never> =>
  fail(fault('malformed', 'outpost.wire', 'outpost network', words));

const isList = (value: CborValue | undefined): value is readonly CborValue[] => Array.isArray(value);
const isBytes = (value: CborValue | undefined): value is Uint8Array => value instanceof Uint8Array;
const isMap = (value: CborValue): value is ReadonlyMap<number, CborValue> => value instanceof Map;
const isText = (value: CborValue | undefined, max: number): value is string =>
  typeof value === 'string' && value.length <= max;
const isByteList = (value: CborValue | undefined, max: number): value is readonly Uint8Array[] =>
  isList(value) && value.length <= max && value.every(isBytes);

/** The members 2, 3 … of a map of this version; undefined for any other map. */
const membersOf = (bytes: Uint8Array, count: number): readonly (CborValue | undefined)[] | undefined => {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok || !isMap(decoded.value)) return undefined;
  const map = decoded.value;
  if (map.get(1) !== WIRE_VERSION || map.size !== count + 1) return undefined;
  return Array.from({ length: count }, (_, index) => map.get(index + 2));
};

/** The version that a body states, whatever else is in it; undefined where it states none. */
export const statedVersion = (bytes: Uint8Array): number | undefined => {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok || !isMap(decoded.value)) return undefined;
  const version = decoded.value.get(1);
  return typeof version === 'number' ? version : undefined;
};

/** {1: version, 2: [record …], 3: [[attestation, [leaf …]] …]} in deterministic CBOR. */
export const encodeDelivery = ({ records, items }: WireDelivery): Uint8Array =>
  encodeCbor(
    new Map<number, CborValue>([
      [1, WIRE_VERSION],
      [2, records],
      [3, items.map(({ attestation, leaves }) => [attestation, leaves])],
    ]),
  );

const readItem = (value: CborValue): WireItem | undefined => {
  if (!isList(value) || value.length !== 2) return undefined;
  const [attestation, leaves] = value;
  return isBytes(attestation) && isByteList(leaves, Number.POSITIVE_INFINITY)
    ? { attestation, leaves }
    : undefined;
};

export const decodeDelivery = (bytes: Uint8Array): Result<WireDelivery> => {
  const members = membersOf(bytes, 2);
  if (members === undefined) return malformed('The request is no delivery of version 1.');
  const [records, list] = members;
  if (!isByteList(records, RECORDS_MAX) || !isList(list)) {
    return malformed(
      `The request does not hold at most ${RECORDS_MAX} key records and a list of attestations.`,
    );
  }
  if (list.length > ITEMS_MAX) return malformed(`The request holds more than ${ITEMS_MAX} attestations.`);
  const items: WireItem[] = [];
  for (const each of list) {
    const item = readItem(each);
    if (item === undefined) return malformed('An item of the request is no attestation with leaves.');
    items.push(item);
  }
  return ok({ records, items });
};

const verdictCbor = (verdict: WireVerdict): CborValue => {
  switch (verdict.kind) {
    case 'settled':
      return [1, verdict.receipt];
    case 'refused':
      return [2, verdict.code, verdict.words];
    case 'again':
      return [3, verdict.afterMs, verdict.code, verdict.words];
  }
};

/** {1: version, 2: [verdict …]}: [1, receipt], [2, code, words] or [3, ms, code, words], one for each item, in order. */
export const encodeVerdicts = (verdicts: readonly WireVerdict[]): Uint8Array =>
  encodeCbor(
    new Map<number, CborValue>([
      [1, WIRE_VERSION],
      [2, verdicts.map(verdictCbor)],
    ]),
  );

const readVerdict = (value: CborValue): WireVerdict | undefined => {
  if (!isList(value)) return undefined;
  const [kind, ...rest] = value;
  if (kind === 1 && rest.length === 1 && isBytes(rest[0])) return { kind: 'settled', receipt: rest[0] };
  const afterMs = kind === 3 ? rest.shift() : 0;
  const [code, words] = rest;
  if (rest.length !== 2 || !isText(code, CODE_MAX_CHARACTERS) || !isText(words, WORDS_MAX_CHARACTERS))
    return undefined;
  if (kind === 2) return { kind: 'refused', code, words };
  if (kind !== 3 || typeof afterMs !== 'number' || afterMs < 0 || afterMs > WAIT_MAX_MS) return undefined;
  return { kind: 'again', afterMs, code, words };
};

/** @param count of the items that were sent: an answer for more or fewer is none. */
export const decodeVerdicts = (bytes: Uint8Array, count: number): Result<readonly WireVerdict[]> => {
  const [list] = membersOf(bytes, 1) ?? [];
  if (!isList(list) || list.length !== count)
    return malformed(`The answer does not hold ${count} verdicts of version 1.`);
  const verdicts: WireVerdict[] = [];
  for (const each of list) {
    const verdict = readVerdict(each);
    if (verdict === undefined) return malformed('A verdict of the answer does not read.');
    verdicts.push(verdict);
  }
  return ok(verdicts);
};

/** {1: version, 2: code, 3: words}, beside a status that is not 200. */
export const encodeRefusal = ({ code, words }: WireRefusal): Uint8Array =>
  encodeCbor(
    new Map<number, CborValue>([
      [1, WIRE_VERSION],
      [2, code],
      [3, words],
    ]),
  );

export const decodeRefusal = (bytes: Uint8Array): Result<WireRefusal> => {
  const [code, words] = membersOf(bytes, 2) ?? [];
  if (!isText(code, CODE_MAX_CHARACTERS) || !isText(words, WORDS_MAX_CHARACTERS))
    return malformed('The answer is no refusal of version 1.');
  return ok({ code, words });
};

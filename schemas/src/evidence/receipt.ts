import { ok, type Result, type StreamId, type WallNs } from '../words/index.ts';
import { type CborValue, encodeCbor } from './cbor.ts';
import { FORMAT_VERSION } from './codes.ts';
import { malformed, readSealed, type Sign, type Signed, seal, TYPE } from './cose.ts';
import { HASH_BYTES } from './hash.ts';
import { asWall, isBytes, isList, isStreamId, isText, isUint, KEY_BYTES, membersOf } from './shape.ts';
import { type Head, headFrom, headList } from './statement.ts';
import { TREE_LEAVES_MAX } from './tree.ts';

export const NETWORK_NAME_MAX_BYTES = 64;
export const REFUSAL_CODE_MAX_BYTES = 64;
export const REFUSAL_WORDS_MAX_BYTES = 256;
/** Runs of refused leaves in one receipt. */
export const REFUSALS_MAX = 1_024;

/** A run of leaves that the network refused, for one reason. */
export interface Refusal {
  /** Index in the batch, from 0. */
  readonly first: number;
  readonly count: number;
  readonly code: string;
  readonly words: string;
}

/** A network's verdict on one attestation. */
export interface ReceiptContent {
  /** The network's key, which signs; 32 bytes. Verifiers have it pinned beforehand. */
  readonly networkKey: Uint8Array;
  readonly network: string;
  /** SHA-256 of the attestation, 32 bytes. */
  readonly attestation: Uint8Array;
  readonly deviceKey: Uint8Array;
  readonly stream: StreamId;
  readonly time: WallNs;
  /** Leaves that were refused, in order and apart from each other; what is not listed was accepted. */
  readonly refused: readonly Refusal[];
  /** The furthest that the network has seen of this device key and stream, this attestation included. */
  readonly highest: Head;
}

/** A receipt as read: shape checked, signature not. */
export interface Receipt {
  readonly content: ReceiptContent;
  readonly signed: Signed;
  readonly bytes: Uint8Array;
}

const KEYS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** Signed by the network key. Throws a RangeError for what no verifier would accept. */
export const sealReceipt = (content: ReceiptContent, sign: Sign): Uint8Array => {
  const refused = content.refused.map(
    ({ first, count, code, words }): CborValue => [first, count, code, words],
  );
  const { network, attestation, deviceKey, stream, time, highest } = content;
  const members = [FORMAT_VERSION, network, attestation, deviceKey, stream, time, refused, headList(highest)];
  const payload = encodeCbor(new Map(KEYS.map((key, index) => [key, members[index] ?? null])));
  const bytes = seal(TYPE.receipt, content.networkKey, payload, sign);
  const read = readReceipt(bytes);
  if (!read.ok) throw new RangeError(`receipt: ${read.fault.words}`);
  return bytes;
};

const refusalFrom = (value: CborValue, after: number): Refusal | undefined => {
  if (!isList(value) || value.length !== 4) return undefined;
  const [first, count, code, words] = value;
  if (!isUint(first, TREE_LEAVES_MAX) || !isUint(count, TREE_LEAVES_MAX)) return undefined;
  if (first < after || count < 1 || first + count > TREE_LEAVES_MAX) return undefined;
  if (!isText(code, REFUSAL_CODE_MAX_BYTES) || !isText(words, REFUSAL_WORDS_MAX_BYTES)) return undefined;
  return { first, count, code, words };
};

const refusalsFrom = (value: CborValue | undefined): readonly Refusal[] | undefined => {
  if (!isList(value) || value.length > REFUSALS_MAX) return undefined;
  const refused: Refusal[] = [];
  let after = 0;
  for (const item of value) {
    const refusal = refusalFrom(item, after);
    if (refusal === undefined) return undefined;
    after = refusal.first + refusal.count;
    refused.push(refusal);
  }
  return refused;
};

/** Reads a network's receipt without judging its signature. Never throws; faults are `malformed`. */
export const readReceipt = (bytes: Uint8Array): Result<Receipt> => {
  const read = readSealed(bytes, TYPE.receipt);
  if (!read.ok) return read;
  const { signed, payload } = read.value;
  const wrong = malformed('receipt.shape', 'This is no network’s receipt of format version 1.');
  const members = membersOf(payload, KEYS);
  if (members === undefined || members[0] !== FORMAT_VERSION) return wrong;
  const [, network, attestation, deviceKey, stream, at] = members;
  const [time, refused, highest] = [asWall(at), refusalsFrom(members[6]), headFrom(members[7])];
  if (!isText(network, NETWORK_NAME_MAX_BYTES) || network === '') return wrong;
  if (!isBytes(attestation, HASH_BYTES) || !isBytes(deviceKey, KEY_BYTES) || !isStreamId(stream))
    return wrong;
  if (time === undefined || refused === undefined || highest === undefined) return wrong;
  const content = { networkKey: signed.key, network, attestation, deviceKey, stream, time, refused, highest };
  return ok({ content, signed, bytes });
};

import { type Body, fail, fault, isOwnBody, type MonoNs, ok, type Result } from '../words/index.ts';
import { bodyBoundBytes, bodyFieldCount, bodyFrom, bodyProblem, writeBody } from './body.ts';
import { headBytes, MAJOR, sinkOf, writeBigInt, writeBytes, writeHead, writeInt, written } from './cbor.ts';
import { readPlainCbor } from './cbor-plain.ts';
import { decodeCbor } from './cbor-read.ts';
import { SALT_BYTES } from './salt.ts';
import { asMono, INT64_MAX, isBytes, isList, isUint } from './shape.ts';

/** One encoded leaf. What is longer is refused before it is kept. */
export const LEAF_MAX_BYTES = 65_536;

const FIXED_FIELDS = 5;
/** Head, sequence and time at their longest. */
const HEAD_BOUND_BYTES = 1 + 9 + 9;

/** A monotonic time from 4.3 s after its start on. */
const MONO_BYTES = 9;

const payloadBytes = (bytes: number): number => headBytes(bytes) + bytes;

/**
 * One reading as it is signed: only what varies within a batch. Device, stream, epoch, origin, authentication
 * and the clock anchor stand in the attestation.
 */
export interface Leaf {
  /** From 0 within (stream, epoch), without holes. */
  readonly sequence: number;
  readonly mono: MonoNs;
  readonly body: Body;
  /** The exact bytes of the frame that said so; empty where the box itself speaks. */
  readonly raw: Uint8Array;
  /** 16 bytes. */
  readonly salt: Uint8Array;
}

const problemOf = (leaf: Leaf): string | undefined => {
  if (!isUint(leaf.sequence)) return 'the sequence is no safe integer';
  if (leaf.mono < 0n || leaf.mono > INT64_MAX) return 'the time is outside 0 to 2^63 − 1 ns';
  if (leaf.salt.length !== SALT_BYTES) return `the salt is not ${SALT_BYTES} bytes`;
  if (isOwnBody(leaf.body) && leaf.raw.length > 0)
    return 'the box itself speaks, and there is a frame beside it';
  return bodyProblem(leaf.body);
};

const refuse = (words: string): Result<never> =>
  fail(fault('malformed', 'leaf.shape', 'leaf', `This is no leaf: ${words}.`));

const boundBytes = (body: Body, raw: Uint8Array): number =>
  payloadBytes(SALT_BYTES) + payloadBytes(raw.length) + bodyBoundBytes(body);

/**
 * Whether a leaf can hold this body and frame; to be asked before a reading is kept. A fault is `malformed`,
 * and its item goes to quarantine.
 */
export const checkReading = (body: Body, raw: Uint8Array): Result<void> => {
  const problem = bodyProblem(body);
  if (problem !== undefined) return refuse(problem);
  if (isOwnBody(body) && raw.length > 0)
    return refuse('the box itself speaks, and there is a frame beside it');
  return HEAD_BOUND_BYTES + boundBytes(body, raw) > LEAF_MAX_BYTES
    ? refuse(`it is longer than ${LEAF_MAX_BYTES} bytes`)
    : ok(undefined);
};

/**
 * The leaf's bytes: deterministic CBOR of [sequence, mono, salt, raw, kind, …fields of the kind], as
 * docs/evidence.md lists them. Throws a RangeError for what `checkReading` would have refused.
 */
export const encodeLeaf = (leaf: Leaf): Uint8Array => {
  const problem = problemOf(leaf);
  if (problem !== undefined) throw new RangeError(`leaf: ${problem}`);
  // A guess that is exact for a number: memory of up to 64 bytes is ten times cheaper than more, and is not copied.
  const sink = sinkOf(1 + headBytes(leaf.sequence) + MONO_BYTES + boundBytes(leaf.body, leaf.raw));
  writeHead(sink, MAJOR.array, FIXED_FIELDS + bodyFieldCount(leaf.body));
  writeInt(sink, leaf.sequence);
  writeBigInt(sink, leaf.mono);
  writeBytes(sink, leaf.salt);
  writeBytes(sink, leaf.raw);
  writeBody(sink, leaf.body);
  if (sink.at > LEAF_MAX_BYTES) throw new RangeError(`leaf: longer than ${LEAF_MAX_BYTES} bytes`);
  return written(sink);
};

/**
 * Reads a leaf; only the one encoding of it is accepted. Its frame and salt may be views of `bytes`. Never throws; faults
 * are `malformed`.
 */
export const decodeLeaf = (bytes: Uint8Array): Result<Leaf> => {
  if (bytes.length > LEAF_MAX_BYTES) return refuse(`it is longer than ${LEAF_MAX_BYTES} bytes`);
  const plain = readPlainCbor(bytes, 'views');
  const decoded = plain === undefined ? decodeCbor(bytes) : ok(plain);
  if (!decoded.ok) return decoded;
  const items = decoded.value;
  if (!isList(items) || items.length < FIXED_FIELDS) return refuse('it is not an array of a leaf’s length');
  const [sequence, time, salt, raw, kind, ...fields] = items;
  const mono = asMono(time);
  if (!isUint(sequence)) return refuse('the sequence is no safe integer');
  if (mono === undefined) return refuse('the time is outside 0 to 2^63 − 1 ns');
  if (!isBytes(salt, SALT_BYTES)) return refuse(`the salt is not ${SALT_BYTES} bytes`);
  if (!(raw instanceof Uint8Array)) return refuse('the raw frame is no byte string');
  const body = bodyFrom(kind ?? null, fields);
  if (body !== undefined && isOwnBody(body) && raw.length > 0) return refuse('it has a frame of its own');
  if (body === undefined) return refuse(`kind ${String(kind)} and its fields do not fit`);
  return ok({ sequence, mono, body, raw, salt });
};

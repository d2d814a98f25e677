import { decodeLeaf, type Leaf, readAttestation, type Statement } from '@outpost/schemas/evidence';
import { ok, type Result } from '@outpost/schemas/words';
import { platformHash } from '../hash.ts';
import type { Kept } from '../journal/contract.ts';
import { type Attested, readAttested } from './entry.ts';

/*
 * What the entries that are many say: worked out by whoever asks first, for all who follow, since all of them are given
 * the same objects.
 */

/** A reading's entry. Faults as of `decodeLeaf`. */
export const leafOf = (entry: Kept): Result<Leaf> => {
  entry.decoded ??= decodeLeaf(entry.bytes);
  return entry.decoded as Result<Leaf>;
};

/** A signed batch as it stands in the journal; its signature is not judged. */
export interface SignedBatch {
  readonly attested: Attested;
  readonly statement: Statement;
  /** SHA-256 of the attestation's bytes, by which others name it. */
  readonly hash: Uint8Array;
}

const decodeSigned = (bytes: Uint8Array): Result<SignedBatch> => {
  const attested = readAttested(bytes);
  if (!attested.ok) return attested;
  const read = readAttestation(attested.value.bytes);
  if (!read.ok) return read;
  const { statement } = read.value;
  return ok({ attested: attested.value, statement, hash: platformHash(attested.value.bytes) });
};

/** An attestation's entry. Faults are `malformed`: the entry is damaged. */
export const signedOf = (entry: Kept): Result<SignedBatch> => {
  entry.decoded ??= decodeSigned(entry.bytes);
  return entry.decoded as Result<SignedBatch>;
};

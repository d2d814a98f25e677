import { attestationHash } from './attestation.ts';
import { type BatchParts, checkRedecoded, placeOf } from './check-batch.ts';
import { encodeSign1 } from './cose.ts';
import { decodeLeaf, type Leaf } from './leaf.ts';
import { readLeafReceipt, rootByReceipt, signedByReceipt } from './leaf-receipt.ts';
import type { Statement } from './statement.ts';

/** One leaf that was proven without its neighbours. */
export interface CheckedProof {
  readonly statement: Statement;
  readonly leaf: Leaf;
  /** SHA-256 of the whole attestation's bytes, which the proof determines. */
  readonly attestation: Uint8Array;
}

/** Checks a leaf against its COSE Receipt; undefined where it proves nothing. */
export const checkProof = (
  leafBytes: Uint8Array,
  receiptBytes: Uint8Array,
  parts: BatchParts,
): CheckedProof | undefined => {
  const { findings, hash, verify } = parts;
  const receipt = readLeafReceipt(receiptBytes);
  if (!receipt.ok) {
    findings.add('proof.malformed', receipt.fault.words);
    return undefined;
  }
  const { statement, index, protectedBytes, signature } = receipt.value;
  const place = { ...placeOf(statement), sequence: statement.firstSequence + index };
  const leaf = decodeLeaf(leafBytes);
  if (!leaf.ok) {
    findings.add('leaf.malformed', leaf.fault.words, place);
    return undefined;
  }
  const root = rootByReceipt(receipt.value, leafBytes, hash);
  if (root === undefined) {
    findings.add(
      'proof.path',
      'The inclusion proof has not the length that its size and index ask for.',
      place,
    );
    return undefined;
  }
  const signed = signedByReceipt(receipt.value, root);
  if (!verify(signed.key, signed.message, signed.signature)) {
    findings.add('proof.signature', 'The leaf, its path and the signature do not belong together.', place);
    return undefined;
  }
  const { sequence, mono } = leaf.value;
  if (sequence !== place.sequence || mono < statement.firstMono || mono > statement.lastMono) {
    findings.add('proof.leaf', 'The leaf’s place or time is not one that the attestation states.', place);
  }
  parts.see?.(statement, leaf.value);
  checkRedecoded(statement.stream, leaf.value, parts);
  const attestation = attestationHash(encodeSign1(protectedBytes, root, signature), hash);
  return { statement, leaf: leaf.value, attestation };
};

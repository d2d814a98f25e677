import { fail, fault, ok, type Result } from '../words/index.ts';
import { attestedStatement } from './attestation.ts';
import { encodeCbor } from './cbor.ts';
import { decodeCbor } from './cbor-read.ts';
import { encodeSign1, HEADER, malformed, readSign1, type Signed, toBeSigned } from './cose.ts';
import { HASH_BYTES, type Hash, sha256 } from './hash.ts';
import { isBytes, isList, isUint, membersOf } from './shape.ts';
import type { Statement } from './statement.ts';
import { inclusionPath, leafHash, rootFromPath } from './tree.ts';

/** Inclusion proofs among the proofs of RFC9162_SHA256 (RFC 9942 §5.2). */
const INCLUSION = -1;

/** A COSE Receipt (RFC 9942): proves one leaf of an attestation without showing the others. */
export interface LeafReceipt {
  readonly statement: Statement;
  readonly index: number;
  readonly path: readonly Uint8Array[];
  readonly protectedBytes: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * The COSE Receipt for leaf `index`: the attestation's protected header and signature as they are, the payload
 * detached, the inclusion proof in header 396. `hashes` are those of all leaves of the attestation, in order.
 */
export const receiptForLeaf = (
  attestation: Uint8Array,
  hashes: readonly Uint8Array[],
  index: number,
  hash: Hash = sha256,
): Result<Uint8Array> => {
  const read = readSign1(attestation);
  if (!read.ok) return read;
  const { protectedBytes, signature, payload } = read.value;
  const leaf = hashes[index];
  if (leaf === undefined) return malformed('proof.index', `The attestation has no leaf ${index}.`);
  const path = inclusionPath(hashes, index, hash);
  const root = rootFromPath(leaf, index, hashes.length, path, hash);
  if (payload === null || root === undefined || root.some((byte, i) => byte !== payload[i])) {
    return fail(fault('untrusted', 'proof.root', 'evidence', 'The leaves are not those of the attestation.'));
  }
  const proof = encodeCbor([hashes.length, index, path]);
  const proofs = new Map([[INCLUSION, [proof]]]);
  return ok(encodeSign1(protectedBytes, null, signature, new Map([[HEADER.vdp, proofs]])));
};

/** Reads a COSE Receipt for one leaf, without judging it. Never throws; faults are `malformed`. */
export const readLeafReceipt = (bytes: Uint8Array): Result<LeafReceipt> => {
  const read = readSign1(bytes);
  if (!read.ok) return read;
  const statement = attestedStatement(read.value);
  if (!statement.ok) return statement;
  const wrong = malformed('proof.shape', 'The COSE Receipt does not hold exactly one inclusion proof.');
  const [vdp] = membersOf(read.value.unprotected, [HEADER.vdp]) ?? [];
  const [proofs] = membersOf(vdp, [INCLUSION]) ?? [];
  if (read.value.payload !== null || !isList(proofs) || proofs.length !== 1) return wrong;
  const encoded = proofs[0];
  if (!(encoded instanceof Uint8Array)) return wrong;
  const proof = decodeCbor(encoded);
  if (!proof.ok || !isList(proof.value) || proof.value.length !== 3) return wrong;
  const [size, index, path] = proof.value;
  if (size !== statement.value.size || !isUint(index) || !isList(path)) return wrong;
  const steps: Uint8Array[] = [];
  for (const step of path) {
    if (!isBytes(step, HASH_BYTES)) return wrong;
    steps.push(step);
  }
  const { protectedBytes, signature } = read.value;
  return ok({ statement: statement.value, index, path: steps, protectedBytes, signature });
};

/** The root that the receipt's path leads to from this leaf; undefined where the path cannot be its own. */
export const rootByReceipt = (
  { statement, index, path }: LeafReceipt,
  leaf: Uint8Array,
  hash: Hash = sha256,
): Uint8Array | undefined => rootFromPath(leafHash(leaf, hash), index, statement.size, path, hash);

/** What the receipt's signature has to be over, if this is the root. */
export const signedByReceipt = (
  { statement, protectedBytes, signature }: LeafReceipt,
  root: Uint8Array,
): Signed => ({ key: statement.deviceKey, message: toBeSigned(protectedBytes, root), signature });

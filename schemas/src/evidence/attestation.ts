import { ok, type Result } from '../words/index.ts';
import {
  encodeSign1,
  HEADER,
  malformed,
  protectedHeader,
  readSign1,
  type Sign,
  type Sign1,
  type Signed,
  TYPE,
  toBeSigned,
} from './cose.ts';
import { HASH_BYTES, type Hash, sha256 } from './hash.ts';
import { type Statement, statementFrom, statementMap } from './statement.ts';

/** RFC9162_SHA256 in the COSE registry of verifiable data structures (RFC 9942 §8.2). */
const VDS_RFC9162_SHA256 = 1;
const PROTECTED_HEADERS = 5;

/** A signed statement over a batch of one stream, as read: shape checked, signature and leaves not. */
export interface Attestation {
  readonly statement: Statement;
  /** Root of the RFC 9162 tree over the leaves' bytes, 32 bytes. */
  readonly root: Uint8Array;
  readonly signed: Signed;
  /** The exact bytes; nothing is ever encoded anew. */
  readonly bytes: Uint8Array;
}

const headerOf = (statement: Statement): Uint8Array =>
  protectedHeader(
    TYPE.attestation,
    statement.deviceKey,
    new Map<number, number | ReturnType<typeof statementMap>>([
      [HEADER.vds, VDS_RFC9162_SHA256],
      [HEADER.statement, statementMap(statement)],
    ]),
  );

/** The Sig_structure of RFC 9052 §4.4: exactly these bytes are signed by the device key. */
export const attestationToBeSigned = (statement: Statement, root: Uint8Array): Uint8Array =>
  toBeSigned(headerOf(statement), root);

/**
 * The attestation's bytes: a tagged COSE_Sign1 whose payload is the 32-byte root. What comes out is read back,
 * so a statement that no verifier would accept is thrown here as a RangeError and never leaves the box.
 */
export const assembleAttestation = (
  statement: Statement,
  root: Uint8Array,
  signature: Uint8Array,
): Uint8Array => {
  const bytes = encodeSign1(headerOf(statement), root, signature);
  const read = readAttestation(bytes);
  if (!read.ok) throw new RangeError(`attestation: ${read.fault.words}`);
  return bytes;
};

export const sealAttestation = (statement: Statement, root: Uint8Array, sign: Sign): Uint8Array =>
  assembleAttestation(statement, root, sign(attestationToBeSigned(statement, root)));

/** The statement in a header that is an attestation's and nothing else's. */
export const attestedStatement = (read: Sign1): Result<Statement> => {
  if (read.type !== TYPE.attestation) return malformed('attestation.type', `It is no ${TYPE.attestation}.`);
  if (read.protected.size !== PROTECTED_HEADERS || read.protected.get(HEADER.vds) !== VDS_RFC9162_SHA256) {
    return malformed('attestation.header', 'The protected header of the attestation has other members.');
  }
  const statement = statementFrom(read.key, read.protected.get(HEADER.statement));
  return statement === undefined
    ? malformed('attestation.statement', 'The attestation’s statement is not one of format version 1.')
    : ok(statement);
};

/** Reads an attestation without judging its signature. Never throws; faults are `malformed`. */
export const readAttestation = (bytes: Uint8Array): Result<Attestation> => {
  const read = readSign1(bytes);
  if (!read.ok) return read;
  const statement = attestedStatement(read.value);
  if (!statement.ok) return statement;
  const { payload, unprotected, protectedBytes, key, signature } = read.value;
  if (payload === null || payload.length !== HASH_BYTES || unprotected.size !== 0) {
    return malformed(
      'attestation.shape',
      'The attestation’s payload is not a root, or it has an open header.',
    );
  }
  const signed: Signed = { key, message: toBeSigned(protectedBytes, payload), signature };
  return ok({ statement: statement.value, root: payload, signed, bytes });
};

/** What the next attestation of the epoch names as `previous`, and what a receipt is about. */
export const attestationHash = (bytes: Uint8Array, hash: Hash = sha256): Uint8Array => hash(bytes);

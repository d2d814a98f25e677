export {
  type Attestation,
  assembleAttestation,
  attestationHash,
  attestationToBeSigned,
  readAttestation,
  sealAttestation,
} from './attestation.ts';
export { type CborTag, type CborValue, encodeCbor } from './cbor.ts';
export { CBOR_LIMITS, type CborLimits, decodeCbor, type Extent, itemExtent } from './cbor-read.ts';
export type { Chain } from './chain.ts';
export type { Redecode, SeeLeaf, StatedGap } from './check-batch.ts';
export type { NetworkTally } from './check-receipts.ts';
export type { Identification } from './check-signers.ts';
export type { KeyKind, KeyRole, RevocationReason } from './codes.ts';
export { FORMAT_VERSION } from './codes.ts';
export type { Sign, Signed } from './cose.ts';
export {
  checkKey,
  nobleEquation,
  publicKeyOfSeed,
  signWithSeed,
  strictVerifier,
  type Verify,
} from './ed25519.ts';
export {
  EVIDENCE_ITEM_MAX_BYTES,
  EVIDENCE_MAGIC,
  type EvidenceItem,
  type EvidenceReader,
  encodeEvidence,
  evidenceReader,
  NOTE_MAX_BYTES,
  readEvidence,
  readEvidenceBytes,
} from './evidence-file.ts';
export { HASH_BYTES, type Hash, sha256 } from './hash.ts';
export {
  type Endorsement,
  type KeyRecord,
  type KeyRecordContent,
  type RecordPlace,
  type Revocation,
  type Rotation,
  readKeyRecord,
  sealEndorsement,
  sealRevocation,
  sealRotation,
} from './key-record.ts';
export { checkReading, decodeLeaf, encodeLeaf, LEAF_MAX_BYTES, type Leaf } from './leaf.ts';
export {
  type LeafReceipt,
  readLeafReceipt,
  receiptForLeaf,
  rootByReceipt,
  signedByReceipt,
} from './leaf-receipt.ts';
export {
  type Place,
  PROBLEMS,
  PROBLEMS_MAX,
  type Problem,
  type ProblemCode,
  problemText,
  type Severity,
} from './problem.ts';
export { type RawGateway, rawGateway } from './raw-gateway.ts';
export { type Receipt, type ReceiptContent, type Refusal, readReceipt, sealReceipt } from './receipt.ts';
export type {
  Checked,
  Claimed,
  EpochSummary,
  ProvenReading,
  Report,
  StreamSummary,
  Verdict,
} from './report.ts';
export { leafSalt, SALT_BYTES, saltKey } from './salt.ts';
export { EPOCH_BYTES, KEY_BYTES, SIGNATURE_BYTES } from './shape.ts';
export type { Head, Statement } from './statement.ts';
export {
  inclusionPath,
  leafHash,
  leafHashes,
  rootFromPath,
  TREE_LEAVES_MAX,
  treeRoot,
  verifyInclusion,
} from './tree.ts';
export {
  EVIDENCE_RECORDS_MAX,
  openVerification,
  type Verification,
  type VerifyOptions,
  verifyEvidence,
} from './verify.ts';

import {
  decodeLeaf,
  type EvidenceItem,
  encodeEvidence,
  type Leaf,
  leafHash,
  readAttestation,
  readEvidenceBytes,
  receiptForLeaf,
  type Statement,
} from '@outpost/schemas/evidence';
import { concatBytes, ok, type Result, type WallNs, wallAt } from '@outpost/schemas/words';

/** A reading of an attestation, as its bytes say it. */
export interface ReadingOf {
  readonly leaf: Leaf;
  readonly wall: WallNs;
}

/** One attestation as the box exported it, taken apart here: nothing of it is the box's word. */
export interface Bundle {
  readonly bytes: Uint8Array;
  readonly statement: Statement;
  readonly readings: readonly ReadingOf[];
  readonly receipts: number;
  /** An evidence file that proves one of the readings and shows none of the others. */
  proofOf(index: number): Result<Uint8Array>;
}

const REFUSED = 'The box sent something that is no attestation.';

const proofFile = (
  items: readonly EvidenceItem[],
  attestation: Uint8Array,
  leaves: readonly Uint8Array[],
  index: number,
): Result<Uint8Array> => {
  const leaf = leaves[index];
  const receipt = receiptForLeaf(
    attestation,
    leaves.map((each) => leafHash(each)),
    index,
  );
  if (!receipt.ok || leaf === undefined) return receipt;
  const kept = items.filter(({ kind }) => kind === 'header' || kind === 'key-record');
  const proof = { kind: 'proof', leaf, receipt: receipt.value } as const;
  return ok(concatBytes(...[...kept, proof].map(encodeEvidence)));
};

/** A fault is a sentence. */
export const readBundle = (bytes: Uint8Array): Bundle | string => {
  const items: EvidenceItem[] = [];
  for (const item of readEvidenceBytes(bytes)) {
    if (!item.ok) return item.fault.words;
    items.push(item.value);
  }
  const [signed] = items.flatMap((item) => (item.kind === 'attestation' ? [item.bytes] : []));
  const attestation = signed === undefined ? undefined : readAttestation(signed);
  if (signed === undefined || attestation?.ok !== true) return REFUSED;
  const { statement } = attestation.value;
  const leaves = items.flatMap((item) => (item.kind === 'leaf' ? [item.bytes] : []));
  const readings: ReadingOf[] = [];
  for (const each of leaves) {
    const leaf = decodeLeaf(each);
    if (!leaf.ok) return leaf.fault.words;
    readings.push({ leaf: leaf.value, wall: wallAt(statement.anchor, leaf.value.mono) });
  }
  return {
    bytes,
    statement,
    readings,
    receipts: items.filter(({ kind }) => kind === 'receipt').length,
    proofOf: (index) => proofFile(items, signed, leaves, index),
  };
};

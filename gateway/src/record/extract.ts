import { type EvidenceItem, encodeEvidence, type Statement } from '@outpost/schemas/evidence';
import { concatBytes, type WallNs, wallAt } from '@outpost/schemas/words';
import { platformHash } from '../hash.ts';
import type { Kept, Offset } from '../journal/contract.ts';
import { type Attested, KIND, originOfKind, readSettlement } from './entry.ts';
import { type SignedBatch, signedOf } from './read-entry.ts';

/** A journal as evidence is taken from it: one that is written, or a look at one. */
export interface EvidenceJournal {
  readonly start: Offset;
  readonly end: Offset;
  read(from: Offset, to: Offset): AsyncIterable<Kept>;
}

/** Both ends belong to it. */
export interface Period {
  readonly from: WallNs;
  readonly to: WallNs;
}

export const overlaps = ({ anchor, firstMono, lastMono }: Statement, { from, to }: Period): boolean =>
  wallAt(anchor, firstMono) <= to && wallAt(anchor, lastMono) >= from;

export interface Extract {
  readonly period: Period;
  /** Every key record of the box, in their order. */
  readonly records: readonly Uint8Array[];
  /** Where in the journal attestations and receipts are looked for; leaves are taken from wherever they stand. */
  readonly from: Offset;
  readonly to: Offset;
  wanted(statement: Statement, at: Offset): boolean;
}

/** An entry of the journal, where it is an attestation that reads. */
export const attestationOf = (entry: Kept): SignedBatch | undefined => {
  const signed = entry.kind === KIND.attestation ? signedOf(entry) : undefined;
  return signed?.ok === true ? signed.value : undefined;
};

async function* leavesOf(
  journal: EvidenceJournal,
  stream: number,
  { from, to }: Attested,
): AsyncGenerator<EvidenceItem> {
  for await (const { kind, stream: of, bytes } of journal.read(from, to)) {
    if (of === stream && originOfKind(kind) !== undefined) yield { kind: 'leaf', bytes };
  }
}

/** Attestations whose receipts are looked for; beyond it those for the oldest are left out, which evidence holds without. */
const AWAITING_MAX = 262_144;
const HASH_LETTERS = 16;

/** As much of a hash as tells attestations of one box apart, in as few bytes as a set can hold. */
const shortOf = (hash: Uint8Array): string => String.fromCharCode(...hash.subarray(0, HASH_LETTERS));

/** The attestations that were taken, for their receipts. */
const newAwaiting = () => {
  const hashes = new Set<string>();
  return {
    add: (attestation: Uint8Array): void => {
      const oldest = hashes.size >= AWAITING_MAX ? hashes.keys().next().value : undefined;
      if (oldest !== undefined) hashes.delete(oldest);
      hashes.add(shortOf(platformHash(attestation)));
    },
    has: (hash: Uint8Array): boolean => hashes.has(shortOf(hash)),
  };
};

/**
 * What someone else needs to check a period: key records first, then each wanted attestation with its leaves and, as
 * they come, the receipts for them. It holds one item at a time, and a short name of each attestation.
 */
export async function* extractEvidence(
  journal: EvidenceJournal,
  { period, records, from, to, wanted }: Extract,
): AsyncGenerator<EvidenceItem> {
  yield { kind: 'header', ...period };
  for (const bytes of records) yield { kind: 'key-record', bytes };
  const awaiting = newAwaiting();
  for await (const entry of journal.read(from, to)) {
    const found = attestationOf(entry);
    if (found !== undefined && wanted(found.statement, entry.offset)) {
      const { bytes } = found.attested;
      awaiting.add(bytes);
      yield { kind: 'attestation', bytes };
      yield* leavesOf(journal, entry.stream, found.attested);
    }
    const settlement = entry.kind === KIND.settlement ? readSettlement(entry.bytes) : undefined;
    if (settlement?.ok !== true || settlement.value.receipt === undefined) continue;
    if (awaiting.has(settlement.value.attestation))
      yield { kind: 'receipt', bytes: settlement.value.receipt };
  }
}

/** The items' bytes in pieces of about `pieceBytes`, which together are a file for `outpost verify`. */
export async function* encodedEvidence(
  items: AsyncIterable<EvidenceItem>,
  pieceBytes: number,
): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const item of items) {
    const bytes = encodeEvidence(item);
    waiting.push(bytes);
    size += bytes.length;
    if (size < pieceBytes) continue;
    yield concatBytes(...waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield concatBytes(...waiting);
}

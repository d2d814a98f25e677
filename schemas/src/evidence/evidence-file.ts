import { concatBytes, fail, fault, ok, type Result, type WallNs } from '../words/index.ts';
import { type CborValue, encodeCbor } from './cbor.ts';
import { type CborLimits, decodeCbor, itemExtent } from './cbor-read.ts';
import { FORMAT_VERSION } from './codes.ts';
import { asWall, isList, isText } from './shape.ts';

/** The text that every evidence file begins with, after three bytes of CBOR. */
export const EVIDENCE_MAGIC = 'outpost-evidence';

/** One item of an evidence file; a longer one ends the reading. */
export const EVIDENCE_ITEM_MAX_BYTES = 1024 * 1024;
export const NOTE_MAX_BYTES = 65_536;

const LIMITS: CborLimits = { sizeMaxBytes: EVIDENCE_ITEM_MAX_BYTES, depthMax: 3 };

/**
 * What an evidence file is a sequence of (RFC 8742): a header, then key records, attestations each followed by its
 * leaves, receipts, proofs of single leaves and notes. Header and notes are signed by nobody.
 */
export type EvidenceItem =
  | {
      readonly kind: 'header';
      /** The period that was asked for, where the file is an extract of one. */
      readonly from: WallNs | null;
      readonly to: WallNs | null;
    }
  | { readonly kind: 'key-record' | 'attestation' | 'leaf' | 'receipt'; readonly bytes: Uint8Array }
  | { readonly kind: 'proof'; readonly leaf: Uint8Array; readonly receipt: Uint8Array }
  | { readonly kind: 'note'; readonly text: string };

const TYPE = { header: 0, keyRecord: 1, attestation: 2, receipt: 3, proof: 4, note: 5 } as const;

const contentOf = (item: EvidenceItem): CborValue => {
  switch (item.kind) {
    case 'header':
      return [TYPE.header, EVIDENCE_MAGIC, FORMAT_VERSION, item.from, item.to];
    case 'key-record':
      return [TYPE.keyRecord, item.bytes];
    case 'attestation':
      return [TYPE.attestation, item.bytes];
    case 'leaf':
      return item.bytes;
    case 'receipt':
      return [TYPE.receipt, item.bytes];
    case 'proof':
      return [TYPE.proof, item.leaf, item.receipt];
    case 'note':
      return [TYPE.note, item.text];
  }
};

/** The item's bytes; a file is nothing but these one after the other. Throws a RangeError beyond 1 MiB. */
export const encodeEvidence = (item: EvidenceItem): Uint8Array => {
  const bytes = encodeCbor(contentOf(item));
  if (bytes.length > EVIDENCE_ITEM_MAX_BYTES)
    throw new RangeError('an item of evidence is longer than 1 MiB');
  return bytes;
};

const refuse = (code: string, words: string): Result<never> =>
  fail(fault('malformed', code, 'evidence', words));

const unknownItem = (): Result<never> =>
  refuse('evidence.malformed', 'An item is none that evidence is made of.');

const periodEnd = (value: CborValue | undefined): WallNs | null | undefined =>
  value === null ? null : asWall(value);

const headerFrom = ([, magic, version, first, last]: readonly CborValue[]): Result<EvidenceItem> => {
  if (magic !== EVIDENCE_MAGIC) return refuse('evidence.malformed', 'This is no evidence file of Outpost.');
  if (version !== FORMAT_VERSION) {
    return refuse(
      'evidence.version',
      `The file has format version ${String(version)}, known is ${FORMAT_VERSION}.`,
    );
  }
  const [from, to] = [periodEnd(first), periodEnd(last)];
  return from === undefined || to === undefined ? unknownItem() : ok({ kind: 'header', from, to });
};

const BYTES_KINDS = new Map<CborValue, 'key-record' | 'attestation' | 'receipt'>([
  [TYPE.keyRecord, 'key-record'],
  [TYPE.attestation, 'attestation'],
  [TYPE.receipt, 'receipt'],
]);

const itemFrom = (content: CborValue): Result<EvidenceItem> => {
  if (content instanceof Uint8Array) return ok({ kind: 'leaf', bytes: content });
  if (!isList(content)) return unknownItem();
  const [type, first, second] = content;
  if (type === TYPE.header && content.length === 5) return headerFrom(content);
  if (type === TYPE.note && content.length === 2) {
    return isText(first, NOTE_MAX_BYTES) ? ok({ kind: 'note', text: first }) : unknownItem();
  }
  if (!(first instanceof Uint8Array)) return unknownItem();
  if (type === TYPE.proof && content.length === 3) {
    return second instanceof Uint8Array ? ok({ kind: 'proof', leaf: first, receipt: second }) : unknownItem();
  }
  const kind = BYTES_KINDS.get(type ?? null);
  return kind === undefined || content.length !== 2 ? unknownItem() : ok({ kind, bytes: first });
};

/** Reads a file as it comes, in chunks of any size. Holds at most one item and one chunk. */
export interface EvidenceReader {
  /** The items that became whole; nothing more after a fault, because there is no telling where the next begins. */
  push(chunk: Uint8Array): readonly Result<EvidenceItem>[];
  /** A fault where the file ends within an item. */
  end(): Result<void>;
}

/** Never throws; faults are `malformed`. The first item has to be a header and no other may be one. */
export const evidenceReader = (): EvidenceReader => {
  let tail: Uint8Array = new Uint8Array(0);
  let begun = false;
  let broken = false;

  const judge = (read: Result<EvidenceItem>): Result<EvidenceItem> => {
    if (!read.ok || (read.value.kind === 'header') === !begun) {
      begun = true;
      return read;
    }
    return refuse(
      'evidence.order',
      begun ? 'There is a second header.' : 'The file does not begin with a header.',
    );
  };

  return {
    push: (chunk) => {
      if (broken) return [];
      const bytes = tail.length === 0 ? chunk : concatBytes(tail, chunk);
      const results: Result<EvidenceItem>[] = [];
      let at = 0;
      while (at < bytes.length && !broken) {
        const extent = itemExtent(bytes, at, LIMITS);
        if (extent.kind === 'partial') break;
        const content =
          extent.kind === 'broken'
            ? refuse('evidence.malformed', `An item of the file ${extent.words}.`)
            : decodeCbor(bytes.slice(at, extent.end), LIMITS);
        const result = judge(content.ok ? itemFrom(content.value) : content);
        results.push(result);
        broken = !result.ok;
        at = extent.kind === 'whole' ? extent.end : at;
      }
      tail = broken ? new Uint8Array(0) : bytes.slice(at);
      return results;
    },
    end: () => {
      if (broken) return ok(undefined);
      if (tail.length > 0) return refuse('evidence.cut', 'The file ends in the middle of an item.');
      return begun ? ok(undefined) : refuse('evidence.order', 'The file is empty.');
    },
  };
};

/** The items of a file that comes in chunks, and at most one fault, which is the last. */
export async function* readEvidence(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Result<EvidenceItem>> {
  const reader = evidenceReader();
  for await (const chunk of chunks) {
    for (const result of reader.push(chunk)) {
      yield result;
      if (!result.ok) return;
    }
  }
  const end = reader.end();
  if (!end.ok) yield end;
}

/** The items of a file that is all there, and at most one fault, which is the last. */
export const readEvidenceBytes = (bytes: Uint8Array): readonly Result<EvidenceItem>[] => {
  const reader = evidenceReader();
  const results = reader.push(bytes);
  const end = reader.end();
  return end.ok ? results : [...results, end];
};

import type { Statement } from '@outpost/schemas/evidence';
import { type StreamId, toHex, wallAt } from '@outpost/schemas/words';
import type { Kept, Offset } from '../journal/contract.ts';
import type { JournalState } from '../journal/state.ts';
import { attestationOf, type EvidenceJournal } from '../record/extract.ts';

/** The journal that is written, with where its segments lie and what they say of their beginning. */
export interface SpannedJournal extends EvidenceJournal, Pick<JournalState, 'spans' | 'contextAt'> {}

/** One signed batch, as a list shows it; the evidence itself has the rest. */
export interface AttestationRow {
  /** Its place in the journal, by which it is asked for. */
  readonly at: string;
  readonly stream: string;
  /** Hex. */
  readonly epoch: string;
  readonly counter: number;
  readonly readings: number;
  /** Sequence of the first of them. */
  readonly firstSequence: number;
  /** Milliseconds since 1970 of the first and the last reading, by the clock of whoever signed. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly clockTrust: string;
  readonly origin: string;
  readonly keyKind: string;
}

export interface AttestationPage {
  /** Newest first. */
  readonly rows: readonly AttestationRow[];
  /** Where older ones are to be looked for; empty where there are none. */
  readonly before: string;
}

/** Segments that are read for one page of the list; where they hold less than a page, the next question goes on. */
const SEGMENTS_MAX = 16;

const MS = 1_000_000n;

const rowOf = (entry: Kept): AttestationRow | undefined => {
  const found = attestationOf(entry);
  if (found === undefined) return undefined;
  const { stream, epoch, counter, size, firstSequence, anchor, firstMono, lastMono, origin, keyKind } =
    found.statement;
  return {
    at: String(entry.offset),
    stream,
    epoch: toHex(epoch),
    counter,
    readings: size,
    firstSequence,
    fromMs: Number(wallAt(anchor, firstMono) / MS),
    toMs: Number(wallAt(anchor, lastMono) / MS),
    clockTrust: anchor.trust,
    origin,
    keyKind,
  };
};

/** The newest `rowsMax` of one stretch, newest first. */
const newestIn = async (
  journal: EvidenceJournal,
  [from, to]: readonly [Offset, Offset],
  stream: StreamId | undefined,
  rowsMax: number,
): Promise<readonly AttestationRow[]> => {
  const rows: AttestationRow[] = [];
  for await (const entry of journal.read(from, to)) {
    const row = rowOf(entry);
    if (row === undefined || (stream !== undefined && row.stream !== stream)) continue;
    rows.push(row);
    if (rows.length > rowsMax) rows.shift();
  }
  return rows.reverse();
};

/** Attestations that stand before `before`, newest first, of one stream or of all. */
export const attestationsBefore = async (
  journal: SpannedJournal,
  before: Offset,
  stream: StreamId | undefined,
  rowsMax: number,
): Promise<AttestationPage> => {
  const rows: AttestationRow[] = [];
  const spans = journal.spans.filter(({ base }) => base < before).reverse();
  for (const { base, end } of spans.slice(0, SEGMENTS_MAX)) {
    const to = end < before ? end : before;
    rows.push(...(await newestIn(journal, [base, to], stream, rowsMax - rows.length)));
    const last = rows.at(-1);
    if (rows.length >= rowsMax && last !== undefined) return { rows, before: last.at };
  }
  const next = spans[SEGMENTS_MAX - 1];
  return { rows, before: next === undefined || spans.length <= SEGMENTS_MAX ? '' : String(next.base) };
};

/**
 * The segment from which on there may be readings of `fromMs` or later. Segments know when they were made, by the
 * box's own clock; the oldest that may do is taken, so that a clock that was set back leaves nothing out.
 */
export const segmentOf = ({ spans, start }: SpannedJournal, fromMs: number): Offset => {
  const at = spans.findIndex((_, index) => {
    const next = spans[index + 1];
    return next === undefined || next.created === 0n || next.created >= BigInt(fromMs) * MS;
  });
  return spans[at]?.base ?? start;
};

/**
 * The attestation that begins at exactly this place. Its segment is read from its beginning: a place that somebody made
 * up is the middle of a record, which would look like damage.
 */
export const attestationAt = async (
  journal: SpannedJournal,
  place: bigint,
): Promise<(Pick<Kept, 'offset' | 'next'> & { readonly statement: Statement }) | undefined> => {
  const span = journal.spans.find(({ base, end }) => base <= place && place < end);
  if (span === undefined) return undefined;
  for await (const entry of journal.read(span.base, (place + 1n) as Offset)) {
    const found = entry.offset === place ? attestationOf(entry) : undefined;
    if (found !== undefined) return { offset: entry.offset, next: entry.next, statement: found.statement };
  }
  return undefined;
};

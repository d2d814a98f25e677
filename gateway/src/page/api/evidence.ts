import type { EvidenceItem, Head, Statement } from '@outpost/schemas/evidence';
import { type Clock, type StreamId, wallAt, wallNs } from '@outpost/schemas/words';
import type { Offset } from '../../journal/contract.ts';
import { encodedEvidence, extractEvidence, overlaps, type Period } from '../../record/extract.ts';
import { attestationAt, attestationsBefore, type SpannedJournal, segmentOf } from '../attestations.ts';
import { json, type Reply, refusal } from '../http.ts';
import { type Api, type Routes, routesOf } from '../route.ts';

export interface EvidenceParts {
  readonly clock: Clock;
  readonly journal: SpannedJournal;
  /** The box's key records, each as it was signed. */
  keyRecords(): readonly Uint8Array[];
  /** The last attestation of each stream that the box remembers. */
  heads(): ReadonlyMap<StreamId, Head>;
}

const OFFSET = { type: 'string', pattern: '^[0-9]{1,19}$', description: 'A place in the journal.' } as const;
const TEXT = { type: 'string' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
/** Until the year 2262, beyond which a time has no 64 bits. */
const TIME = {
  type: 'integer',
  minimum: 0,
  maximum: 9_223_372_036_854,
  description: 'ms since 1970',
} as const;
const ROWS_MAX = 100;

const EVIDENCE_FILE = {
  type: 'application/vnd.outpost.evidence',
  words: 'An evidence file (docs/evidence.md), for `outpost verify`.',
} as const;

export const EVIDENCE_API = {
  'GET /api/evidence/streams': {
    access: 'owner',
    words: 'The streams that were ever signed here, with the counter of the last attestation of each.',
    gives: {
      type: 'application/json',
      shape: {
        type: 'object',
        properties: {
          streams: {
            type: 'array',
            items: {
              type: 'object',
              properties: { stream: TEXT, counter: COUNT },
              required: ['stream', 'counter'],
            },
          },
        },
        required: ['streams'],
      },
    },
  },
  'GET /api/evidence/attestations': {
    access: 'owner',
    words: 'Attestations that stand before a place in the journal, the newest first.',
    query: {
      type: 'object',
      properties: {
        stream: { type: 'string', maxLength: 200 },
        before: OFFSET,
        rows: { type: 'integer', minimum: 1, maximum: ROWS_MAX },
      },
      additionalProperties: false,
    },
    gives: {
      type: 'application/json',
      shape: {
        type: 'object',
        properties: {
          rows: {
            type: 'array',
            maxItems: ROWS_MAX,
            items: {
              type: 'object',
              properties: {
                at: OFFSET,
                stream: TEXT,
                epoch: TEXT,
                counter: COUNT,
                readings: COUNT,
                firstSequence: COUNT,
                fromMs: { type: 'integer' },
                toMs: { type: 'integer' },
                clockTrust: TEXT,
                origin: TEXT,
                keyKind: TEXT,
              },
              required: ['at', 'stream', 'epoch', 'counter', 'readings', 'firstSequence', 'fromMs', 'toMs'],
            },
          },
          before: { type: 'string', description: 'To ask with for older ones; empty where there are none.' },
        },
        required: ['rows', 'before'],
      },
    },
  },
  'GET /api/evidence': {
    access: 'owner',
    words: 'The evidence of a period, of one device or of all, as `outpost export` writes it.',
    query: {
      type: 'object',
      properties: {
        from: { ...TIME, description: 'ms since 1970; by default everything that is kept' },
        to: { ...TIME, description: 'ms since 1970; by default now' },
        lastS: { ...TIME, description: 'In the place of from: so many seconds before to' },
        device: { type: 'string', maxLength: 100 },
      },
      additionalProperties: false,
    },
    gives: EVIDENCE_FILE,
  },
  'GET /api/evidence/attestation': {
    access: 'owner',
    words: 'One attestation with its readings, and receipts that came soon after it.',
    query: { type: 'object', properties: { at: OFFSET }, required: ['at'], additionalProperties: false },
    gives: EVIDENCE_FILE,
  },
} as const satisfies Api;

const ROWS = 25;
/** Extracts that are made at the same time; each reads much of the disk. */
const EXTRACTS_MAX = 2;
const PIECE_BYTES = 64 * 1024;
/** How far behind a single attestation its receipts are looked for. */
const RECEIPTS_WITHIN_BYTES = 8n * 1024n * 1024n;
const MS = 1_000_000n;

const asPeriod = ({ anchor, firstMono, lastMono }: Statement): Period => ({
  from: wallAt(anchor, firstMono),
  to: wallAt(anchor, lastMono),
});

/** The chain of attestations, and evidence of it for whoever wants to check. */
export const evidenceRoutes = ({ clock, journal, keyRecords, heads }: EvidenceParts): Routes => {
  let running = 0;

  async function* made(items: AsyncIterable<EvidenceItem>): AsyncGenerator<Uint8Array> {
    running += 1;
    try {
      yield* encodedEvidence(items, PIECE_BYTES);
    } finally {
      running -= 1;
    }
  }

  const file = (items: AsyncIterable<EvidenceItem>, name: string): Reply =>
    running >= EXTRACTS_MAX
      ? refusal(503, 'other evidence is being read from the disk; try again when that is done.')
      : {
          stream: made(items),
          type: EVIDENCE_FILE.type,
          headers: { 'content-disposition': `attachment; filename="${name}.outpost"` },
        };

  return routesOf(EVIDENCE_API, {
    'GET /api/evidence/streams': () =>
      json({ streams: [...heads()].map(([stream, { counter }]) => ({ stream, counter })) }),
    'GET /api/evidence/attestations': async ({ query: { stream, before, rows = ROWS } }) => {
      const to = before === undefined ? journal.end : (BigInt(before) as Offset);
      return json(await attestationsBefore(journal, to, stream as StreamId | undefined, rows));
    },
    'GET /api/evidence': ({ query: { from: first, to: last, lastS, device } }) => {
      const to = last ?? Number(clock.wall() / MS);
      const from = first ?? (lastS === undefined ? 0 : Math.max(0, to - lastS * 1_000));
      if (from > to) return refusal(400, 'the period ends before it begins.');
      const period = { from: wallNs(BigInt(from) * MS), to: wallNs(BigInt(to) * MS) };
      const wanted = (statement: Statement): boolean =>
        overlaps(statement, period) && (device === undefined || statement.stream.startsWith(`${device}/`));
      const extract = {
        from: segmentOf(journal, from),
        to: journal.end,
        records: keyRecords(),
        period,
        wanted,
      };
      return file(extractEvidence(journal, extract), 'evidence');
    },
    'GET /api/evidence/attestation': async ({ query: { at } }) => {
      const found = await attestationAt(journal, BigInt(at));
      if (found === undefined) return refusal(404, 'there is no attestation at that place any more.');
      const { offset, next, statement } = found;
      const last = (next + RECEIPTS_WITHIN_BYTES) as Offset;
      const items = extractEvidence(journal, {
        from: offset,
        to: last < journal.end ? last : journal.end,
        records: keyRecords(),
        period: asPeriod(statement),
        wanted: (_, place) => place === offset,
      });
      return file(items, `attestation-${offset}`);
    },
  });
};

import type { Kept, Offset } from '../journal/contract.ts';
import { KIND, originOfKind } from '../record/entry.ts';
import { chainsAt } from '../run/history.ts';
import { isOfDevice, isOfNetwork, isSince, type LedgerOptions } from './asked.ts';
import { type End, endOf, fateOf } from './ends.ts';
import type { Fate, LedgerLine, Life } from './lines.ts';
import { newOpenLives, type OpenLives } from './open-lives.ts';
import { newReadingLines, type ReadingLines } from './reading-lines.ts';
import type { LedgerSource } from './source.ts';
import { dayOf, newScoreBook, newTotalsBook, type ScoreBook, type TotalsBook } from './totals.ts';

/** How much of the journal is read between two words about progress. */
const PROGRESS_BYTES = 16n << 20n;
/** Attestations and ends between two looks whether the oldest has ended. */
const LOOK_EVERY = 64;

interface Reading {
  readonly source: LedgerSource;
  readonly options: LedgerOptions;
  readonly lives: OpenLives;
  readonly readings: ReadingLines;
  readonly totals: TotalsBook;
  readonly scores: ScoreBook;
  attestations: number;
  shared: number;
}

/**
 * The segment in which what happened since then begins: one earlier than the first that was made after it, because
 * what stands in a segment came after it was made. A clock that was wrong then leads to reading more, or to a listing
 * that begins later.
 */
const beginning = ({ source, options: { since } }: Pick<Reading, 'source' | 'options'>): Offset => {
  if (since === undefined) return source.start;
  const after = source.spans.findIndex(({ created }) => created > 0n && created >= since);
  const spans = after < 0 ? source.spans : source.spans.slice(0, after);
  const base = spans.at(-1)?.base ?? source.start;
  return base < source.start ? source.start : base;
};

const withPrediction = async (reading: Reading, life: Life, fate: Fate): Promise<Fate> => {
  const predicted = await reading.options.predictor?.predict(life.offset, fate.network);
  return predicted === undefined ? fate : { ...fate, predicted };
};

/** The line of a life, as far as it is asked for; its sums are counted here. */
const lifeLine = async (reading: Reading, life: Life): Promise<LedgerLine | undefined> => {
  const { options } = reading;
  if (!isOfDevice(options, life.stream)) return undefined;
  const asked = life.fates.filter(({ network }) => isOfNetwork(options, network));
  const later = life.later.filter((network) => isOfNetwork(options, network));
  const recent = asked.filter(({ wall }) => isSince(options, wall ?? life.made));
  if (!isSince(options, life.made) && recent.length === 0) return undefined;
  if (options.network !== undefined && asked.length + later.length === 0) return undefined;
  reading.attestations += 1;
  if (life.networks > 1) reading.shared += 1;
  const fates: Fate[] = [];
  for (const each of asked) {
    const fate = each.kind === 'withheld' ? each : await withPrediction(reading, life, each);
    fates.push(fate);
    reading.scores.add(fate);
    if (!recent.includes(each)) continue;
    const day = dayOf(each.wall ?? life.made);
    reading.totals.add('attestations', { ...each, day, readings: life.readings - each.refusedReadings });
  }
  return { kind: 'attestation', life: { ...life, fates, later } };
};

async function* lifeLines(reading: Reading, isEnd: boolean): AsyncGenerator<LedgerLine> {
  for await (const life of reading.lives.settled(isEnd)) {
    const line = await lifeLine(reading, life);
    if (line !== undefined) yield line;
  }
}

const lateLine = (reading: Reading, end: End): LedgerLine | undefined => {
  const { options } = reading;
  const { stream, hash, wall } = end;
  if (!isOfDevice(options, stream) || (wall !== undefined && !isSince(options, wall))) return undefined;
  const fate = fateOf(end);
  reading.totals.add('attestations', { ...fate, day: wall === undefined ? '' : dayOf(wall), readings: 0 });
  return { kind: 'late', stream, hash: hash.slice(), fate };
};

const takeEnd = (reading: Reading, entry: Kept): LedgerLine | undefined => {
  const end = endOf(entry);
  const late = end === undefined ? undefined : reading.lives.end(end, entry.offset);
  return late === undefined || !isOfNetwork(reading.options, late.network)
    ? undefined
    : lateLine(reading, late);
};

async function* entryLines(reading: Reading, entry: Kept): AsyncGenerator<LedgerLine> {
  const { lives, readings } = reading;
  if (entry.kind === KIND.opened) readings.opened(entry);
  else if (entry.kind === KIND.attestation) lives.begin(entry);
  else if (entry.kind === KIND.settlement || entry.kind === KIND.quarantined) {
    const line = takeEnd(reading, entry);
    if (line !== undefined) yield line;
  } else if (entry.kind === KIND.readingsSettled) {
    const network = yield* readings.ended(entry);
    if (network !== undefined) lives.takesReadings(network);
  }
}

const begin = async (source: LedgerSource, options: LedgerOptions, from: Offset): Promise<Reading> => {
  const chains = await chainsAt(source, from);
  const totals = newTotalsBook();
  const scores = newScoreBook();
  return {
    source,
    options,
    lives: newOpenLives({ journal: source, networks: options.networks }),
    readings: newReadingLines({ source, options, chains, totals, scores }),
    totals,
    scores,
    attestations: 0,
    shared: 0,
  };
};

/** Everything that stands in one place after another. */
async function* entries(reading: Reading, from: Offset, end: Offset, signal: AbortSignal) {
  const { source, readings } = reading;
  let told = from;
  let looks = 0;
  for await (const entry of source.read(from, end)) {
    if (entry.offset - told >= PROGRESS_BYTES) {
      signal.throwIfAborted();
      told = entry.offset;
      yield { kind: 'progress' as const, bytes: entry.offset - from, of: end - from };
    }
    // Most of a journal are readings, which have no line of their own.
    if (originOfKind(entry.kind) !== undefined) {
      readings.pass(entry);
      continue;
    }
    yield* entryLines(reading, entry);
    if (entry.kind !== KIND.attestation && entry.kind !== KIND.settlement) continue;
    looks += 1;
    if (looks % LOOK_EVERY === 0) yield* lifeLines(reading, false);
  }
}

/**
 * The ledger in one pass over the journal: a line for each attestation, in the order in which they were made, then sums
 * of single readings by hour, then totals. Memory does not grow with the journal: what it holds has a named maximum, and
 * what does not fit is read again.
 */
export async function* readLedger(
  source: LedgerSource,
  options: LedgerOptions,
  signal: AbortSignal,
): AsyncGenerator<LedgerLine, void, void> {
  const { end } = source;
  const from = beginning({ source, options });
  const reading = await begin(source, options, from);
  const { lives, readings, totals, scores } = reading;
  try {
    yield* entries(reading, from, end, signal);
    signal.throwIfAborted();
    yield* lifeLines(reading, true);
    yield* readings.pending();
    for (const sums of readings.hours()) yield { kind: 'hour', sums };
    const { attestations, shared } = reading;
    const told = { days: totals.list(), predictions: scores.list(), attestations, shared };
    yield { kind: 'totals', totals: told };
  } finally {
    await lives[Symbol.asyncDispose]();
    await readings[Symbol.asyncDispose]();
  }
}

import type { StreamId, WallNs } from '@outpost/schemas/words';
import type { Journal, Kept, Offset } from '../journal/contract.ts';
import type { JournalState } from '../journal/state.ts';
import { KIND, originOfKind, readOpened } from '../record/entry.ts';
import { type ReadingsSettled, readReadingsSettled } from '../record/live-entry.ts';
import { chainsAt } from '../run/history.ts';
import { readingsAt } from '../trips/stream-readings.ts';
import { type HourBook, newHourBook } from './hours.ts';
import { type KnownReadings, newKnownReadings } from './known-readings.ts';
import type { Fate, LedgerLine, Life, ReadingLine } from './lines.ts';
import type { LedgerNetwork } from './networks.ts';
import { type End, fateOf, newOpenLives, type OpenLives, setAsideEnd, settlementEnd } from './open-lives.ts';
import type { Predictor } from './predictor.ts';
import { newReadingPlaces, type ReadingPlaces } from './reading-places.ts';
import { dayOf, newScoreBook, newTotalsBook, type ScoreBook, type TotalsBook } from './totals.ts';

/** A journal in use, or the view of one. */
export type LedgerSource = Pick<Journal & JournalState, 'start' | 'end' | 'read' | 'spans' | 'contextAt'>;

export interface LedgerOptions {
  readonly networks: readonly LedgerNetwork[];
  /** Of this network alone. */
  readonly network?: string | undefined;
  readonly device?: string | undefined;
  /** What was made or has ended since. */
  readonly since?: WallNs | undefined;
  /** Every reading of networks that take single ones, not only their sums. */
  readonly readings?: boolean;
  /** Asked for every attestation with a network; its answers are compared with what came. */
  readonly predictor?: Predictor | undefined;
}

/** How much of the journal is read between two words about progress. */
const PROGRESS_BYTES = 16n << 20n;
/** Attestations and ends between two looks whether the oldest has ended. */
const LOOK_EVERY = 64;

interface Reading {
  readonly source: LedgerSource;
  readonly options: LedgerOptions;
  readonly lives: OpenLives;
  readonly hours: HourBook;
  readonly totals: TotalsBook;
  readonly scores: ScoreBook;
  readonly devices: Map<number, string>;
  readonly places: ReadingPlaces;
  readonly known: KnownReadings | undefined;
  attestations: number;
  shared: number;
}

const deviceOf = (stream: StreamId): string => stream.slice(0, stream.indexOf('/'));

const isOfDevice = ({ options: { device } }: Reading, stream: StreamId): boolean =>
  device === undefined || deviceOf(stream) === device;

const isOfNetwork = ({ options: { network } }: Reading, name: string): boolean =>
  network === undefined || network === name;

const isSince = ({ options: { since } }: Reading, wall: WallNs): boolean =>
  since === undefined || wall >= since;

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
  if (!isOfDevice(reading, life.stream)) return undefined;
  const asked = life.fates.filter(({ network }) => isOfNetwork(reading, network));
  const later = life.later.filter((network) => isOfNetwork(reading, network));
  const recent = asked.filter(({ wall }) => isSince(reading, wall ?? life.made));
  if (!isSince(reading, life.made) && recent.length === 0) return undefined;
  if (reading.options.network !== undefined && asked.length + later.length === 0) return undefined;
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
  for (const life of reading.lives.settled(isEnd)) {
    const line = await lifeLine(reading, life);
    if (line !== undefined) yield line;
  }
}

const lateLine = (reading: Reading, end: End): LedgerLine | undefined => {
  const { stream, hash, wall } = end;
  if (!isOfDevice(reading, stream) || (wall !== undefined && !isSince(reading, wall))) return undefined;
  const fate = fateOf(end);
  reading.totals.add('attestations', { ...fate, day: wall === undefined ? '' : dayOf(wall), readings: 0 });
  return { kind: 'late', stream, hash: hash.slice(), fate };
};

/** What became of readings: summed, and each by itself where that is asked for. */
function* readingLines(reading: Reading, ends: ReadingsSettled): Generator<LedgerLine> {
  const { options, places, hours, totals, known } = reading;
  const { network, wall } = ends;
  if (!isOfNetwork(reading, network) || !isSince(reading, wall)) return;
  const day = dayOf(wall);
  const all = [
    ...ends.settled.map((each) => ({ ...each, kind: 'settled' as const, code: '', words: '' })),
    ...ends.others.map((each) => ({ ...each, reward: undefined })),
  ];
  for (const { reading: offset, kind, code, words, reward } of all) {
    const device = places.deviceAt(offset);
    if (options.device !== undefined && device !== options.device) continue;
    const early = hours.add(network, device, wall, { kind, code, reward });
    if (early !== undefined) yield { kind: 'hour', sums: early };
    totals.add('readings', { network, kind, day, readings: 1, reward });
    if (known === undefined) continue;
    const line: ReadingLine = {
      network,
      device,
      reading: known.at(offset),
      offset,
      kind,
      code,
      words,
      wall,
      reward,
    };
    yield { kind: 'reading', line };
  }
}

const takeEnd = (reading: Reading, end: End | undefined): LedgerLine | undefined => {
  if (end === undefined) return undefined;
  const late = reading.lives.end(end);
  return late === undefined || !isOfNetwork(reading, late.network) ? undefined : lateLine(reading, late);
};

function* entryLines(reading: Reading, entry: Kept): Generator<LedgerLine> {
  const { lives, devices } = reading;
  if (entry.kind === KIND.opened) {
    const opened = readOpened(entry.bytes);
    if (opened.ok) devices.set(entry.stream, deviceOf(opened.value.stream));
  } else if (entry.kind === KIND.attestation) lives.begin(entry);
  else if (entry.kind === KIND.settlement || entry.kind === KIND.quarantined) {
    const end = entry.kind === KIND.settlement ? settlementEnd(entry) : setAsideEnd(entry);
    const line = takeEnd(reading, end);
    if (line !== undefined) yield line;
  } else if (entry.kind === KIND.readingsSettled) {
    const ends = readReadingsSettled(entry.bytes);
    if (ends === undefined) return;
    lives.takesReadings(ends.network);
    yield* readingLines(reading, ends);
  }
}

const begin = async (source: LedgerSource, options: LedgerOptions, from: Offset): Promise<Reading> => {
  const chains = await chainsAt(source, from);
  const devices = [...chains.open.values()].map(
    ({ number, opened: { stream } }) => [number, deviceOf(stream)] as const,
  );
  const where = { journal: source, chainsAt: (offset: Offset) => chainsAt(source, offset) };
  return {
    source,
    options,
    lives: newOpenLives(options.networks),
    hours: newHourBook(),
    totals: newTotalsBook(),
    scores: newScoreBook(),
    devices: new Map(devices),
    places: newReadingPlaces(),
    known: options.readings === true ? newKnownReadings(await readingsAt(where, from)) : undefined,
    attestations: 0,
    shared: 0,
  };
};

/**
 * The ledger in one pass over the journal: a line for each attestation, in the order in which they were made, then sums
 * of single readings by hour, then totals. Memory does not grow with the journal.
 */
export async function* readLedger(
  source: LedgerSource,
  options: LedgerOptions,
  signal: AbortSignal,
): AsyncGenerator<LedgerLine, void, void> {
  const { end } = source;
  const from = beginning({ source, options });
  const reading = await begin(source, options, from);
  let told = from;
  let looks = 0;
  for await (const entry of source.read(from, end)) {
    if (entry.offset - told >= PROGRESS_BYTES) {
      signal.throwIfAborted();
      told = entry.offset;
      yield { kind: 'progress', bytes: entry.offset - from, of: end - from };
    }
    reading.known?.take(entry);
    // Most of a journal are readings, which have no line of their own.
    if (originOfKind(entry.kind) !== undefined) {
      reading.places.add(entry.offset, reading.devices.get(entry.stream) ?? '');
      continue;
    }
    yield* entryLines(reading, entry);
    if (entry.kind !== KIND.attestation && entry.kind !== KIND.settlement) continue;
    looks += 1;
    if (looks % LOOK_EVERY === 0) yield* lifeLines(reading, false);
  }
  signal.throwIfAborted();
  yield* lifeLines(reading, true);
  for (const sums of reading.hours.list()) yield { kind: 'hour', sums };
  const { totals, scores, attestations, shared } = reading;
  yield {
    kind: 'totals',
    totals: { days: totals.list(), predictions: scores.list(), attestations, shared },
  };
}

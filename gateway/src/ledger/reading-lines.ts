import type { WallNs } from '@outpost/schemas/words';
import { withheldBecause } from '../deliver/withhold.ts';
import type { Kept, Offset } from '../journal/contract.ts';
import type { Prediction } from '../networks/contract.ts';
import type { Chains } from '../record/chains.ts';
import { readOpened } from '../record/entry.ts';
import { type LiveEnd, type ReadingsSettled, readReadingsSettled } from '../record/live-entry.ts';
import type { Reward } from '../record/reward.ts';
import { chainsAt } from '../run/history.ts';
import { type Placed, readingsAt } from '../trips/stream-readings.ts';
import { deviceOf, isOfDevice, isOfNetwork, isSince, type LedgerOptions } from './asked.ts';
import { type HourBook, newHourBook } from './hours.ts';
import { newKnownReadings } from './known-readings.ts';
import type { LedgerLine, ReadingLine } from './lines.ts';
import type { LedgerNetwork } from './networks.ts';
import { newReadingPlaces } from './reading-places.ts';
import type { LedgerSource } from './source.ts';
import { dayOf, type ScoreBook, type TotalsBook } from './totals.ts';

/** Ends of readings that a network's cursor has not passed: it holds 8,192 of them, and one batch. */
const BEYOND_MAX = 65_536;

/** What is told of single readings: sums by hour, and each by itself where that is asked for. */
export interface ReadingLines extends AsyncDisposable {
  opened(entry: Kept): void;
  /** A reading; they must come in order. */
  pass(entry: Kept): void;
  /** What became of some; says of which network. */
  ended(entry: Kept): AsyncGenerator<LedgerLine, string | undefined>;
  /** What is still to be sent, where the network's rules are known. */
  pending(): AsyncGenerator<LedgerLine>;
  hours: HourBook['list'];
}

interface Parts {
  readonly source: LedgerSource;
  readonly options: LedgerOptions;
  /** As of the first entry that is read. */
  readonly chains: Chains;
  readonly totals: TotalsBook;
  readonly scores: ScoreBook;
}

interface Ended {
  readonly place: Offset;
  readonly kind: LiveEnd;
  readonly code: string;
  readonly words: string;
  readonly reward: Reward | undefined;
}

const allOf = ({ settled, others }: ReadingsSettled): readonly Ended[] => [
  ...settled.map(({ reading: place, reward }) => ({
    place,
    kind: 'settled' as const,
    code: '',
    words: '',
    reward,
  })),
  ...others.map(({ reading: place, ...each }) => ({ ...each, place, reward: undefined })),
];

const namedOf = (placed: Placed | undefined): ReadingLine['reading'] => {
  if (placed === undefined) return undefined;
  const { stream, reading } = placed;
  const { epoch, sequence, wall } = reading;
  return { stream, epoch, sequence, wall };
};

const pendingLine = (network: string, placed: Placed, predicted: Prediction): ReadingLine => ({
  network,
  device: deviceOf(placed.stream),
  reading: namedOf(placed),
  offset: placed.reading.place as Offset,
  kind: 'pending',
  code: '',
  words: '',
  wall: undefined,
  reward: undefined,
  predicted,
});

/** What still waits behind a network's cursor, and would be shown to it. */
async function* waitingFor(
  source: LedgerSource,
  { position, config }: LedgerNetwork,
  hasEnded: (place: Offset) => boolean,
): AsyncGenerator<Placed> {
  const from = position < source.start ? source.start : position;
  const where = { journal: source, chainsAt: (offset: Offset) => chainsAt(source, offset) };
  const readings = await readingsAt(where, from);
  for await (const entry of source.read(from, source.end)) {
    const placed = readings.take(entry);
    if (placed === undefined || hasEnded(entry.offset)) continue;
    const { keyKind } = placed.opened;
    const { origin } = placed.reading;
    if (withheldBecause({ keyKind, origin }, config?.acceptSimulated ?? true) === undefined) yield placed;
  }
}

/** Where the readings stand that have ended ahead of their network's cursor. */
const newBeyond = (networks: readonly LedgerNetwork[]) => {
  const places = new Map<string, Set<Offset>>();
  const positions = new Map(networks.map(({ name, position }) => [name, position]));
  return {
    add(network: string, place: Offset): void {
      const position = positions.get(network);
      if (position === undefined || place < position) return;
      const known = places.get(network) ?? new Set();
      places.set(network, known);
      if (known.size < BEYOND_MAX) known.add(place);
    },
    has: (network: string, place: Offset): boolean => places.get(network)?.has(place) === true,
  };
};

export const newReadingLines = ({ source, options, chains, totals, scores }: Parts): ReadingLines => {
  const { predictor } = options;
  const hours = newHourBook();
  const places = newReadingPlaces();
  const known = newKnownReadings(source);
  const beyond = newBeyond(options.networks);
  const devices = new Map(
    [...chains.open.values()].map(({ number, opened: { stream } }) => [number, deviceOf(stream)] as const),
  );
  const isNamed = options.readings === true || predictor !== undefined;

  const deviceAt = async (network: string, place: Offset): Promise<string> => {
    const device = places.deviceAt(place);
    if (device !== undefined) return device;
    const placed = await known.at(network, place);
    return placed === undefined ? '' : deviceOf(placed.stream);
  };

  async function* lineOf(network: string, wall: WallNs, end: Ended): AsyncGenerator<LedgerLine> {
    const { place, kind, code, words, reward } = end;
    const device = await deviceAt(network, place);
    if (options.device !== undefined && device !== options.device) return;
    const early = hours.add(network, device, wall, end);
    if (early !== undefined) yield { kind: 'hour', sums: early };
    totals.add('readings', { network, kind, day: dayOf(wall), readings: 1, reward });
    if (!isNamed) return;
    const placed = await known.at(network, place);
    const predicted = placed === undefined ? undefined : predictor?.reading(placed, network, false);
    scores.add({ network, kind, predicted });
    if (options.readings !== true) return;
    const reading = namedOf(placed);
    const line = { network, device, reading, offset: place, kind, code, words, wall, reward, predicted };
    yield { kind: 'reading', line };
  }

  return {
    opened(entry) {
      const opened = readOpened(entry.bytes);
      if (opened.ok) devices.set(entry.stream, deviceOf(opened.value.stream));
    },
    pass: (entry) => places.add(entry.offset, devices.get(entry.stream) ?? ''),
    async *ended(entry) {
      const ends = readReadingsSettled(entry.bytes);
      if (ends === undefined) return undefined;
      const { network, wall } = ends;
      const isAsked = isOfNetwork(options, network) && isSince(options, wall);
      for (const end of allOf(ends)) {
        if (predictor !== undefined) beyond.add(network, end.place);
        if (isAsked) yield* lineOf(network, wall, end);
      }
      return network;
    },
    async *pending() {
      if (predictor === undefined) return;
      for (const network of options.networks) {
        const { name, follows } = network;
        if (follows !== 'readings' || !isOfNetwork(options, name)) continue;
        for await (const placed of waitingFor(source, network, (place) => beyond.has(name, place))) {
          const { stream, reading } = placed;
          const predicted = predictor.reading(placed, name, true);
          if (predicted === undefined || !isSince(options, reading.wall) || !isOfDevice(options, stream))
            continue;
          const day = dayOf(reading.wall);
          totals.add('readings', { network: name, kind: 'pending', day, readings: 1, reward: undefined });
          scores.add({ network: name, kind: 'pending', predicted });
          if (options.readings !== true) continue;
          yield { kind: 'reading', line: pendingLine(name, placed, predicted) };
        }
      }
    },
    hours: () => hours.list(),
    [Symbol.asyncDispose]: () => known[Symbol.asyncDispose](),
  };
};

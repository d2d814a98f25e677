import {
  type Body,
  type Clock,
  elapsedMs,
  type MonoNs,
  type Origin,
  type StreamId,
} from '@outpost/schemas/words';
import type { Journal, Offset } from '../journal/contract.ts';
import type { Chains } from '../record/chains.ts';
import { together } from '../together.ts';
import { readingsAt } from './stream-readings.ts';
import { neededOf, newRecorded, newStreamTrips, type StreamTrips, takeReading } from './stream-trips.ts';

export const TRIPS_READER = 'trips';

/** Writes into the stream that a device is being recorded in; as a recorder's `note`. */
export interface Notes {
  note(body: Body, origin: Origin): Promise<boolean>;
}

export interface TripsTally {
  /** Records that are on the disk, in this run. */
  recorded: number;
  /** Trips whose stream nobody writes any more: their readings are kept, their records are not. */
  unrecorded: number;
}

export const newTripsTally = (): TripsTally => ({ recorded: 0, unrecorded: 0 });

export interface TripsParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly tally: TripsTally;
  /** The streams that are being recorded in this run. */
  readonly streams: ReadonlyMap<StreamId, Notes>;
  chainsAt(offset: Offset): Promise<Chains>;
}

const FOLLOW = { entriesMax: 2_048, bytesMax: 1 << 20 };
/** A trip is over for minutes before that is certain, so its record need not hurry. */
const LOOK_MS = 5_000;
/** The saved position only spares reading again at the next start, so it need not be fresh. */
const COMMIT_MS = 30_000;
/** A stream that says nothing for so long holds no journal back for a trip that may not be over. */
const SILENT_MS = 24 * 3_600_000;

interface State {
  readonly streams: Map<StreamId, StreamTrips>;
  /** When each was heard last, in this run. */
  readonly heard: Map<StreamId, MonoNs>;
  /** Everything before this has been taken. */
  takenTo: Offset;
}

/** Which trips stand recorded between the saved position and `end`. */
const recordedUpTo = async (parts: TripsParts, from: Offset, end: Offset) => {
  const readings = await readingsAt(parts, from);
  const recorded = newRecorded();
  for await (const entry of parts.journal.read(from, end)) {
    const placed = readings.take(entry);
    if (placed !== undefined) recorded.take(placed);
  }
  return recorded.last();
};

/** Gives up what nobody can write, and what a stream that fell silent holds back. */
const release = ({ streams, heard }: State, { clock, tally, streams: written }: TripsParts): void => {
  for (const [stream, mine] of streams) {
    const since = heard.get(stream);
    const isSilent = since !== undefined && elapsedMs(since, clock.mono()) >= SILENT_MS;
    if (written.has(stream) && !isSilent) continue;
    tally.unrecorded += mine.waiting.length;
    mine.waiting.length = 0;
    if (isSilent || !written.has(stream)) streams.delete(stream);
  }
};

/** Nothing before this offset is needed again. */
const position = ({ streams, takenTo }: State): Offset => {
  let least = takenTo;
  for (const mine of streams.values()) {
    const needed = neededOf(mine);
    if (needed !== undefined && needed < least) least = needed;
  }
  return least;
};

const write = async ({ streams }: State, { streams: written, tally }: TripsParts): Promise<void> => {
  for (const [stream, { waiting }] of streams) {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if ((await written.get(stream)?.note(next.body, next.origin)) !== true) break;
      waiting.shift();
      tally.recorded += 1;
    }
  }
};

/**
 * Follows the journal and records each trip, once, in the stream that its readings stand in. Its place after a crash is
 * the last record that it wrote: what follows the end of that trip is worked out again, and what comes out is what would
 * have come out before.
 */
export const runTrips = async (parts: TripsParts, signal: AbortSignal): Promise<void> => {
  const { journal, clock } = parts;
  const { end } = journal;
  const saved = journal.position(TRIPS_READER);
  const from = saved < journal.start ? journal.start : saved;
  const done = await recordedUpTo(parts, from, end);
  const readings = await readingsAt(parts, from);
  const state: State = { streams: new Map(), heard: new Map(), takenTo: from };

  const follow = async (inner: AbortSignal): Promise<void> => {
    let committedAt = clock.mono();
    for await (const batch of journal.follow(TRIPS_READER, FOLLOW, inner)) {
      for (const entry of batch.entries) {
        const placed = entry.offset < state.takenTo ? undefined : readings.take(entry);
        if (placed === undefined) continue;
        const { stream } = placed;
        const mine = state.streams.get(stream) ?? newStreamTrips(done.get(stream));
        state.streams.set(stream, mine);
        state.heard.set(stream, clock.mono());
        takeReading(mine, placed);
      }
      state.takenTo = batch.end;
      if (elapsedMs(committedAt, clock.mono()) < COMMIT_MS) continue;
      committedAt = clock.mono();
      release(state, parts);
      await journal.commit(TRIPS_READER, position(state));
    }
  };

  const record = async (inner: AbortSignal): Promise<void> => {
    for (;;) {
      await clock.sleep(LOOK_MS, inner);
      // What an earlier run recorded is known only once all that it left has been taken.
      if (state.takenTo >= end) await write(state, parts);
    }
  };

  await together(signal, follow, record);
};

import { sha256 } from '@outpost/schemas/evidence';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { type ClosedTrip, type TripReading, tripsOf } from '@outpost/schemas/vehicle';
import {
  type Body,
  type DeviceName,
  type Epoch,
  type MonoNs,
  type Origin,
  ok,
  type StreamId,
} from '@outpost/schemas/words';
import type { Batch, Entry, Journal, Kept, Offset } from '../journal/contract.ts';
import { applyEntry, type Chains, newChains } from '../record/chains.ts';
import { openRecorder, type Recorder } from '../record/recorder.ts';
import type { Run } from '../record/stream-writer.ts';
import { newRecordTally } from '../record/tally.ts';
import { streamReadings } from './stream-readings.ts';
import { newTripsTally, runTrips, TRIPS_READER, type TripsTally } from './trips.ts';

const ENTRY_BYTES = 10n;
const CAR: StreamId = 'car/telemetry';

/** Which call of a journal is the last one of a program, and whether the disk has it. */
export interface Kill {
  readonly call: number;
  readonly durable: boolean;
}

/** A journal in memory that outlives the programs that write it. */
const newLine = () => {
  const entries: Kept[] = [];
  const positions = new Map<string, Offset>();
  let wake: () => void = () => undefined;
  const endOf = (): Offset => (BigInt(entries.length) * ENTRY_BYTES) as Offset;
  const from = (offset: Offset): number => Number((offset + ENTRY_BYTES - 1n) / ENTRY_BYTES);

  async function* read(begin: Offset, end: Offset): AsyncGenerator<Kept> {
    for (let i = from(begin); i < from(end); i += 1) yield entries[i] as Kept;
  }
  async function* follow(
    reader: string,
    options: { readonly entriesMax: number },
    signal: AbortSignal,
  ): AsyncGenerator<Batch> {
    let at = from(positions.get(reader) ?? (0n as Offset));
    signal.addEventListener('abort', () => wake(), { once: true });
    while (!signal.aborted) {
      const some = entries.slice(at, at + options.entriesMax);
      at += some.length;
      if (some.length > 0) {
        yield { entries: some, end: (BigInt(at) * ENTRY_BYTES) as Offset };
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const append = (given: readonly Entry[]): Offset => {
    const first = endOf();
    for (const entry of given) {
      const offset = endOf();
      entries.push({ ...entry, offset, next: (offset + ENTRY_BYTES) as Offset });
    }
    wake();
    return first;
  };
  return { entries, positions, read, follow, append, endOf };
};

export interface Scene {
  readonly clock: ManualClock;
  readonly entries: readonly Kept[];
  /** Calls of the journal so far, over all programs. */
  readonly calls: number;
  readonly tally: TripsTally;
  readonly position: Offset;
  /** One reading of the car, after so many seconds; a killed program is followed by the next one. */
  say(afterS: number, bodies: readonly Body[], origin?: Origin): Promise<void>;
  restart(): Promise<void>;
  /** Every trip record in the journal, and what anyone works out from all the readings. */
  records(): readonly ClosedTrip[];
  expected(): readonly ClosedTrip[];
  stop(): Promise<void>;
}

interface Process {
  readonly recorder: Recorder;
  readonly ended: Promise<void>;
  readonly abort: AbortController;
  killed: boolean;
}

const foldTo = async (line: ReturnType<typeof newLine>, offset: Offset): Promise<Chains> => {
  const chains = newChains(0n as Offset);
  for await (const entry of line.read(0n as Offset, offset)) applyEntry(chains, entry);
  return chains;
};

const runOf = (clock: ManualClock, newEpoch: () => Epoch): Run => {
  let numbers = 0;
  return {
    clock,
    software: 'outpost test',
    hash: sha256,
    trust: () => 'ntp',
    keys: () => {
      const key = new Uint8Array(32).fill(1);
      return { gatewayKey: key, deviceKey: key, keyKind: 'file', saltSecret: key };
    },
    parent: () => undefined,
    newEpoch,
    nextNumber: () => {
      numbers += 1;
      return numbers;
    },
  };
};

/** The line as one program sees it, which dies at its last call, before it or behind it. */
const journalOf = (
  line: ReturnType<typeof newLine>,
  isLast: () => 'before' | 'behind' | undefined,
  of: () => { killed: boolean },
): Journal => {
  const never = new Promise<never>(() => undefined);
  /** Does it, unless the program dies before or behind it. */
  const call = async <T>(what: () => T): Promise<T> => {
    if (of().killed) return never;
    const process = of();
    const dies = isLast();
    if (dies === 'before') process.killed = true;
    if (process.killed) return never;
    const done = what();
    if (dies === 'behind') process.killed = true;
    return process.killed ? never : done;
  };
  return {
    start: 0n as Offset,
    get end() {
      return line.endOf();
    },
    append: (given) => call(() => ok(line.append(given))),
    follow: line.follow,
    read: line.read,
    commit: (reader, end) =>
      call(() => {
        line.positions.set(reader, end);
      }),
    position: (reader) => line.positions.get(reader) ?? (0n as Offset),
    [Symbol.asyncDispose]: async () => undefined,
  };
};

/** A gateway that records one car and its trips, and dies where it is told to. */
export const openScene = (kill?: Kill): Scene => {
  const clock = manualClock();
  const line = newLine();
  const tally = newTripsTally();
  let [calls, epochs] = [0, 0];

  const newEpoch = (): Epoch => {
    epochs += 1;
    return new Uint8Array(16).fill(epochs) as Epoch;
  };
  const isLast = (): 'before' | 'behind' | undefined => {
    calls += 1;
    if (kill?.call !== calls) return undefined;
    return kill.durable ? 'behind' : 'before';
  };

  const start = (): Process => {
    const abort = new AbortController();
    const journal = journalOf(line, isLast, () => process);
    const recorder = openRecorder({
      device: 'car' as DeviceName,
      lane: 'telemetry',
      authenticated: 'none',
      reason: 'started',
      journal,
      run: runOf(clock, newEpoch),
      tally: newRecordTally(),
      admit: () => undefined,
    });
    const chainsAt = (offset: Offset): Promise<Chains> => foldTo(line, offset);
    const streams = new Map([[CAR, recorder]]);
    const ended = runTrips({ journal, clock, tally, streams, chainsAt }, abort.signal);
    const process: Process = { recorder, ended, abort, killed: false };
    return process;
  };

  let process = start();
  const restart = async (): Promise<void> => {
    process.killed = true;
    process.abort.abort(new Error('killed'));
    // A call that never comes back keeps the dead program's loops waiting; nobody waits for them.
    process.ended.catch(() => undefined);
    process = start();
    await clock.advance(0);
  };

  const placed = (): readonly TripReading[] => {
    const readings = streamReadings(newChains(0n as Offset));
    return line.entries.flatMap((entry) => readings.take(entry)?.reading ?? []);
  };

  return {
    clock,
    entries: line.entries,
    get calls() {
      return calls;
    },
    tally,
    get position() {
      return line.positions.get(TRIPS_READER) ?? (0n as Offset);
    },
    async say(afterS, bodies, origin = 'live') {
      await clock.advance(afterS * 1_000);
      if (process.killed) await restart();
      const mono: MonoNs = clock.mono();
      const readings = bodies.map((body) => ({ body, raw: Uint8Array.of(1), mono, origin }));
      await process.recorder.observe({
        readings,
        quarantined: [],
        kept: () => undefined,
        refused: () => undefined,
      });
    },
    restart,
    records: () => placed().flatMap(({ body, origin }) => (body.kind === 'trip' ? [{ body, origin }] : [])),
    expected: () => tripsOf(placed()),
    async stop() {
      process.abort.abort(new Error('done'));
      await Promise.race([process.ended, Promise.resolve()]);
    },
  };
};

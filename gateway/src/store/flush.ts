import type { Clock, Fault, Result } from '@outpost/schemas/words';
import { ok } from '@outpost/schemas/words';
import type { Offset } from '../journal/contract.ts';
import { NO_DATABASE, NO_RETENTION } from './answers.ts';
import type { Influx } from './influx.ts';
import type { DeadLetter, Intake, Pending } from './intake.ts';
import type { PointOutcome } from './isolate.ts';
import type { Point } from './point.ts';
import type { DirtyMinutes } from './rollups.ts';
import type { Layout } from './schema.ts';
import type { Snapshot, StateKeeper } from './state.ts';
import type { StoreTally } from './tally.ts';

/** What writing needs of the outside. */
export interface FlushParts {
  readonly influx: Influx;
  /** Makes sure of database and retention policies; asked before the first write and when one is found missing. */
  prepare(signal: AbortSignal): Promise<Result<Layout>>;
  readonly state: StateKeeper;
  readonly clock: Clock;
  readonly tally: StoreTally;
  /** Durable on return. */
  commit(end: Offset): Promise<void>;
  /** Keeps what InfluxDB will never take; durable on return. May be told the same letter again after a crash. */
  deadLetter(letter: DeadLetter): Promise<void>;
  /** Told when InfluxDB goes away or refuses us, and (undefined) when it is back. */
  onFault?(fault: Fault | undefined): void;
  readonly pointsMax: number;
}

/** The follower between two flushes. */
export interface Run {
  readonly parts: FlushParts;
  readonly intake: Intake;
  readonly dirty: DirtyMinutes;
  layout: Layout | undefined;
  /** As last saved; at most two. */
  snapshots: readonly Snapshot[];
  /** Minutes were touched that the saved state does not name. */
  dirtyUnsaved: boolean;
}

const BACKOFF_MS = 500;
/** Small, because a backlog must be gone a minute after InfluxDB is back, and asking costs next to nothing. */
const BACKOFF_MS_MAX = 10_000;
const DOUBLINGS_MAX = 16;

const tell = ({ parts: { tally, onFault } }: Run, now: Fault | undefined): void => {
  if (now?.code !== tally.fault?.code) onFault?.(now);
  tally.fault = now;
};

export const layoutOf = async (run: Run, signal: AbortSignal): Promise<Result<Layout>> => {
  if (run.layout !== undefined) return ok(run.layout);
  const layout = await run.parts.prepare(signal);
  if (!layout.ok) return layout;
  run.layout = layout.value;
  run.parts.tally.notes = layout.value.notes;
  return layout;
};

/** Books one write's outcomes; gives what has to be written again. */
const book = (
  { parts: { tally }, dirty, layout }: Run,
  points: readonly Pending[],
  outcomes: readonly PointOutcome[],
  letters: DeadLetter[],
): { readonly again: readonly Pending[]; readonly why: Fault | undefined; readonly touched: boolean } => {
  const again: Pending[] = [];
  const stored: Point[] = [];
  let why: Fault | undefined;
  for (const [i, each] of points.entries()) {
    const { record, point } = each;
    const outcome = outcomes[i];
    switch (outcome?.kind) {
      case 'stored':
        stored.push(point);
        if (record === undefined) break;
        tally.stored += 1;
        tally.pending -= 1;
        break;
      case 'poison':
        // The gateway's own numbers are no evidence; they are made again in ten seconds.
        if (record !== undefined) letters.push({ record, point, words: outcome.words });
        break;
      case 'kept':
        why = outcome.fault;
        again.push(each);
        break;
      case undefined:
        throw new Error('unreachable: every point has an outcome');
    }
  }
  return { again, why, touched: layout?.rollups === true && dirty.touch(stored) };
};

const writeOnce = async (
  run: Run,
  points: readonly Pending[],
  letters: DeadLetter[],
  signal: AbortSignal,
): Promise<{ readonly again: readonly Pending[]; readonly why: Fault | undefined }> => {
  const layout = await layoutOf(run, signal);
  if (!layout.ok) return { again: points, why: layout.fault };
  const { influx, tally } = run.parts;
  const outcomes = await influx.write(
    points.map(({ point }) => point),
    layout.value.raw,
    signal,
  );
  tally.writes += 1;
  const { again, why, touched } = book(run, points, outcomes, letters);
  if (touched) run.dirtyUnsaved = true;
  if (why?.code === NO_DATABASE || why?.code === NO_RETENTION) run.layout = undefined;
  return { again, why };
};

/** Does not return before each point is stored or a dead letter: while InfluxDB is away, this is where it waits. */
const writeAll = async (
  run: Run,
  points: readonly Pending[],
  letters: DeadLetter[],
  signal: AbortSignal,
): Promise<void> => {
  const { clock, tally } = run.parts;
  let rest = points;
  for (let tries = 0; rest.length > 0; tries += 1) {
    const { again, why } = await writeOnce(run, rest, letters, signal);
    tell(run, why);
    rest = again;
    if (why === undefined) continue;
    tally.retries += 1;
    await clock.sleep(Math.min(BACKOFF_MS * 2 ** Math.min(tries, DOUBLINGS_MAX), BACKOFF_MS_MAX), signal);
  }
};

/** State first, then the cursor: after a crash between them what is stored is read again, which changes nothing. */
const commitDone = async (run: Run): Promise<void> => {
  const { intake, parts, dirty } = run;
  const done = intake.done();
  if (done === undefined) return;
  const last = run.snapshots.at(-1);
  const same = last?.clocks === done.clocks;
  if (!same || run.dirtyUnsaved) {
    const snapshots = same
      ? run.snapshots
      : [...run.snapshots.slice(-1), { from: done.end, clocks: done.clocks }];
    await parts.state.save({ snapshots, dirty: dirty.list() });
    run.snapshots = snapshots;
    run.dirtyUnsaved = false;
  }
  await parts.commit(done.end);
};

/** Writes everything that is pending, keeps what is poison apart, and moves the cursor as far as all is done. */
export const flush = async (run: Run, signal: AbortSignal): Promise<void> => {
  const { intake, parts } = run;
  const letters = intake.unmade.splice(0);
  while (intake.pending.length > 0) {
    const some = intake.pending.splice(0, parts.pointsMax);
    await writeAll(run, some, letters, signal);
  }
  for (const letter of letters) {
    await parts.deadLetter(letter);
    parts.tally.deadLettered += 1;
    parts.tally.pending -= 1;
  }
  await commitDone(run);
};

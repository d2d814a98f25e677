import { elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { Offset } from '../journal/contract.ts';
import { type Clocks, DATING_LIMITS } from './anchors.ts';
import { type FlushParts, flush, layoutOf, type Run } from './flush.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { openIntake, type SourceBatch } from './intake.ts';
import type { Point } from './point.ts';
import { dirtyMinutes, MINUTES_MAX, rollUp } from './rollups.ts';
import { scoped } from './scope.ts';
import { clocksAt } from './state.ts';

export interface StoreParts extends FlushParts {
  /** The journal from `position` on, until the signal aborts. Asked for more only when there is room for it. */
  follow(signal: AbortSignal): AsyncIterable<SourceBatch>;
  /** Where the last commit left off. */
  readonly position: Offset;
  /** What else is known of the clocks at `position`, for where the follower's own state was lost. */
  readonly clocks?: Clocks;
  readonly database: string;
  /** The gateway's own numbers, asked for as often as `flushEveryMs` says; they ride along with the readings. */
  selfPoints?(): readonly Point[];
  /** How long a point may wait for others; more spares the card. */
  readonly flushEveryMs: number;
}

const ROLLUP_EVERY_MS = 60_000;
/** The longest wait, after which it is looked again what has become due. */
const LOOK_MS = 60_000;
/** What was kept before now is read from the journal within this; silence beyond it is an answer. */
const QUIET_MS = 5_000;

/** When things were last done, on the monotonic clock. */
interface Times {
  /** Of the first batch since the last flush. */
  since: MonoNs | undefined;
  /** When the gateway's own numbers were last asked for. */
  toldSelf: MonoNs;
  rolledUp: MonoNs;
}

/** Keeps the tally true over something that settles records. */
const settling = async (
  { intake, parts: { tally } }: Run,
  act: () => Promise<void> | void,
): Promise<void> => {
  const size = (): number => intake.pending.length + intake.unmade.length;
  const before = size();
  await act();
  tally.pending += size() - before;
  tally.waiting = intake.waiting;
};

/** Milliseconds until the next flush; 0 where it is due. */
const flushDueMs = (run: Run, parts: StoreParts, times: Times, now: MonoNs): number => {
  if (run.intake.pending.length >= parts.pointsMax) return 0;
  const from = times.since ?? (parts.selfPoints === undefined ? undefined : times.toldSelf);
  return from === undefined ? LOOK_MS : Math.max(0, parts.flushEveryMs - elapsedMs(from, now));
};

const rollupDueMs = ({ dirty, layout, parts }: Run, times: Times, now: MonoNs): number => {
  if (dirty.size === 0 || layout?.rollups === false) return LOOK_MS;
  // In a backlog minutes pile up faster than the clock goes.
  if (dirty.size >= MINUTES_MAX && parts.tally.rollupFault === undefined) return 0;
  return Math.max(0, ROLLUP_EVERY_MS - elapsedMs(times.rolledUp, now));
};

/** Roll-ups hold nothing up: what fails is due again in a minute. */
const rollUpNow = async (run: Run, parts: StoreParts, signal: AbortSignal): Promise<void> => {
  const layout = await layoutOf(run, signal);
  if (layout.ok && !layout.value.rollups) return;
  const made = layout.ok ? await rollUp(parts.influx, parts.database, run.dirty, signal) : layout;
  parts.tally.rollupFault = made.ok ? undefined : made.fault;
  if (made.ok) parts.tally.rollups += made.value;
};

const flushNow = async (run: Run, parts: StoreParts, times: Times, signal: AbortSignal): Promise<void> => {
  const now = parts.clock.mono();
  if (elapsedMs(times.toldSelf, now) >= parts.flushEveryMs) {
    for (const point of parts.selfPoints?.() ?? []) run.intake.pending.push({ record: undefined, point });
    times.toldSelf = now;
  }
  times.since = undefined;
  await flush(run, signal);
};

/** One turn: takes what has come, does what is due. Gives how long there is nothing to do, 0 for another turn. */
const turn = async (
  run: Run,
  parts: StoreParts,
  times: Times,
  inbox: Inbox<SourceBatch>,
  signal: AbortSignal,
): Promise<number> => {
  const { intake } = run;
  const { clock } = parts;
  const now = clock.mono();
  const batch = intake.pending.length < parts.pointsMax ? inbox.take() : undefined;
  if (batch !== undefined) {
    parts.tally.read += batch.records.length;
    await settling(run, () => intake.take(batch, now));
    times.since ??= now;
  } else if (intake.waiting > 0) {
    await settling(run, () => intake.release(monoAfterMs(now, -DATING_LIMITS.waitMsMax - QUIET_MS)));
    if (intake.pending.length > 0) times.since ??= now;
  }
  if (flushDueMs(run, parts, times, now) === 0) await flushNow(run, parts, times, signal);
  if (rollupDueMs(run, times, clock.mono()) === 0) {
    times.rolledUp = clock.mono();
    await rollUpNow(run, parts, signal);
  }
  if (batch !== undefined) return 0;
  const then = clock.mono();
  return Math.min(
    LOOK_MS,
    flushDueMs(run, parts, times, then),
    rollupDueMs(run, times, then),
    intake.waiting > 0 ? parts.flushEveryMs : LOOK_MS,
  );
};

/**
 * Follows the journal into InfluxDB. The cursor moves only past records that are stored or kept as dead letters, so
 * while InfluxDB is away it stands still, and what is not read stays in the journal: at most `pointsMax` points and
 * one batch of the source are held, beside the records that wait for a clock (`DATING_LIMITS`).
 *
 * Resolves when the source ends; rejects with the signal's reason, or with a Bug.
 */
export const runStore = (parts: StoreParts, parent: AbortSignal): Promise<void> =>
  scoped(parent, async (signal) => {
    const state = await parts.state.load();
    const clocks = clocksAt(state, parts.position) ?? parts.clocks ?? new Map();
    const run: Run = {
      parts,
      intake: openIntake(DATING_LIMITS, clocks),
      dirty: dirtyMinutes(state?.dirty ?? []),
      layout: undefined,
      snapshots: state?.snapshots.filter(({ from }) => from <= parts.position) ?? [],
      dirtyUnsaved: false,
    };
    const now = parts.clock.mono();
    const times: Times = { since: undefined, toldSelf: now, rolledUp: now };
    const inbox = openInbox(parts.follow(signal));
    while (!inbox.ended) {
      const idleMs = await turn(run, parts, times, inbox, signal);
      if (idleMs > 0) await inbox.wait(idleMs, parts.clock, signal);
      signal.throwIfAborted();
    }
    await flushNow(run, parts, times, signal);
    if (run.dirty.size > 0) await rollUpNow(run, parts, signal);
  });

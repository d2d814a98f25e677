import type { Observed } from '@outpost/firmware-bridge';
import { checkReading } from '@outpost/schemas/evidence';
import {
  type Authentication,
  type Body,
  type DeviceName,
  type EpochReason,
  type Fault,
  type GapReason,
  type Lane,
  type MonoNs,
  monoNs,
  type Observation,
  type Origin,
  streamId,
} from '@outpost/schemas/words';
import type { Entry, Journal } from '../journal/contract.ts';
import { asideEntry, happeningEntry, originOfKind } from './entry.ts';
import { newStreamWriter, type Run, type StreamWriter } from './stream-writer.ts';
import { addTo, type RecordTally } from './tally.ts';

export interface RecorderParts {
  readonly device: DeviceName;
  readonly lane: Lane;
  readonly authenticated: Authentication;
  /** Why this run's first epoch begins. */
  readonly reason: EpochReason;
  readonly journal: Pick<Journal, 'append'>;
  readonly run: Run;
  readonly tally: RecordTally;
  /** Undefined where this lane may write; else why not (the lower lane yields before the disk is full). */
  admit(lane: Lane): Fault | undefined;
  /** Told once when readings begin to be refused, with the reason, and once (undefined) when they are kept again. */
  refusing?(why: Fault | undefined): void;
}

/** One device's way into the journal. */
export interface Recorder {
  /**
   * Gives every reading its place and enqueues it; `kept` or `refused` of `observed` is called once it is known
   * which. Resolves when more may come: at once, unless too much is under way.
   */
  observe(observed: Observed): Promise<void>;
  /** Says in the stream that something is missing. */
  gap(reason: GapReason): Promise<void>;
  /**
   * Writes what the box itself found out from the stream's readings, of that origin. True once it is on the disk;
   * false where it cannot be now: the stream has not begun in this run, or the journal refuses.
   */
  note(body: Body, origin: Origin): Promise<boolean>;
}

/** Entries of one recorder that may be on their way to the disk before its device has to wait. */
const UNDER_WAY_MAX = 8_192;
/** After a refusal the journal is asked again at this pace; what comes meanwhile is refused and counted. */
const ASK_AGAIN_NS = 1_000_000_000n;
/** Quarantine keeps the beginning of what could not be believed; nobody needs a megabyte of noise. */
const ASIDE_RAW_MAX_BYTES = 4_096;

const BEGINNING = monoNs(0n);

interface State {
  writer: StreamWriter | undefined;
  reason: EpochReason;
  /** Something of the present epoch is on the disk. */
  begun: boolean;
  underWay: number;
  /** Device readings refused and not yet told of: the next epoch begins by saying so. */
  lost: number;
  /** Of these, what the present epoch's beginning says; told once that is kept. */
  telling: number;
  lostWhy: GapReason;
  blocked: { readonly until: MonoNs; readonly why: Fault } | undefined;
  /** Readings refused since something was last kept; undefined while everything is. */
  refused: number | undefined;
  bug: { readonly error: unknown } | undefined;
}

/** One entry for people when refusing begins, if the disk still takes that much, and one when it is over. */
const happened = (
  state: State,
  { device, journal, run }: RecorderParts,
  what: string,
  words: string,
): void => {
  const entry = happeningEntry({ device, what, words, wall: run.clock.wall() });
  journal.append([entry], 'now').catch((error: unknown) => {
    state.bug = { error };
  });
};

/**
 * Nothing of a batch was kept: its sequence numbers are spent, so the stream goes on in a new epoch.
 * @param made readings of the box and of the device; `lost` are the device's alone
 */
const refuse = (state: State, parts: RecorderParts, made: number, lost: number, why: Fault): void => {
  addTo(parts.tally.refused, why.code, made);
  if (state.begun) state.reason = 'interrupted';
  state.begun = false;
  state.writer = undefined;
  state.telling = 0;
  state.lost += lost;
  state.lostWhy = why.code.endsWith('.disk-full') ? 'disk-full' : 'limit';
  if (state.refused === undefined) happened(state, parts, 'refusing', why.words);
  if (state.refused === undefined) parts.refusing?.(why);
  state.refused = (state.refused ?? 0) + lost;
};

const keptAgain = (state: State, parts: RecorderParts): void => {
  state.begun = true;
  state.lost -= state.telling;
  state.telling = 0;
  if (state.refused === undefined) return;
  happened(state, parts, 'recording', `readings are kept again; ${state.refused} were refused before.`);
  parts.refusing?.(undefined);
  state.refused = undefined;
};

const writerOf = (state: State, parts: RecorderParts): StreamWriter => {
  if (state.writer === undefined) {
    const { device, lane, reason, authenticated, run } = { ...parts, reason: state.reason };
    const first =
      state.lost === 0 ? [] : [{ kind: 'gap' as const, reason: state.lostWhy, count: state.lost }];
    state.writer = newStreamWriter(streamId(device, lane), device, { reason, authenticated, first }, run);
    state.telling = state.lost;
  }
  return state.writer;
};

const keep = async (
  state: State,
  parts: RecorderParts,
  entries: readonly Entry[],
  observed: Observed | undefined,
): Promise<boolean> => {
  const { tally } = parts;
  const readings = entries.filter(({ kind }) => originOfKind(kind) !== undefined).length;
  tally.made += readings;
  tally.waiting += readings;
  state.underWay += entries.length;
  const result = await parts.journal.append(entries, observed?.isAwaited === true ? 'awaited' : 'soon');
  state.underWay -= entries.length;
  tally.waiting -= readings;
  if (result.ok) {
    tally.kept += readings;
    keptAgain(state, parts);
    observed?.kept();
    return true;
  }
  state.blocked = { until: (parts.run.clock.mono() + ASK_AGAIN_NS) as MonoNs, why: result.fault };
  refuse(state, parts, readings, observed?.readings.length ?? 0, result.fault);
  observed?.refused(result.fault);
  return false;
};

/** Starts the append; waits for it only where too much is under way. A Bug in it surfaces at the next call. */
const enqueue = async (
  state: State,
  parts: RecorderParts,
  entries: readonly Entry[],
  observed?: Observed,
): Promise<void> => {
  const kept = keep(state, parts, entries, observed).catch((error: unknown) => {
    state.bug = { error };
  });
  if (state.underWay >= UNDER_WAY_MAX) await kept;
};

const asideOf = (parts: RecorderParts, why: Fault, raw: Uint8Array, mono: MonoNs): Entry => {
  parts.tally.quarantined += 1;
  const { device } = parts;
  return asideEntry({
    device,
    mono,
    code: why.code,
    words: why.words,
    raw: raw.subarray(0, ASIDE_RAW_MAX_BYTES),
  });
};

const addEntries = (state: State, parts: RecorderParts, observation: Observation, to: Entry[]): void => {
  const fits = checkReading(observation.body, observation.raw);
  if (fits.ok) writerOf(state, parts).addEntries(observation, to);
  else to.push(asideOf(parts, fits.fault, observation.raw, observation.mono));
};

/** Why nothing may be written now, if so. */
const obstacle = (state: State, parts: RecorderParts): Fault | undefined => {
  if (state.blocked !== undefined && parts.run.clock.mono() < state.blocked.until) return state.blocked.why;
  state.blocked = undefined;
  return parts.admit(parts.lane);
};

export const openRecorder = (parts: RecorderParts): Recorder => {
  const state: State = {
    writer: undefined,
    reason: parts.reason,
    begun: false,
    underWay: 0,
    lost: 0,
    telling: 0,
    lostWhy: 'limit',
    blocked: undefined,
    refused: undefined,
    bug: undefined,
  };
  return {
    async observe(observed) {
      if (state.bug !== undefined) throw state.bug.error;
      const why = obstacle(state, parts);
      if (why !== undefined) {
        parts.tally.made += observed.readings.length;
        refuse(state, parts, observed.readings.length, observed.readings.length, why);
        observed.refused(why);
        return;
      }
      const entries: Entry[] = [];
      for (const observation of observed.readings) addEntries(state, parts, observation, entries);
      for (const { fault, raw, mono } of observed.quarantined) entries.push(asideOf(parts, fault, raw, mono));
      if (entries.length === 0) observed.kept();
      else await enqueue(state, parts, entries, observed);
    },
    async gap(reason) {
      if (state.writer === undefined || obstacle(state, parts) !== undefined) return;
      const entry = state.writer.entryFor({ kind: 'gap', reason, count: 0 }, parts.run.clock.mono());
      await enqueue(state, parts, [entry]);
    },
    async note(body, origin) {
      if (state.writer === undefined || obstacle(state, parts) !== undefined) return false;
      // At the time of the last reading: readings that were heard since and come later keep their own.
      return await keep(state, parts, [state.writer.entryFor(body, BEGINNING, origin)], undefined);
    },
  };
};

import { type Fault, fault, type MonoNs } from '@outpost/schemas/words';
import { isDue, nextDue } from '../../gnss/due.ts';
import type { GnssOptions } from '../../gnss/options.ts';
import { positionBody } from '../../gnss/position.ts';
import type { Fate, Input, Said, Session, Step } from '../../session.ts';
import type { GpsdCommand } from './codec.ts';
import type { GpsdEvent } from './event.ts';

/** gpsd reports at least once a second while it has a receiver; without one it says nothing at all. */
const SILENT_AFTER_MS = 30_000;

type Phase = 'waiting' | 'no-receiver' | 'searching' | 'fixed';

/**
 * The first reports of a receiver come before all of its sentences were heard: only later ones say that it is a
 * simulated one. Whatever one report says of that holds for the connection.
 */
const SETTLING_REPORTS = 3;

export interface State {
  readonly dueAt: MonoNs | undefined;
  /** Reports with a fix so far, up to `SETTLING_REPORTS`. */
  readonly reports: number;
  readonly simulated: boolean;
  readonly phase: Phase;
}

const WORDS: Readonly<Record<Phase, string>> = {
  waiting: 'waiting for gpsd.',
  'no-receiver': 'gpsd has no receiver; is one plugged in, and named in its DEVICES setting?',
  searching: 'the receiver finds no satellites yet; does its antenna see the sky?',
  fixed: 'positions are coming.',
};

interface Outcome {
  readonly fate: Fate;
  readonly phase: Phase;
  readonly said?: Said;
}

const tpvOutcome = (
  { reports, simulated }: State,
  { fix }: Extract<GpsdEvent, { readonly kind: 'tpv' }>,
  raw: Uint8Array,
  isWanted: boolean,
): Outcome => {
  if (fix === undefined) return { fate: { kind: 'control' }, phase: 'searching' };
  if (reports < SETTLING_REPORTS) return { fate: { kind: 'dropped', reason: 'settling' }, phase: 'fixed' };
  if (!isWanted) return { fate: { kind: 'dropped', reason: 'not-due' }, phase: 'fixed' };
  const origin = simulated ? 'simulated' : 'live';
  return { fate: { kind: 'observed' }, phase: 'fixed', said: { body: positionBody(fix), raw, origin } };
};

/** What a report adds to what is known of the receiver. */
const learned = (state: State, input: Input<GpsdEvent>): State => {
  if (input.kind !== 'event' || input.event.kind !== 'tpv') return state;
  return { ...state, simulated: state.simulated || input.event.simulated };
};

const counted = (state: State, input: Input<GpsdEvent>): number =>
  input.kind === 'event' && input.event.kind === 'tpv' && input.event.fix !== undefined
    ? Math.min(state.reports + 1, SETTLING_REPORTS)
    : state.reports;

const outcomeOf = (state: State, event: GpsdEvent, raw: Uint8Array, isWanted: boolean): Outcome => {
  const { phase } = state;
  switch (event.kind) {
    case 'version':
      return { fate: { kind: 'control' }, phase };
    case 'devices':
      return { fate: { kind: 'control' }, phase: event.count === 0 ? 'no-receiver' : phase };
    case 'tpv':
      return tpvOutcome(state, event, raw, isWanted);
    case 'error':
      return {
        fate: {
          kind: 'quarantined',
          fault: fault('refused', 'gpsd.error', 'gpsd', 'gpsd reports an error.'),
          raw,
        },
        phase,
      };
    case 'other':
      return { fate: { kind: 'dropped', reason: 'not-used' }, phase };
  }
};

const silent: Fault = fault('unreachable', 'gpsd.silent', 'gpsd', WORDS['no-receiver']);

/** Asks gpsd to report, and takes its positions. */
export const gpsdSession = ({ everyMs }: GnssOptions): Session<State, GpsdCommand, GpsdEvent> => ({
  initial: { dueAt: undefined, reports: 0, simulated: false, phase: 'waiting' },
  step(before: State, input: Input<GpsdEvent>, now: MonoNs): Step<State, GpsdCommand> {
    const state = learned(before, input);
    const isWanted = isDue(state.dueAt, now, everyMs);
    const outcome = input.kind === 'event' ? outcomeOf(state, input.event, input.raw, isWanted) : undefined;
    const phase = outcome?.phase ?? (input.kind === 'silence' ? 'no-receiver' : state.phase);
    const fates: Fate[] = outcome === undefined ? [] : [outcome.fate];
    if (input.kind === 'malformed') fates.push({ kind: 'quarantined', fault: input.fault, raw: input.raw });
    return {
      state: {
        ...state,
        phase,
        reports: counted(state, input),
        dueAt: outcome?.said === undefined ? state.dueAt : nextDue(state.dueAt, now, everyMs),
      },
      commands: input.kind === 'opened' ? [{ kind: 'watch' }] : [],
      said: outcome?.said === undefined ? [] : [outcome.said],
      fates,
      whenKept: [],
      silenceAfterMs: SILENT_AFTER_MS,
      ...(phase === state.phase && input.kind !== 'opened'
        ? {}
        : { status: { phase, words: WORDS[phase], facts: {} } }),
      ...(input.kind === 'silence' ? { reopen: silent } : {}),
    };
  },
});

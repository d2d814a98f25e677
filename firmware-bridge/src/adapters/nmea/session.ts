import { concatBytes, type Fault, fault, type MonoNs } from '@outpost/schemas/words';
import { isDue, nextDue } from '../../gnss/due.ts';
import type { GnssOptions } from '../../gnss/options.ts';
import type { DeviceStatus, Fate, Input, Said, Session, Step } from '../../session.ts';
import type { NmeaEvent } from './event.ts';
import { bodyOf, type Gga, isSimulated, type Rmc } from './fix.ts';

/** A receiver speaks every second, or ten times in it. */
const SILENT_AFTER_MS = 10_000;
/** The sentences of one fix follow each other at once, at 4800 baud within a second. */
const FIX_COMPLETE_AFTER_MS = 700;
/** Damaged lines in a row before the owner is asked about the baud rate. */
const GARBAGE_AFTER = 10;

interface Held<E> {
  readonly event: E;
  readonly raw: Uint8Array;
}

/** The sentences of the fix that is being told, in the order in which they came. */
interface Telling {
  readonly time: string;
  readonly rmc: Held<Rmc> | undefined;
  readonly gga: Held<Gga> | undefined;
  readonly isRmcFirst: boolean;
}

type Phase = 'waiting' | 'silent' | 'garbage' | 'searching' | 'fixed';

export interface State {
  readonly telling: Telling | undefined;
  readonly dueAt: MonoNs | undefined;
  readonly damagedInARow: number;
  readonly phase: Phase;
}

const WORDS: Readonly<Record<Phase, string>> = {
  waiting: 'waiting for the receiver.',
  silent: 'the receiver says nothing; is it powered, and is the baud rate right (most use 9600)?',
  garbage: 'what arrives is no NMEA 0183; is the baud rate right (most use 9600)?',
  searching: 'the receiver finds no satellites yet; does its antenna see the sky?',
  fixed: 'positions are coming.',
};

const INITIAL: State = { telling: undefined, dueAt: undefined, damagedInARow: 0, phase: 'waiting' };

/** A step under way. */
interface Turn {
  readonly options: GnssOptions;
  readonly now: MonoNs;
  readonly said: Said[];
  readonly fates: Fate[];
  telling: Telling | undefined;
  dueAt: MonoNs | undefined;
  damagedInARow: number;
  phase: Phase;
  reopen: Fault | undefined;
}

const heldOf = ({ rmc, gga, isRmcFirst }: Telling): readonly Held<NmeaEvent>[] =>
  (isRmcFirst ? [rmc, gga] : [gga, rmc]).filter((each) => each !== undefined);

/** What has been told of one fix becomes a position, or the reason why it does not. */
const finish = (turn: Turn): void => {
  const { telling } = turn;
  turn.telling = undefined;
  if (telling === undefined) return;
  const held = heldOf(telling);
  const end = (fate: Fate): void => {
    for (const _ of held) turn.fates.push(fate);
  };
  const { rmc, gga } = telling;
  if (rmc === undefined) {
    end({ kind: 'dropped', reason: 'no-rmc' });
    return;
  }
  const body = bodyOf(rmc.event, gga?.event);
  if (body === undefined) {
    turn.phase = 'searching';
    end({ kind: 'control' });
    return;
  }
  turn.phase = 'fixed';
  if (!isDue(turn.dueAt, turn.now, turn.options.everyMs)) {
    end({ kind: 'dropped', reason: 'not-due' });
    return;
  }
  turn.dueAt = nextDue(turn.dueAt, turn.now, turn.options.everyMs);
  const origin = isSimulated(rmc.event, gga?.event) ? 'simulated' : 'live';
  turn.said.push({ body, raw: concatBytes(...held.map(({ raw }) => raw)), origin });
  end({ kind: 'observed' });
};

const hold = (turn: Turn, event: Rmc | Gga, raw: Uint8Array): void => {
  const { telling } = turn;
  const known = event.kind === 'rmc' ? telling?.rmc : telling?.gga;
  if (telling?.time !== event.time || known !== undefined) finish(turn);
  const before = turn.telling ?? {
    time: event.time,
    rmc: undefined,
    gga: undefined,
    isRmcFirst: event.kind === 'rmc',
  };
  turn.telling =
    event.kind === 'rmc' ? { ...before, rmc: { event, raw } } : { ...before, gga: { event, raw } };
  if (turn.telling.rmc !== undefined && turn.telling.gga !== undefined) finish(turn);
};

const take = (turn: Turn, input: Input<NmeaEvent>): void => {
  switch (input.kind) {
    case 'opened':
      return;
    case 'malformed':
      turn.damagedInARow += 1;
      if (turn.damagedInARow >= GARBAGE_AFTER) turn.phase = 'garbage';
      turn.fates.push({ kind: 'quarantined', fault: input.fault, raw: input.raw });
      return;
    case 'silence':
      if (turn.telling === undefined) {
        turn.phase = 'silent';
        turn.reopen = fault('unreachable', 'nmea.silent', 'nmea', WORDS.silent);
      }
      finish(turn);
      return;
    case 'event':
      turn.damagedInARow = 0;
      if (input.event.kind === 'other') turn.fates.push({ kind: 'dropped', reason: 'not-used' });
      else hold(turn, input.event, input.raw);
      return;
  }
};

const statusOf = (phase: Phase): DeviceStatus => ({ phase, words: WORDS[phase], facts: {} });

/** Listens to a receiver: the RMC and the GGA sentence of one time make one position. */
export const nmeaSession = (options: GnssOptions): Session<State, never, NmeaEvent> => ({
  initial: INITIAL,
  step(state, input, now): Step<State, never> {
    const turn: Turn = { options, now, said: [], fates: [], ...state, reopen: undefined };
    take(turn, input);
    const { telling, dueAt, damagedInARow, phase, said, fates, reopen } = turn;
    return {
      state: { telling, dueAt, damagedInARow, phase },
      commands: [],
      said,
      fates,
      whenKept: [],
      silenceAfterMs: telling === undefined ? SILENT_AFTER_MS : FIX_COMPLETE_AFTER_MS,
      ...(phase === state.phase && input.kind !== 'opened' ? {} : { status: statusOf(phase) }),
      ...(reopen === undefined ? {} : { reopen }),
    };
  },
});

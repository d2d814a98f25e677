import {
  type Fault,
  type MonoNs,
  monoAfterMs,
  monoNs,
  type Order,
  type OrderOutcome,
} from '@outpost/schemas/words';
import type { LineRate } from '../port.ts';
import type { DeviceStatus, Fate, Happening, Input, Said, Session, Step } from '../session.ts';
import type { Codec } from '../wire.ts';

/** Bytes that the far end sends, so long after it was spoken to. */
export interface Sent {
  readonly afterMs: number;
  readonly bytes: Uint8Array;
}

/** Plays the far end: what comes back for the bytes of one command. */
export type FarEnd = (bytes: Uint8Array, now: MonoNs) => readonly Sent[];

/** A serial line between the two; without one there is no rate to be wrong. */
export interface RigLine {
  readonly rate: LineRate;
  setBaud(baud: number): void;
}

/** What a dialogue brought so far. The lists grow; whoever runs for long empties them. */
export interface Rig {
  readonly now: MonoNs;
  readonly said: Said[];
  readonly fates: Fate[];
  readonly sent: Uint8Array[];
  readonly statuses: DeviceStatus[];
  readonly outcomes: OrderOutcome[];
  readonly happenings: Happening[];
  /** Set once the dialogue gave its port up; nothing moves any more. */
  readonly reopen: Fault | undefined;
  /** Items that came without a fate so far. */
  readonly undecided: number;
  /** Bytes out of the blue, at this moment. */
  receive(bytes: Uint8Array): void;
  /** Tells the device something, where the session takes orders. */
  order(order: Order): void;
  /** Lets simulated time pass. */
  run(ms: number): void;
}

type Lists = Pick<Rig, 'said' | 'fates' | 'sent' | 'statuses' | 'outcomes' | 'happenings'>;

const newRecord = (): Lists => ({
  said: [],
  fates: [],
  sent: [],
  statuses: [],
  outcomes: [],
  happenings: [],
});

const TAIL = new Uint8Array(0);

/**
 * Runs a codec and a session in simulated time against a function that plays the far end: no port, no timers, as fast
 * as the processor allows. For tests, and for soaks of millions of replies.
 */
export const createRig = <State, Command, Event>(
  codec: Codec<Command, Event>,
  session: Session<State, Command, Event>,
  farEnd: FarEnd,
  line?: RigLine,
): Rig => {
  let now = monoNs(1_000_000_000n);
  let state = session.initial;
  let tail: Uint8Array = TAIL;
  let alarm: MonoNs | undefined;
  let reopen: Fault | undefined;
  let undecided = 0;
  const arriving: { readonly at: MonoNs; readonly bytes: Uint8Array }[] = [];
  const record = newRecord();
  const { said, fates, sent, statuses, outcomes, happenings } = record;

  const send = (command: Command): void => {
    const bytes = codec.command.encode(command);
    sent.push(bytes);
    for (const { afterMs, bytes: answer } of farEnd(bytes, now)) {
      arriving.push({ at: monoAfterMs(now, afterMs), bytes: answer });
    }
    arriving.sort((a, b) => Number(a.at - b.at));
  };

  const settle = (step: Step<State, Command>): void => {
    state = step.state;
    for (const one of step.said) said.push(one);
    for (const fate of step.fates) fates.push(fate);
    undecided -= step.fates.length;
    if (step.status !== undefined) statuses.push(step.status);
    outcomes.push(...(step.outcomes ?? []));
    happenings.push(...(step.happenings ?? []));
    reopen = step.reopen;
    if (reopen !== undefined) return;
    if (step.baud !== undefined) line?.setBaud(step.baud);
    for (const command of step.commands) send(command);
    alarm = step.silenceAfterMs === undefined ? undefined : monoAfterMs(now, step.silenceAfterMs);
  };

  const take = (input: Input<Event>): void => {
    if (reopen === undefined) settle(session.step(state, input, now));
  };

  const receive = (bytes: Uint8Array): void => {
    const cut = codec.event.cut(tail, bytes);
    tail = cut.tail;
    for (const frame of cut.frames) {
      for (const { raw, result } of codec.event.decode(frame)) {
        undecided += 1;
        if (result.ok) take({ kind: 'event', event: result.value, raw });
        else take({ kind: 'malformed', fault: result.fault, raw });
      }
    }
  };

  /** The next thing that happens before `end`. False where nothing does. */
  const advance = (end: MonoNs): boolean => {
    const [next] = arriving;
    if (next !== undefined && next.at <= end && (alarm === undefined || next.at <= alarm)) {
      arriving.shift();
      now = next.at > now ? next.at : now;
      receive(next.bytes);
      return true;
    }
    if (alarm === undefined || alarm > end) return false;
    now = alarm > now ? alarm : now;
    alarm = undefined;
    take({ kind: 'silence' });
    return true;
  };

  take(line === undefined ? { kind: 'opened' } : { kind: 'opened', rate: line.rate });
  return {
    get now() {
      return now;
    },
    get reopen() {
      return reopen;
    },
    get undecided() {
      return undecided;
    },
    ...record,
    receive,
    order: (order) => {
      if (reopen === undefined && session.order !== undefined) settle(session.order(state, order, now));
    },
    run: (ms) => {
      const end = monoAfterMs(now, ms);
      while (reopen === undefined && advance(end));
      if (end > now) now = end;
    },
  };
};

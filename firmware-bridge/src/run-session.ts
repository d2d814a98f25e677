import { type Fault, fault, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { type AbortScope, abortScope } from './abort-scope.ts';
import type { AdapterContext, Observed } from './adapter.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import { type InputGuard, NO_GUARD, setAside } from './input-guard.ts';
import { createIntake, type Intake } from './intake.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Port } from './port.ts';
import { createPuller, type Puller } from './puller.ts';
import type { Input, Session, Step } from './session.ts';
import { trackUndecided, type Undecided } from './tally.ts';
import type { Codec } from './wire.ts';

/** What steps brought and nobody has taken yet. A dialogue that is this far ahead waits. */
const OBSERVED_UNREAD_MAX = 1024;

/** A command that the port could not pass on for this long ends the dialogue: the other end takes nothing. */
const WRITE_TIMEOUT_MS = 5_000;

export interface SessionParts<State, Command, Event> {
  readonly codec: Codec<Command, Event>;
  readonly session: Session<State, Command, Event>;
}

/** Lets the dialogue sleep until something may have changed. A ring between looking and sleeping is not lost. */
interface Doorbell {
  ring(): void;
  wait(): Promise<void>;
}

const createDoorbell = (): Doorbell => {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: async () => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      rung = false;
      wake = undefined;
    },
  };
};

const STALLED = Symbol('stalled');

const stalled = (port: Port): Fault =>
  fault(
    'unreachable',
    'port.stalled',
    port.where,
    `took no bytes for ${WRITE_TIMEOUT_MS / 1000} s; is the device still there?`,
  );

const write = async (bytes: Uint8Array, port: Port, context: AdapterContext): Promise<Fault | undefined> => {
  const scope = abortScope(context.signal);
  context.clock.sleep(WRITE_TIMEOUT_MS, scope.signal).then(
    () => scope.abort(STALLED),
    () => undefined,
  );
  try {
    const written = await port.write(bytes, scope.signal);
    return written.ok ? undefined : written.fault;
  } catch (error) {
    if (error === STALLED) return stalled(port);
    throw error;
  } finally {
    scope.release();
    scope.abort();
  }
};

/** One dialogue under way: the pure session in the middle, and what surrounds it. */
interface Dialogue<State, Command, Event> {
  readonly parts: SessionParts<State, Command, Event>;
  readonly port: Port;
  readonly context: AdapterContext;
  readonly bell: Doorbell;
  readonly alarm: Alarm;
  readonly puller: Puller;
  readonly intake: Intake<Event>;
  readonly undecided: Undecided;
  readonly guard: InputGuard;
  readonly outbox: Outbox<Observed>;
  /** Commands that became due by `kept`; as many as there are Observed in the consumer's hands, times their own. */
  readonly owed: Command[];
  state: State;
  now: MonoNs;
  /** When the last frame arrived: the time of whatever a later silence makes of it. */
  heard: MonoNs;
  /** The port is gone and only what it brought before is still to be read. */
  mute: boolean;
}

/** Sends one command; a fault ends the dialogue. */
const send = async <S, C, E>(dialogue: Dialogue<S, C, E>, command: C): Promise<Fault | undefined> => {
  const { parts, port, context } = dialogue;
  if (dialogue.mute) return undefined;
  const failed = await write(parts.codec.command.encode(command), port, context);
  if (failed === undefined) {
    context.tally.commands += 1;
    return undefined;
  }
  // A closed port cannot be written to, but what arrived before may still wait here; a stuck one is left at once.
  dialogue.mute = (await Promise.race([port.closed, undefined])) !== undefined;
  return dialogue.mute ? undefined : failed;
};

type Outcome<S, C> = Pick<Step<S, C>, 'said' | 'fates' | 'whenKept'>;

const observe = <S, C, E>(dialogue: Dialogue<S, C, E>, step: Outcome<S, C>): void => {
  const { port, heard, outbox, owed, bell } = dialogue;
  const quarantined = step.fates.flatMap((fate) =>
    fate.kind === 'quarantined' ? [{ fault: fate.fault, raw: fate.raw, mono: heard }] : [],
  );
  // With nothing to keep there may still be something owed, and it must not overtake what is owed before it.
  if (step.said.length + quarantined.length + step.whenKept.length === 0) return;
  let answered = false;
  const answer = (): void => {
    if (answered) throw new Error('What a step observed was answered twice.');
    answered = true;
  };
  outbox.push({
    readings: step.said.map(({ body, raw, origin }) => ({
      body,
      raw,
      mono: heard,
      origin: port.origin ?? origin,
    })),
    quarantined,
    kept: () => {
      answer();
      owed.push(...step.whenKept);
      bell.ring();
    },
    refused: answer,
  });
};

/** An input that the session is not shown. It does not hear of it either: its silence goes on. */
const quarantine = <S, C, E>(dialogue: Dialogue<S, C, E>, raw: Uint8Array): void => {
  const fates = [{ kind: 'quarantined' as const, fault: setAside(dialogue.port.where), raw }];
  dialogue.undecided.decided(fates);
  observe(dialogue, { said: [], fates, whenKept: [] });
};

const take = async <S, C, E>(dialogue: Dialogue<S, C, E>, input: Input<E>): Promise<Fault | undefined> => {
  const { parts, context, alarm, guard } = dialogue;
  const raw = 'raw' in input ? input.raw : undefined;
  if (raw !== undefined && guard.isSetAside(raw)) {
    quarantine(dialogue, raw);
    return undefined;
  }
  guard.at(raw);
  const step = parts.session.step(dialogue.state, input, dialogue.now);
  dialogue.state = step.state;
  dialogue.undecided.decided(step.fates);
  if (step.status !== undefined) context.report(step.status);
  observe(dialogue, step);
  if (step.reopen !== undefined) return step.reopen;
  if (step.baud !== undefined && dialogue.port.setBaud !== undefined) {
    const changed = await dialogue.port.setBaud(step.baud, context.signal);
    if (!changed.ok) return changed.fault;
  }
  for (const command of step.commands) {
    const failed = await send(dialogue, command);
    if (failed !== undefined) return failed;
  }
  // From here, not from the arrival: neither a slow write nor a backlog may eat the device's time to answer.
  alarm.set(
    step.silenceAfterMs === undefined ? undefined : monoAfterMs(context.clock.mono(), step.silenceAfterMs),
  );
  return undefined;
};

const later = (a: MonoNs, b: MonoNs): MonoNs => (a > b ? a : b);

/** One thing in the order in which things happened, or a wait for the next one. A fault ends the dialogue. */
const advance = async <S, C, E>(dialogue: Dialogue<S, C, E>): Promise<Fault | undefined> => {
  const { port, context, owed, outbox, intake, puller, alarm, bell } = dialogue;
  context.signal.throwIfAborted();
  const command = owed.shift();
  if (command !== undefined) return send(dialogue, command);
  if (!outbox.full) {
    const received = intake.empty ? undefined : intake.next();
    if (received !== undefined) {
      dialogue.now = later(dialogue.now, received.mono);
      dialogue.heard = received.mono;
      return take(dialogue, received.input);
    }
    const { next } = puller;
    const silent = alarm.due && alarm.at !== undefined && (next === undefined || next.mono > alarm.at);
    if (silent) {
      dialogue.now = later(dialogue.now, context.clock.mono());
      alarm.set(undefined);
      return take(dialogue, { kind: 'silence' });
    }
    if (next !== undefined) {
      puller.take();
      intake.take(next);
      return undefined;
    }
    if (puller.ended) return port.closed;
  }
  await bell.wait();
  return undefined;
};

const start = <S, C, E>(
  parts: SessionParts<S, C, E>,
  port: Port,
  context: AdapterContext,
): Dialogue<S, C, E> => {
  const bell = createDoorbell();
  const now = context.clock.mono();
  const undecided = trackUndecided(context.tally);
  const guard = context.guard ?? NO_GUARD;
  context.signal.addEventListener('abort', bell.ring, { once: true });
  return {
    parts,
    port,
    context,
    bell,
    alarm: createAlarm(context.clock, context.signal, bell.ring),
    puller: createPuller(port.arrivals, bell.ring),
    intake: createIntake(parts.codec.event, context.tally, undecided, guard),
    undecided,
    guard,
    outbox: createOutbox(OBSERVED_UNREAD_MAX, bell.ring),
    owed: [],
    state: parts.session.initial,
    now,
    heard: now,
    mute: false,
  };
};

const drive = async <S, C, E>(dialogue: Dialogue<S, C, E>): Promise<Fault> => {
  try {
    const { rate } = dialogue.port;
    let why = await take(dialogue, rate === undefined ? { kind: 'opened' } : { kind: 'opened', rate });
    while (why === undefined) why = await advance(dialogue);
    return why;
  } finally {
    dialogue.alarm.stop();
    dialogue.intake.end();
    dialogue.undecided.ended();
    dialogue.outbox.end();
  }
};

const leave = async (scope: AbortScope, dialogue: Promise<Fault>): Promise<void> => {
  scope.release();
  scope.abort(new Error('Nobody reads this dialogue any more.'));
  await dialogue.catch(() => undefined);
};

/**
 * Runs one dialogue over one port: cuts and decodes what arrives, steps the session, writes its commands in order,
 * and hands over what it observed. It runs ahead of its reader, up to a bound, so that a device is answered while
 * the reader waits for a disk.
 *
 * Returns why the dialogue ended: the port's own fault, a command that could not be written, or the session's
 * `reopen`. Throws the signal's reason where that aborts, and whatever a codec or session throws: that is a Bug.
 * The port stays the caller's to close.
 */
export async function* runSession<State, Command, Event>(
  parts: SessionParts<State, Command, Event>,
  port: Port,
  context: AdapterContext,
): AsyncGenerator<Observed, Fault, void> {
  const scope = abortScope(context.signal);
  const dialogue = start(parts, port, { ...context, signal: scope.signal });
  const driven = drive(dialogue);
  // Looked at below, once everything observed before is taken.
  driven.catch(() => undefined);
  try {
    yield* dialogue.outbox;
    return await driven;
  } finally {
    await leave(scope, driven);
  }
}

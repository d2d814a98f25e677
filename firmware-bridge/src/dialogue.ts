import type { MonoNs, Order } from '@outpost/schemas/words';
import type { AdapterContext, Observed } from './adapter.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import { createDoorbell, type Doorbell } from './doorbell.ts';
import { createGather, type Gather } from './gather.ts';
import { type InputGuard, NO_GUARD } from './input-guard.ts';
import { createIntake, type Intake } from './intake.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Arrival, Peer, Port } from './port.ts';
import { createPuller, type Puller } from './puller.ts';
import type { Session } from './session.ts';
import { createWriter, type Writer } from './session-writer.ts';
import { type Shown, trackShown } from './settlement.ts';
import { trackUndecided, type Undecided } from './tally.ts';
import type { Codec } from './wire.ts';

/** What steps brought, by its weight, and nobody has taken yet. A dialogue that is this far ahead waits. */
const OBSERVED_UNREAD_MAX = 1024;

export interface SessionParts<State, Command, Event> {
  readonly codec: Codec<Command, Event>;
  /** To whom a command goes, over a port with many peers. */
  to?(command: Command): Peer | undefined;
  asksTime?(event: Event): boolean;
  readonly session: Session<State, Command, Event>;
}

/** One dialogue under way: the pure session in the middle, and what surrounds it. */
export interface Dialogue<State, Command, Event> {
  readonly parts: SessionParts<State, Command, Event>;
  readonly port: Port;
  readonly context: AdapterContext;
  readonly bell: Doorbell;
  readonly alarm: Alarm;
  readonly writer: Writer;
  readonly puller: Puller<Arrival>;
  readonly orders: Puller<Order> | undefined;
  readonly intake: Intake<Event>;
  readonly undecided: Undecided;
  readonly shown: Shown;
  readonly guard: InputGuard;
  readonly gather: Gather<Command>;
  readonly outbox: Outbox<Observed>;
  /** Commands that became due by `kept`; as many as there are Observed in the consumer's hands, times their own. */
  readonly owed: Command[];
  state: State;
  now: MonoNs;
  /** When the last frame arrived: the time of whatever a later silence makes of it. */
  heard: MonoNs;
  /** What the last step said of silence, until the alarm is set to it. */
  silence: { readonly afterMs: number | undefined } | undefined;
  /** The port is gone and only what it brought before is still to be read. */
  mute: boolean;
}

/** An hour that a battery kept may be off by minutes. */
const isKnown = ({ trust }: AdapterContext): boolean => {
  const known = trust?.();
  return known === 'ntp' || known === 'gnss';
};

export const startDialogue = <S, C, E>(
  parts: SessionParts<S, C, E>,
  port: Port,
  context: AdapterContext,
): Dialogue<S, C, E> => {
  const { clock, signal, tally, guard = NO_GUARD } = context;
  const bell = createDoorbell();
  const now = clock.mono();
  const owed: C[] = [];
  const undecided = trackUndecided(tally);
  signal.addEventListener('abort', bell.ring, { once: true });
  return {
    parts,
    port,
    context,
    bell,
    alarm: createAlarm(clock, signal, bell.ring),
    writer: createWriter(port, clock, signal),
    puller: createPuller(port.arrivals, bell.ring),
    orders: context.orders === undefined ? undefined : createPuller(context.orders, bell.ring),
    intake: createIntake({
      codec: parts.codec,
      tally,
      undecided,
      guard,
      needsTime: (event) => parts.asksTime?.(event) === true && isKnown(context),
    }),
    undecided,
    shown: trackShown(),
    guard,
    gather: createGather<C>(port.origin, (commands) => {
      for (const command of commands) owed.push(command);
      bell.ring();
    }),
    outbox: createOutbox<Observed>(OBSERVED_UNREAD_MAX, bell.ring),
    owed,
    state: parts.session.initial,
    now,
    heard: now,
    silence: undefined,
    mute: false,
  };
};

/** Hands over what was gathered. */
export const flush = <S, C, E>({ gather, outbox }: Dialogue<S, C, E>): void => {
  const gathered = gather.take();
  if (gathered !== undefined) outbox.push(gathered.observed, gathered.weight);
};

/** An arrival that nobody read. */
const unread = (arrival: Arrival): void => arrival.settle?.('refused');

/** Whatever is still under way ends here: it is handed over, or nobody waits for it in vain. */
export const endDialogue = <S, C, E>(dialogue: Dialogue<S, C, E>): void => {
  dialogue.alarm.stop();
  dialogue.writer.stop();
  dialogue.puller.stop(unread);
  // Whoever gave it sees that it was not answered.
  dialogue.orders?.stop(() => undefined);
  dialogue.intake.end();
  dialogue.shown.end();
  dialogue.undecided.ended();
  flush(dialogue);
  dialogue.outbox.end();
};

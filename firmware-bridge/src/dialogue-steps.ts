import type { MonoNs, Order } from '@outpost/schemas/words';
import { type Dialogue, flush } from './dialogue.ts';
import { setAside } from './input-guard.ts';
import type { Received } from './intake.ts';
import type { Fate, Input, Step } from './session.ts';
import { hold, release, type Ticket } from './settlement.ts';

const later = (a: MonoNs, b: MonoNs): MonoNs => (a > b ? a : b);

const isQuarantined = ({ kind }: Fate): boolean => kind === 'quarantined';

/** @param tickets come with a hold each; with nothing to keep it ends here */
const observe = <S, C, E>(
  dialogue: Dialogue<S, C, E>,
  step: Pick<Step<S, C>, 'said' | 'fates' | 'whenKept'>,
  tickets: readonly Ticket[],
): void => {
  if (step.said.length === 0 && step.whenKept.length === 0 && !step.fates.some(isQuarantined)) {
    for (const ticket of tickets) release(ticket, 'kept');
    return;
  }
  dialogue.gather.add(step, dialogue.heard, tickets);
  if (dialogue.gather.isFull) flush(dialogue);
};

/** Takes in what a step did; what it wants done is the caller's. */
const settleStep = <S, C, E>(
  dialogue: Dialogue<S, C, E>,
  step: Step<S, C>,
  ticket: Ticket | undefined,
): Step<S, C> => {
  const { context, undecided, shown } = dialogue;
  dialogue.state = step.state;
  dialogue.silence = { afterMs: step.silenceAfterMs };
  dialogue.alarm.set(undefined);
  undecided.decided(step.fates);
  if (step.status !== undefined) context.report(step.status);
  if (step.outcomes !== undefined) for (const outcome of step.outcomes) context.ordered?.(outcome);
  if (step.happenings !== undefined) for (const happening of step.happenings) context.happened?.(happening);
  const tickets = shown.decided(step.fates.length);
  if (ticket === undefined || step.said.length === 0) observe(dialogue, step, tickets);
  else {
    // Also where it decides nothing yet: what the item made it say belongs to the item.
    hold(ticket);
    observe(dialogue, step, [...tickets, ticket]);
  }
  return step;
};

const take = <S, C, E>(dialogue: Dialogue<S, C, E>, input: Input<E>): Step<S, C> => {
  dialogue.guard.at(undefined);
  return settleStep(dialogue, dialogue.parts.session.step(dialogue.state, input, dialogue.now), undefined);
};

/** Undefined where the session is not shown the item. It does not hear of it either: its silence goes on. */
const takeItem = <S, C, E>(
  dialogue: Dialogue<S, C, E>,
  { input, mono, ticket }: Received<E>,
): Step<S, C> | undefined => {
  const { parts, port, guard, shown, undecided } = dialogue;
  dialogue.now = later(dialogue.now, mono);
  dialogue.heard = mono;
  const raw = 'raw' in input ? input.raw : undefined;
  if (raw !== undefined && guard.isSetAside(raw)) {
    const fates = [{ kind: 'quarantined' as const, fault: setAside(port.where), raw }];
    undecided.decided(fates);
    observe(dialogue, { said: [], fates, whenKept: [] }, ticket === undefined ? [] : [ticket]);
    return undefined;
  }
  guard.at(raw);
  shown.push(ticket);
  return settleStep(dialogue, parts.session.step(dialogue.state, input, dialogue.now), ticket);
};

const takeOrder = <S, C, E>(dialogue: Dialogue<S, C, E>, order: Order): Step<S, C> => {
  const { session } = dialogue.parts;
  if (session.order === undefined) throw new Error(`A session without orders was given "${order.kind}".`);
  dialogue.guard.at(undefined);
  dialogue.now = later(dialogue.now, dialogue.context.clock.mono());
  return settleStep(dialogue, session.order(dialogue.state, order, dialogue.now), undefined);
};

/** Silence, where it is due before whatever arrived next. */
const takeSilence = <S, C, E>(dialogue: Dialogue<S, C, E>): Step<S, C> | undefined => {
  const { alarm, puller, context } = dialogue;
  const { next } = puller;
  const isSilent = alarm.due && alarm.at !== undefined && (next === undefined || next.mono > alarm.at);
  if (!isSilent) return undefined;
  dialogue.now = later(dialogue.now, context.clock.mono());
  return take(dialogue, { kind: 'silence' });
};

const isActive = <S, C>({ commands, baud, reopen }: Step<S, C>): boolean =>
  commands.length > 0 || baud !== undefined || reopen !== undefined;

/** The first step of a dialogue. */
export const takeOpened = <S, C, E>(dialogue: Dialogue<S, C, E>): Step<S, C> => {
  const { rate } = dialogue.port;
  return take(dialogue, rate === undefined ? { kind: 'opened' } : { kind: 'opened', rate });
};

/**
 * Steps through all that is there, in the order in which it happened, without waiting for anything; undefined where
 * nothing is left or the reader is too far behind. Stops at a step that wants something done before the next one.
 */
export const stepOn = <S, C, E>(dialogue: Dialogue<S, C, E>): Step<S, C> | undefined => {
  const { orders, intake, puller, outbox } = dialogue;
  while (!outbox.full) {
    const order = dialogue.mute ? undefined : orders?.take();
    const received = order === undefined ? intake.next() : undefined;
    let step: Step<S, C> | undefined;
    if (order !== undefined) step = takeOrder(dialogue, order);
    else if (received !== undefined) step = takeItem(dialogue, received);
    else {
      step = takeSilence(dialogue);
      const arrival = step === undefined ? puller.take() : undefined;
      if (arrival !== undefined) intake.take(arrival);
      else if (step === undefined) return undefined;
    }
    if (step !== undefined && isActive(step)) return step;
  }
  return undefined;
};

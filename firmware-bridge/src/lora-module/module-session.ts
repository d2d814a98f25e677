import { elapsedMs, type MonoNs, type Order } from '@outpost/schemas/words';
import type { Input, Remembered, Session, Step } from '../session.ts';
import { waitedEnough } from './asking.ts';
import { readDuty } from './duty-memory.ts';
import type { Family } from './family.ts';
import { closePieces } from './hearing.ts';
import { failed, proceed } from './proceeding.ts';
import { frameNotSent, refuseOrder, takeOrder } from './sending.ts';
import type { RadioSettings } from './settings.ts';
import { after, change, newState, report, type State, type Turn } from './state.ts';
import { takeEvent, takeMalformed } from './taking.ts';

/** What has waited long enough by now. */
const takeDue = <C, E>(turn: Turn<C, E>): void => {
  const { waiting, piecesUntil, checkAt, plan } = turn.state;
  if (piecesUntil !== undefined && turn.now >= piecesUntil) closePieces(turn);
  if (waiting !== undefined && turn.now >= waiting.until) {
    const why = waitedEnough(turn);
    if (why !== undefined) failed(turn, why);
  } else if (checkAt !== undefined && turn.now >= checkAt && plan === undefined) {
    const { checkAfterMs = 0 } = turn.family;
    change(turn, { needsSetUp: true, checkAt: after(turn, checkAfterMs) });
  }
};

const silenceAfterMs = <C, E>({ state, now }: Turn<C, E>): number | undefined => {
  const dues = [
    state.waiting?.until,
    state.piecesUntil,
    state.plan === undefined ? state.checkAt : undefined,
  ];
  const first = dues.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a), undefined);
  return first === undefined ? undefined : Math.max(0, elapsedMs(now, first));
};

const opened = <C, E>(turn: Turn<C, E>, input: Extract<Input<E>, { readonly kind: 'opened' }>): void => {
  const [rate] = turn.family.rates;
  const known = input.rate?.auto === true ? { ...input.rate, baud: rate } : input.rate;
  if (known?.auto === true) turn.baud = rate;
  change(turn, { rate: known });
  report(turn, 'setting-up');
};

const endOfPort = <C, E>(turn: Turn<C, E>): void => {
  if (turn.reopen === undefined) return;
  closePieces(turn);
  frameNotSent(turn, 'module-silent', true);
  const { orders, restartOrder } = turn.state;
  for (const order of restartOrder === undefined ? orders : [restartOrder, ...orders]) {
    refuseOrder(turn, order, 'module-silent', 'the module does not answer.');
  }
  change(turn, { orders: [], restartOrder: undefined });
};

const stepOf = <C, E>(turn: Turn<C, E>): Step<State<C, E>, C> => {
  proceed(turn);
  endOfPort(turn);
  const { state, commands, said, fates, outcomes, happenings, status, reopen, baud } = turn;
  return {
    state,
    commands,
    said,
    fates,
    whenKept: [],
    silenceAfterMs: silenceAfterMs(turn),
    ...(outcomes.length === 0 ? {} : { outcomes }),
    ...(happenings.length === 0 ? {} : { happenings }),
    ...(status === undefined ? {} : { status }),
    ...(reopen === undefined ? {} : { reopen }),
    ...(baud === undefined ? {} : { baud }),
  };
};

/**
 * The dialogue with any serial LoRa module: sets it up until it says that it listens, keeps it listening, puts
 * receptions together from their pieces, notices a restart, a silence and a wrong rate, and sends what the law lets
 * it send.
 */
export const moduleSession = <Command, Event>(
  family: Family<Command, Event>,
  settings: RadioSettings | undefined,
  remembered: Remembered | undefined,
): Session<State<Command, Event>, Command, Event> => {
  const newTurn = (state: State<Command, Event>, now: MonoNs): Turn<Command, Event> => ({
    now,
    family,
    settings,
    state,
    commands: [],
    said: [],
    fates: [],
    outcomes: [],
    happenings: [],
    status: undefined,
    reopen: undefined,
    baud: undefined,
  });
  return {
    initial: newState(),
    step: (state, input, now) => {
      const turn = newTurn(state, now);
      switch (input.kind) {
        case 'opened':
          change(turn, { ledger: readDuty(remembered, now) });
          opened(turn, input);
          break;
        case 'event':
          takeEvent(turn, input.event, input.raw);
          break;
        case 'malformed':
          takeMalformed(turn, input);
          break;
        case 'silence':
          break;
      }
      takeDue(turn);
      return stepOf(turn);
    },
    order: (state, order: Order, now) => {
      const turn = newTurn(state, now);
      takeOrder(turn, order);
      takeDue(turn);
      return stepOf(turn);
    },
  };
};

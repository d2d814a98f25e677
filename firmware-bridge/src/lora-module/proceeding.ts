import { fault } from '@outpost/schemas/words';
import { type Failure, planOf, sayNext } from './asking.ts';
import { closePieces } from './hearing.ts';
import { frameNotSent, frameSent, outcome, sendFirst } from './sending.ts';
import { change, report, type Turn } from './state.ts';

const silentWords = <C, E>({ state, family }: Turn<C, E>): string => {
  const rates = family.rates.join(' or ');
  if (state.rate === undefined) return 'the module does not answer; is it the right kind, and has it power?';
  if (state.senseless === 0) {
    return `the module does not answer at ${state.rate.baud} baud; has it power? It usually speaks at ${rates}.`;
  }
  return `what comes at ${state.rate.baud} baud is no text of such a module; it usually speaks at ${rates}.`;
};

export const startSettingUp = <C, E>(turn: Turn<C, E>, withReset: boolean): void => {
  const { setUp, arm, reset } = turn.family;
  const asks = [...(withReset && reset !== undefined ? [reset] : []), ...setUp];
  change(turn, { needsSetUp: false, plan: planOf('set-up', arm === undefined ? asks : [...asks, arm]) });
};

/** Nothing answers: the next rate, a reset, or another attempt at the port. */
export const recover = <C, E>(turn: Turn<C, E>): void => {
  const { state, family } = turn;
  const next = family.rates[state.rateAt + 1];
  if (!state.isSet && state.rate?.auto === true && next !== undefined) {
    turn.baud = next;
    change(turn, { rateAt: state.rateAt + 1, rate: { ...state.rate, baud: next }, senseless: 0 });
    startSettingUp(turn, false);
  } else if (family.reset !== undefined && !state.wasReset) {
    change(turn, { wasReset: true, isSet: false, receiving: false });
    startSettingUp(turn, true);
  } else turn.reopen = fault('unreachable', `${family.name}.silent`, family.name, silentWords(turn));
};

export const failed = <C, E>(turn: Turn<C, E>, { purpose, code, silent }: Failure): void => {
  const { family } = turn;
  switch (purpose) {
    case 'piece':
      closePieces(turn);
      return;
    case 'send':
      frameNotSent(turn, code, silent);
      return;
    case 'set-up':
    case 'arm': {
      closePieces(turn);
      if (silent) {
        recover(turn);
        return;
      }
      if (purpose === 'arm' && turn.state.isSet) {
        change(turn, { isSet: false, needsSetUp: true });
        return;
      }
      const words = `the module refuses what it is to be set to (${code}); does its make cover the frequency?`;
      turn.reopen = fault('unreachable', `${family.name}.set-up-refused`, family.name, words);
    }
  }
};

const finished = <C, E>(turn: Turn<C, E>): void => {
  const { plan, restartOrder } = turn.state;
  change(turn, { plan: undefined });
  switch (plan?.purpose) {
    case 'set-up':
      change(turn, { isSet: true, receiving: true, wasReset: false, restartOrder: undefined });
      if (restartOrder !== undefined) {
        outcome(turn, { id: restartOrder.id, kind: 'done', words: 'the module was started anew.' });
      }
      if (turn.state.phase !== 'listening') report(turn, 'listening');
      return;
    case 'arm':
      change(turn, { receiving: true });
      return;
    case 'piece':
      // It was gone without: what is here is all there is.
      if (turn.state.pieceAsk === undefined) closePieces(turn);
      return;
    case 'send':
      frameSent(turn, undefined);
      return;
    case undefined:
      return;
  }
};

/** What to do while nothing is under way; false where there is nothing. */
const choose = <C, E>(turn: Turn<C, E>): boolean => {
  const { state, family } = turn;
  if (state.needsSetUp) startSettingUp(turn, state.restartOrder !== undefined);
  else if (state.pieceAsk !== undefined) {
    change(turn, { plan: planOf('piece', [{ ...state.pieceAsk, optional: true }]), pieceAsk: undefined });
  } else if (state.orders.length > 0) sendFirst(turn);
  else if (!state.receiving && family.arm !== undefined) change(turn, { plan: planOf('arm', [family.arm]) });
  else return false;
  return true;
};

export const proceed = <C, E>(turn: Turn<C, E>): void => {
  while (turn.reopen === undefined && turn.state.waiting === undefined) {
    const { plan } = turn.state;
    if (plan === undefined) {
      if (!choose(turn)) return;
    } else if (plan.asks.length === 0) finished(turn);
    else sayNext(turn, plan);
  }
};

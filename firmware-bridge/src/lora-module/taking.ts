import type { Input } from '../session.ts';
import { answered, refusedBy } from './asking.ts';
import { closePieces, takePiece, takeTold } from './hearing.ts';
import { failed, recover, startSettingUp } from './proceeding.ts';
import { frameNotSent, frameSent } from './sending.ts';
import { after, change, report, type Turn } from './state.ts';

/** A module that has just started prints its greeting first. */
const GREETING_MS = 500;
/** So many items without sense in a row, and the line is suspected. */
const SENSELESS_MAX = 8;

const restarted = <C, E>(turn: Turn<C, E>): void => {
  const { state, family } = turn;
  turn.fates.push({ kind: 'control' });
  const isExpected = state.waiting?.kind === 'settle' && state.plan?.asks[0]?.settleMs !== undefined;
  if (isExpected) return;
  closePieces(turn);
  frameNotSent(turn, 'module-restarted', true);
  if (state.isSet) {
    const words = 'the module started anew by itself; it is set up again. Does its power hold?';
    turn.happenings.push({ what: 'module-restarted', words: `${family.name}: ${words}` });
  }
  change(turn, { isSet: false, receiving: false });
  startSettingUp(turn, false);
  change(turn, { waiting: { kind: 'pause', command: undefined, until: after(turn, GREETING_MS) } });
  report(turn, 'setting-up');
};

const takeAnswer = <C, E>(turn: Turn<C, E>, raw: Uint8Array, holds: boolean): void => {
  const { plan, waiting } = turn.state;
  if (waiting?.kind !== 'answer') {
    turn.fates.push({ kind: 'dropped', reason: 'late' });
    return;
  }
  const isWord = plan?.purpose === 'send' && plan.asks[0]?.once === true;
  const isEvidence = isWord && frameSent(turn, raw);
  turn.fates.push(isEvidence ? { kind: 'observed' } : { kind: 'control' });
  answered(turn, holds);
};

const takeRefusal = <C, E>(
  turn: Turn<C, E>,
  { code, action }: { readonly code: string; readonly action: Parameters<typeof refusedBy>[2] },
): void => {
  if (turn.state.waiting?.kind !== 'answer') {
    turn.fates.push({ kind: 'dropped', reason: 'late' });
    return;
  }
  turn.fates.push({ kind: 'control' });
  const why = refusedBy(turn, code, action);
  if (why !== undefined) failed(turn, why);
  if (action === 'set-up' && turn.reopen === undefined) change(turn, { isSet: false, needsSetUp: true });
};

const takeReception = <C, E>(turn: Turn<C, E>, event: E, raw: Uint8Array, answers: boolean): void => {
  if (!turn.state.isSet) {
    turn.fates.push({ kind: 'dropped', reason: 'before-set-up' });
    return;
  }
  takePiece(turn, event, raw);
  if (turn.family.oneShot && !answers) change(turn, { receiving: false });
  if (answers && turn.state.waiting?.kind === 'answer') answered(turn, true);
};

/** What the module said. */
export const takeEvent = <C, E>(turn: Turn<C, E>, event: E, raw: Uint8Array): void => {
  const { family, state } = turn;
  const { checkAfterMs } = family;
  change(turn, {
    senseless: 0,
    simulated: state.simulated || family.isSimulator(event),
    checkAt: checkAfterMs === undefined ? undefined : after(turn, checkAfterMs),
  });
  const meaning = family.read(event, state.waiting?.kind === 'answer' ? state.waiting.command : undefined);
  switch (meaning.kind) {
    case 'answer':
      takeAnswer(turn, raw, meaning.holds ?? state.waiting?.holds ?? false);
      return;
    case 'aside':
      turn.fates.push({ kind: 'control' });
      if (meaning.holds !== undefined && state.waiting !== undefined) {
        change(turn, { waiting: { ...state.waiting, holds: meaning.holds } });
      }
      return;
    case 'refusal':
      takeRefusal(turn, meaning);
      return;
    case 'piece':
      takeReception(turn, event, raw, meaning.answers === true);
      return;
    case 'idle':
      turn.fates.push({ kind: 'control' });
      change(turn, { receiving: false });
      return;
    case 'restarted':
      restarted(turn);
      return;
    case 'tells':
      takeTold(turn, event, raw);
      if (meaning.answers === true && turn.state.waiting?.kind === 'answer') answered(turn, true);
      return;
    case 'not-wanted':
      turn.fates.push({ kind: 'dropped', reason: meaning.reason });
  }
};

/** What nobody can read. */
export const takeMalformed = <C, E>(
  turn: Turn<C, E>,
  input: Extract<Input<E>, { readonly kind: 'malformed' }>,
): void => {
  turn.fates.push({ kind: 'quarantined', fault: input.fault, raw: input.raw });
  const senseless = turn.state.senseless + 1;
  change(turn, { senseless });
  // It may have been the one frame for which it was listening.
  if (turn.family.oneShot && turn.state.isSet) change(turn, { receiving: false });
  if (senseless !== SENSELESS_MAX) return;
  const { isSet, rate, plan } = turn.state;
  if (isSet) {
    // Whether it is the line or only what somebody sends, the module says when it is asked.
    if (plan === undefined) change(turn, { needsSetUp: true });
  } else if (rate?.auto === true) {
    change(turn, { plan: undefined, waiting: undefined });
    recover(turn);
  } else report(turn, 'wrong-rate');
};

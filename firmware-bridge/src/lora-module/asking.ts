import type { Ask, ErrorAction } from './family.ts';
import { after, change, type Plan, type Purpose, type Turn } from './state.ts';

/** How often the same is said before it counts as not answered. */
const TRIES_MAX = 3;
/** How often a module may put off the same. */
const PUT_OFF_MAX = 6;
/** After something was not answered: what still comes is late. */
const LATE_MS = 300;
/** How often receiving is stopped within one plan; a module that is still busy then is not receiving. */
const STOPS_MAX = 3;
const PUT_OFF_MS = 400;

/** Why a plan came to nothing. */
export interface Failure {
  readonly purpose: Purpose;
  readonly code: string;
  readonly silent: boolean;
}

const firstStage = <C>(ask: Ask<C> | undefined): number => (ask?.query === undefined ? 0 : -1);

export const planOf = <C>(purpose: Purpose, asks: readonly Ask<C>[], stops = 0): Plan<C> => ({
  purpose,
  asks,
  stage: firstStage(asks[0]),
  tries: 0,
  stops,
});

/** Says what the plan has to say next; there must be an ask and nothing to wait for. */
export const sayNext = <C, E>(turn: Turn<C, E>, plan: Plan<C>): void => {
  const [ask] = plan.asks;
  const command = plan.stage < 0 ? ask?.query : ask?.spellings[plan.stage];
  if (ask === undefined || command === undefined) throw new Error('A plan without anything to say.');
  turn.commands.push(command);
  change(turn, {
    plan: { ...plan, tries: plan.tries + 1 },
    waiting: {
      kind: ask.unanswered === true ? 'settle' : 'answer',
      command,
      until: after(turn, ask.withinMs),
    },
  });
};

const goOn = <C, E>(turn: Turn<C, E>, plan: Plan<C>): void => {
  const { purpose, asks, stops } = plan;
  change(turn, { plan: planOf(purpose, asks.slice(1), stops), waiting: undefined });
};

const pause = <C, E>(turn: Turn<C, E>, plan: Plan<C>, ms: number): void =>
  change(turn, { plan, waiting: { kind: 'pause', command: undefined, until: after(turn, ms) } });

/** What was asked is done; a query may say that it is not so yet. */
export const answered = <C, E>(turn: Turn<C, E>, holds: boolean): void => {
  const { plan } = turn.state;
  const [ask] = plan?.asks ?? [];
  if (plan === undefined || ask === undefined) return;
  if (plan.stage < 0 && !holds) {
    change(turn, { plan: { ...plan, stage: 0, tries: 0 }, waiting: undefined });
  } else if (plan.stage >= 0 && ask.settleMs !== undefined) {
    const until = after(turn, ask.settleMs);
    change(turn, { waiting: { kind: 'settle', command: undefined, until } });
  } else goOn(turn, plan);
};

const fail = <C, E>(turn: Turn<C, E>, plan: Plan<C>, code: string, silent: boolean): Failure | undefined => {
  if (plan.asks[0]?.optional === true) {
    goOn(turn, plan);
    return undefined;
  }
  change(turn, { plan: undefined, waiting: undefined });
  return { purpose: plan.purpose, code, silent };
};

const nextSpelling = <C, E>(
  turn: Turn<C, E>,
  plan: Plan<C>,
  code: string,
  silent: boolean,
): Failure | undefined => {
  const stage = plan.stage + 1;
  if (plan.asks[0]?.spellings[stage] === undefined) return fail(turn, plan, code, silent);
  const next = { ...plan, stage, tries: 0 };
  if (silent) pause(turn, next, LATE_MS);
  else change(turn, { plan: next, waiting: undefined });
  return undefined;
};

/** The module understood and said no. */
export const refusedBy = <C, E>(turn: Turn<C, E>, code: string, action: ErrorAction): Failure | undefined => {
  const { plan } = turn.state;
  if (plan === undefined) return undefined;
  const { stop } = turn.family;
  switch (action) {
    case 'next-spelling':
      return nextSpelling(turn, plan, code, false);
    case 'set-up':
      change(turn, { plan: undefined, waiting: undefined });
      return { purpose: plan.purpose, code, silent: false };
    case 'stop-first':
      if (stop === undefined || plan.stops >= STOPS_MAX) return fail(turn, plan, code, false);
      // It does not receive from here on, whatever becomes of this plan.
      change(turn, {
        plan: planOf(plan.purpose, [{ ...stop, optional: true }, ...plan.asks], plan.stops + 1),
        waiting: undefined,
        receiving: false,
      });
      return undefined;
    case 'again':
      if (plan.tries > PUT_OFF_MAX) return fail(turn, plan, code, false);
      pause(turn, plan, PUT_OFF_MS);
      return undefined;
  }
};

/** The time to wait is over. */
export const waitedEnough = <C, E>(turn: Turn<C, E>): Failure | undefined => {
  const { plan, waiting } = turn.state;
  if (plan === undefined || waiting === undefined) return undefined;
  switch (waiting.kind) {
    case 'pause':
      change(turn, { waiting: undefined });
      return undefined;
    case 'settle':
      goOn(turn, plan);
      return undefined;
    case 'answer':
      if (plan.asks[0]?.once === true) return fail(turn, plan, 'no-answer', true);
      if (plan.tries >= TRIES_MAX) return nextSpelling(turn, plan, 'no-answer', true);
      pause(turn, plan, LATE_MS);
      return undefined;
  }
};

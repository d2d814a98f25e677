import { type MonoNs, monoAfterMs, type OrderOutcome } from '@outpost/schemas/words';
import type { Fate, Happening, Said } from '../../session.ts';
import type { GwmpCommand } from './event.ts';
import type { GwmpOptions } from './options.ts';
import { type Gateway, type State, withEntry } from './state.ts';

/** One step on its way: what it changes and what it wants done. It does not outlive the step. */
export interface Turn {
  readonly options: GwmpOptions;
  readonly now: MonoNs;
  state: State;
  readonly commands: GwmpCommand[];
  readonly said: Said[];
  readonly fates: Fate[];
  readonly whenKept: GwmpCommand[];
  readonly outcomes: OrderOutcome[];
  readonly happenings: Happening[];
}

export const beginTurn = (options: GwmpOptions, state: State, now: MonoNs): Turn => ({
  options,
  now,
  state,
  commands: [],
  said: [],
  fates: [],
  whenKept: [],
  outcomes: [],
  happenings: [],
});

export const change = (turn: Turn, part: Partial<State>): void => {
  turn.state = { ...turn.state, ...part };
};

export const changeGateway = (turn: Turn, gateway: Gateway): void =>
  change(turn, { gateways: withEntry(turn.state.gateways, gateway.eui, gateway) });

export const drop = (turn: Turn, reason: string): void => {
  turn.fates.push({ kind: 'dropped', reason });
};

export const happen = (turn: Turn, what: string, words: string): void => {
  turn.happenings.push({ what, words });
};

/** Things told lately that are remembered; what does not fit is not told, so that nobody can fill the journal. */
const TOLD_MAX = 256;

/** Tells something that may come again and again, once in so long. */
export const happenOnceIn = (turn: Turn, key: string, ms: number, what: string, words: string): void => {
  const { now, state } = turn;
  const until = state.told.get(key);
  if (until !== undefined && until > now) return;
  let { told } = state;
  if (told.size >= TOLD_MAX && until === undefined) {
    told = new Map([...told].filter(([, each]) => each > now));
    if (told.size >= TOLD_MAX) return;
  }
  change(turn, { told: withEntry(told, key, monoAfterMs(now, ms)) });
  happen(turn, what, words);
};

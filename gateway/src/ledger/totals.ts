import { NS_PER_S, type WallNs, wallNs } from '@outpost/schemas/words';
import type { AnyNetwork } from '../networks/contract.ts';
import type { Reward } from '../record/reward.ts';
import { type Amounts, newAmounts } from './amounts.ts';
import type { DayTotals, Expected, Fate, FateKind, PredictionScore } from './lines.ts';

/** Days times networks that are told apart; a clock that jumped about makes no more of them. */
const DAYS_MAX = 16_384;

const HOUR_NS = 3_600n * NS_PER_S;

export const hourOf = (wall: WallNs): WallNs => wallNs(wall - (((wall % HOUR_NS) + HOUR_NS) % HOUR_NS));

/** Dates that a calendar has: beyond them a clock was wrong. */
const MS_MAX = 8.64e15;

/** `2026-11-24` (UTC); empty where a clock said something that is no date. */
export const dayOf = (wall: WallNs): string => {
  const ms = Number(wall / 1_000_000n);
  return Math.abs(ms) > MS_MAX ? '' : new Date(ms).toISOString().slice(0, 10);
};

interface Day {
  readonly network: string;
  readonly day: string;
  readonly of: AnyNetwork['follows'];
  readonly counts: Record<FateKind, number>;
  readings: number;
  readonly amounts: Amounts;
}

interface Counted {
  readonly network: string;
  readonly kind: FateKind;
  readonly day: string;
  /** Readings that it is about. */
  readonly readings: number;
  readonly reward: Reward | undefined;
}

/** Sums by network and day, exact whatever their number. */
export interface TotalsBook {
  add(of: AnyNetwork['follows'], counted: Counted): void;
  list(): readonly DayTotals[];
}

const newDay = (network: string, day: string, of: AnyNetwork['follows']): Day => ({
  network,
  day,
  of,
  counts: { settled: 0, refused: 0, expired: 0, unknown: 0, withheld: 0, pending: 0 },
  readings: 0,
  amounts: newAmounts(),
});

export const newTotalsBook = (): TotalsBook => {
  const days = new Map<string, Day>();
  const dayFor = (network: string, day: string, of: AnyNetwork['follows']): Day => {
    const told = days.size < DAYS_MAX ? day : '';
    const key = `${day}\n${network}\n${of}`;
    const known = days.get(key) ?? days.get(`${told}\n${network}\n${of}`);
    if (known !== undefined) return known;
    const made = newDay(network, told, of);
    days.set(`${told}\n${network}\n${of}`, made);
    return made;
  };
  return {
    add(of, { network, kind, day, readings, reward }) {
      const sums = dayFor(network, day, of);
      sums.counts[kind] += 1;
      if (kind !== 'settled') return;
      sums.readings += readings;
      if (reward !== undefined) sums.amounts.add(reward);
    },
    list: () =>
      [...days.values()]
        .sort((a, b) => (`${a.day}\n${a.network}` < `${b.day}\n${b.network}` ? -1 : 1))
        .map(({ amounts, ...day }) => ({ ...day, rewards: amounts.list() })),
  };
};

/** Reasons of one network that are told apart; the rest counts as one. */
const REASONS_MAX = 16;

type Scored = Pick<Fate, 'network' | 'kind' | 'predicted'>;

/** Compares what was expected with what came. */
export interface ScoreBook {
  add(fate: Scored): void;
  list(): readonly PredictionScore[];
}

/** Why something is expected, without what is different each time: sizes, amounts, numbers. */
const reasonOf = (words: string): string => words.replace(/\d+(\.\d+)?/g, '…');

/** Counts by reason. */
const newReasons = () => {
  const counts = new Map<string, Expected>();
  return {
    add({ expect, words }: Pick<Expected, 'expect' | 'words'>): void {
      const reason = reasonOf(words);
      const key = `${expect} ${reason}`;
      const isTold = counts.has(key) || counts.size < REASONS_MAX;
      const told = isTold ? { expect, words: reason } : { expect: 'unsure' as const, words: 'other reasons' };
      const name = isTold ? key : '';
      counts.set(name, { ...told, times: (counts.get(name)?.times ?? 0) + 1 });
    },
    list: (): readonly Expected[] => [...counts.values()].sort((a, b) => b.times - a.times),
  };
};

interface Score {
  right: number;
  wrong: number;
  unsure: number;
  open: number;
  readonly reasons: ReturnType<typeof newReasons>;
}

export const newScoreBook = (): ScoreBook => {
  const scores = new Map<string, Score>();
  const scoreOf = (network: string): Score => {
    const known = scores.get(network);
    const score = known ?? { right: 0, wrong: 0, unsure: 0, open: 0, reasons: newReasons() };
    if (known === undefined) scores.set(network, score);
    return score;
  };
  return {
    add({ network, kind, predicted }) {
      if (predicted === undefined) return;
      const score = scoreOf(network);
      if (kind === 'pending') {
        score.open += 1;
        score.reasons.add(predicted);
      }
      // What nobody answered for shows nothing of what a network would have said.
      if (kind !== 'settled' && kind !== 'refused') return;
      if (predicted.expect === 'unsure') score.unsure += 1;
      else if ((predicted.expect === 'accepted') === (kind === 'settled')) score.right += 1;
      else score.wrong += 1;
    },
    list: () =>
      [...scores].map(([network, { reasons, ...score }]) => ({
        network,
        ...score,
        expected: reasons.list(),
      })),
  };
};

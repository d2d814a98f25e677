import { elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { newPower, type Power } from './power.ts';

/**
 * What outlives a connection, and a run of the program: budgets, and what they were spent on. Ages in milliseconds,
 * because no clock of one run means anything in the next one.
 */
interface Kept {
  readonly blind: readonly number[];
  readonly wakes: readonly number[];
  readonly awake: readonly (readonly [agoMs: number, seconds: number])[];
  readonly looked: number | undefined;
  readonly driven: number | undefined;
  readonly blindInVain: number;
  readonly looksInVain: number;
  readonly wokenInARow: number;
}

/** Changes where something worth keeping did, rather than with time. */
export const keptMark = ({ account, mode, look, since }: Power): string =>
  [mode, since, look?.at ?? 0, account.blind.length, account.wakes.length].join();

/** As text, for whoever keeps it. */
export const powerText = (power: Power, now: MonoNs): string => {
  const { account, look, drivenAt, blindInVain, looksInVain, wokenInARow } = power;
  const ago = (at: MonoNs): number => Math.max(0, Math.round(elapsedMs(at, now)));
  const agoIf = (at: MonoNs | undefined): number | undefined => (at === undefined ? undefined : ago(at));
  const kept: Kept = {
    blind: account.blind.map(ago),
    wakes: account.wakes.map(ago),
    awake: account.awake.map(({ from, seconds }) => [ago(from), Math.round(seconds)]),
    looked: agoIf(look?.at),
    driven: agoIf(drivenAt),
    blindInVain,
    looksInVain,
    wokenInARow,
  };
  return JSON.stringify(kept);
};

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
const areCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every(isCount);
const isAge = (value: unknown): boolean => value === undefined || isCount(value);

const keptOf = (text: string): Kept | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { blind, wakes, awake, looked, driven, ...counts } = value as Record<keyof Kept, unknown>;
    const lists = areCounts(blind) && areCounts(wakes) && Array.isArray(awake) && awake.every(areCounts);
    const numbers = [counts.blindInVain, counts.looksInVain, counts.wokenInARow].every(isCount);
    return lists && numbers && isAge(looked) && isAge(driven) ? (value as Kept) : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Goes on from what was kept, `agedMs` ago; 0 where that is not known, which spends no budget twice. Text that is none
 * of ours begins anew.
 */
export const powerFrom = (text: string | undefined, agedMs: number, now: MonoNs): Power => {
  const kept = text === undefined ? undefined : keptOf(text);
  if (kept === undefined) return newPower(now);
  const at = (agoMs: number): MonoNs => monoAfterMs(now, -(agoMs + agedMs));
  const { looked, driven, blindInVain, looksInVain, wokenInARow } = kept;
  const account = {
    blind: kept.blind.map(at),
    wakes: kept.wakes.map(at),
    awake: kept.awake.map(([agoMs, seconds]) => ({ from: at(agoMs), seconds })),
  };
  return {
    ...newPower(now, account),
    drivenAt: driven === undefined ? undefined : at(driven),
    look:
      looked === undefined
        ? undefined
        : { at: at(looked), blind: false, millivolts: undefined, answered: false, settled: true },
    blindInVain,
    looksInVain,
    wokenInARow,
  };
};

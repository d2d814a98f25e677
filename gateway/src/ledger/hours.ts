import type { WallNs } from '@outpost/schemas/words';
import type { SettlementKind } from '../record/entry.ts';
import type { Reward } from '../record/reward.ts';
import { type Amounts, newAmounts } from './amounts.ts';
import type { HourSums } from './lines.ts';
import { hourOf } from './totals.ts';

/** Hours times networks times devices that are summed at once; the first of more is shown early. */
const HOURS_MAX = 16_384;
/** Codes of one hour that are told apart; the rest counts as `other`. */
const CODES_MAX = 32;

interface Hour {
  readonly network: string;
  readonly device: string;
  readonly hour: WallNs;
  readonly counts: Record<SettlementKind, number>;
  readonly codes: Map<string, number>;
  readonly amounts: Amounts;
}

export interface ReadingEnd {
  readonly kind: SettlementKind;
  readonly code: string;
  readonly reward: Reward | undefined;
}

/** Sums what became of readings by network, device and the hour in which it was known. */
export interface HourBook {
  /** Gives the sums of an hour that has to make room. */
  add(network: string, device: string, wall: WallNs, end: ReadingEnd): HourSums | undefined;
  /** The rest, oldest hour first. */
  list(): readonly HourSums[];
}

const sumsOf = ({ amounts, ...hour }: Hour): HourSums => ({ ...hour, rewards: amounts.list() });

export const newHourBook = (): HourBook => {
  const hours = new Map<string, Hour>();

  const makeRoom = (): HourSums | undefined => {
    const [first] = hours;
    if (first === undefined || hours.size < HOURS_MAX) return undefined;
    hours.delete(first[0]);
    return sumsOf(first[1]);
  };

  return {
    add(network, device, wall, { kind, code, reward }) {
      const hour = hourOf(wall);
      const key = `${network}\n${device}\n${hour}`;
      let sums = hours.get(key);
      const early = sums === undefined ? makeRoom() : undefined;
      if (sums === undefined) {
        const counts = { settled: 0, refused: 0, expired: 0, unknown: 0 };
        sums = { network, device, hour, counts, codes: new Map(), amounts: newAmounts() };
        hours.set(key, sums);
      }
      sums.counts[kind] += 1;
      if (reward !== undefined) sums.amounts.add(reward);
      if (kind === 'settled') return early;
      const told = sums.codes.has(code) || sums.codes.size < CODES_MAX ? code : 'other';
      sums.codes.set(told, (sums.codes.get(told) ?? 0) + 1);
      return early;
    },
    list: () =>
      [...hours.values()]
        .map(sumsOf)
        .sort((a, b) => (a.hour === b.hour ? (a.network < b.network ? -1 : 1) : a.hour < b.hour ? -1 : 1)),
  };
};

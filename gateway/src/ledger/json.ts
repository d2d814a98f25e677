import { toHex, type WallNs } from '@outpost/schemas/words';
import type { Prediction } from '../networks/contract.ts';
import type { Reward } from '../record/reward.ts';
import { type Amount, decimalText } from './amounts.ts';
import type { Fate, HourSums, LedgerLine, Life, ReadingLine, Totals } from './lines.ts';
import type { NewestLine } from './newest.ts';

const MS_MAX = 8.64e15;

const timeJson = (wall: WallNs | undefined): string | null => {
  const ms = wall === undefined ? Number.NaN : Number(wall / 1_000_000n);
  return Math.abs(ms) <= MS_MAX ? new Date(ms).toISOString() : null;
};

/** A number as text, because no reader of JSON is bound to keep more than 53 bits of one. */
const amountJson = ({ unit, basis, ...number }: Amount | Reward) => ({
  unit,
  basis,
  amount: decimalText({ ...number, mantissa: BigInt(number.mantissa) }),
});

const rewardJson = (reward: Reward | undefined) => (reward === undefined ? null : amountJson(reward));

const predictionJson = ({ expect, words, reward }: Prediction) => ({
  expect,
  words,
  reward: rewardJson(reward),
});

const fateJson = ({
  network,
  kind,
  code,
  words,
  wall,
  hasReceipt,
  refusedReadings,
  reward,
  predicted,
}: Fate) => ({
  network,
  fate: kind,
  code,
  words,
  at: timeJson(wall),
  receipt: hasReceipt,
  refusedReadings,
  reward: rewardJson(reward),
  ...(predicted === undefined ? {} : { predicted: predictionJson(predicted) }),
});

export const lifeJson = ({ hash, stream, epoch, counter, readings, origin, made, trust, ...life }: Life) => ({
  line: 'attestation',
  attestation: toHex(hash),
  stream,
  epoch: toHex(epoch),
  counter,
  readings,
  origin,
  made: timeJson(made),
  trust,
  fates: life.fates.map(fateJson),
  later: life.later,
  networks: life.networks,
});

const lateJson = ({ stream, hash, fate }: Extract<LedgerLine, { readonly kind: 'late' }>) => ({
  line: 'late',
  attestation: toHex(hash),
  stream,
  fates: [fateJson(fate)],
});

export const hourJson = ({ hour, codes, rewards, ...sums }: HourSums) => ({
  line: 'hour',
  ...sums,
  hour: timeJson(hour),
  codes: Object.fromEntries(codes),
  rewards: rewards.map(amountJson),
});

const readingJson = ({ reading, offset, kind, wall, reward, predicted, ...said }: ReadingLine) => ({
  line: 'reading',
  ...said,
  offset: String(offset),
  reading:
    reading === undefined ? null : { ...reading, epoch: toHex(reading.epoch), wall: timeJson(reading.wall) },
  fate: kind,
  at: timeJson(wall),
  reward: rewardJson(reward),
  ...(predicted === undefined ? {} : { predicted: predictionJson(predicted) }),
});

export const totalsJson = ({ days, ...rest }: Totals) => ({
  line: 'totals',
  ...rest,
  days: days.map(({ rewards, ...day }) => ({ ...day, rewards: rewards.map(amountJson) })),
});

export type FateJson = ReturnType<typeof fateJson>;
export type LifeJson = ReturnType<typeof lifeJson>;
export type HourJson = ReturnType<typeof hourJson>;
export type TotalsJson = ReturnType<typeof totalsJson>;

/** One line of the ledger for scripts; undefined for one about progress. */
export const ledgerJson = (line: NewestLine): object | undefined => {
  switch (line.kind) {
    case 'attestation':
      return lifeJson(line.life);
    case 'late':
      return lateJson(line);
    case 'hour':
      return hourJson(line.sums);
    case 'reading':
      return readingJson(line.line);
    case 'totals':
      return totalsJson(line.totals);
    case 'omitted':
      return { line: 'omitted', rows: line.rows, hours: line.hours };
    case 'progress':
      return undefined;
  }
};

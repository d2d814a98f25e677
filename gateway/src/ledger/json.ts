import { toHex, type WallNs } from '@outpost/schemas/words';
import type { Prediction } from '../networks/contract.ts';
import type { Reward } from '../record/reward.ts';
import { type Amount, decimalText } from './amounts.ts';
import type { Fate, LedgerLine, Life } from './lines.ts';

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

const fateJson = ({ network, kind, code, words, wall, hasReceipt, reward, predicted }: Fate) => ({
  network,
  fate: kind,
  code,
  words,
  at: timeJson(wall),
  receipt: hasReceipt,
  reward: rewardJson(reward),
  ...(predicted === undefined ? {} : { predicted: predictionJson(predicted) }),
});

const lifeJson = ({ hash, stream, epoch, counter, readings, origin, made, trust, ...life }: Life) => ({
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

/** One line of the ledger for scripts and the page; undefined for one about progress. */
export const ledgerJson = (line: LedgerLine): object | undefined => {
  switch (line.kind) {
    case 'attestation':
      return { line: 'attestation', ...lifeJson(line.life) };
    case 'late': {
      const { stream, hash, fate } = line;
      return { line: 'late', attestation: toHex(hash), stream, fates: [fateJson(fate)] };
    }
    case 'hour': {
      const { hour, codes, rewards, ...sums } = line.sums;
      const shown = { codes: Object.fromEntries(codes), rewards: rewards.map(amountJson) };
      return { line: 'hour', ...sums, hour: timeJson(hour), ...shown };
    }
    case 'reading': {
      const { reading, offset, kind, wall, reward, ...said } = line.line;
      const of =
        reading === undefined
          ? null
          : { ...reading, epoch: toHex(reading.epoch), wall: timeJson(reading.wall) };
      const end = { fate: kind, at: timeJson(wall), reward: rewardJson(reward) };
      return { line: 'reading', ...said, offset: String(offset), reading: of, ...end };
    }
    case 'totals': {
      const { days, ...rest } = line.totals;
      const shown = days.map(({ rewards, ...day }) => ({ ...day, rewards: rewards.map(amountJson) }));
      return { line: 'totals', ...rest, days: shown };
    }
    case 'progress':
      return undefined;
  }
};

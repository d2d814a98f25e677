import type { Amount } from '../ledger/amounts.ts';
import { MEASUREMENTS } from './names.ts';
import { type Point, printable } from './point.ts';
import type { DeliveriesRecord, ReceiptRecord } from './records.ts';
import { pointTime } from './timestamp.ts';

const INT64_MAX = 2n ** 63n - 1n;

/** What tells rewards apart that must never be added up. */
const rewardTags = ({ unit, basis, decimals }: Amount): Readonly<Record<string, string>> => ({
  unit,
  basis,
  // Whole units need no word; of the others sums are exact where their decimals are the same.
  ...(decimals === 0 ? {} : { decimals: String(decimals) }),
});

/**
 * `reward` in units, rounded once, for panels; `amount` exactly, in 10^−decimals of the unit, for whoever adds up. A sum
 * that no 64 bits hold has the first alone.
 */
const rewardFields = ({ mantissa, decimals }: Amount) => ({
  floats: { reward: Number(mantissa) / 10 ** decimals },
  integers: mantissa <= INT64_MAX ? { amount: mantissa } : {},
});

const amountOf = ({ reward }: ReceiptRecord): Amount | undefined =>
  reward === undefined ? undefined : { ...reward, mantissa: BigInt(reward.mantissa) };

/** What a network said of one attestation, and what it gave for it. */
export const receiptPoint = (record: ReceiptRecord): Point => {
  const { network, device, stream, verdict, attestation, code, words, wall, ordinal } = record;
  const amount = amountOf(record);
  const { floats, integers } = amount === undefined ? { floats: {}, integers: {} } : rewardFields(amount);
  return {
    measurement: MEASUREMENTS.receipts,
    tags: { network, device, stream, verdict, ...(amount === undefined ? {} : rewardTags(amount)) },
    floats,
    integers: { count: 1, ...integers },
    texts: { attestation, code: printable(code), text: printable(words) },
    at: pointTime(wall, '', ordinal),
  };
};

/** How many single readings a network answered for in one way at once, and what it gave for them together. */
export const deliveriesPoint = (record: DeliveriesRecord): Point => {
  const { network, verdict, count, reward, wall, ordinal } = record;
  const { floats, integers } = reward === undefined ? { floats: {}, integers: {} } : rewardFields(reward);
  return {
    measurement: MEASUREMENTS.deliveries,
    tags: { network, verdict, ...(reward === undefined ? {} : rewardTags(reward)) },
    floats,
    integers: { count, ...integers },
    at: pointTime(wall, '', ordinal),
  };
};

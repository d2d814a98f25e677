import { decodeCbor, encodeCbor } from '@outpost/schemas/evidence';
import { type WallNs, wallNs } from '@outpost/schemas/words';
import type { Entry, Offset } from '../journal/contract.ts';
import { KIND } from './entry.ts';
import { type Rewarded, rewardedOf, rewardsCbor } from './reward.ts';

/** Readings that are about to be sent to a network that must not get them twice, by their places in the journal. */
export interface Intents {
  readonly network: string;
  readonly readings: readonly Offset[];
}

export type LiveEnd = 'settled' | 'refused' | 'expired' | 'unknown';

/** One reading that did not simply arrive. */
export interface Unsettled {
  readonly reading: Offset;
  readonly kind: Exclude<LiveEnd, 'settled'>;
  readonly code: string;
  readonly words: string;
}

/** How the way of some readings to one network ended. */
export interface ReadingsSettled {
  readonly network: string;
  readonly wall: WallNs;
  readonly settled: readonly Rewarded[];
  readonly others: readonly Unsettled[];
}

const KINDS: readonly Unsettled['kind'][] = ['refused', 'expired', 'unknown'];

export const intentsEntry = ({ network, readings }: Intents): Entry => ({
  kind: KIND.intents,
  stream: 0,
  bytes: encodeCbor([network, [...readings]]),
});

export const readingsSettledEntry = ({ network, wall, settled, others }: ReadingsSettled): Entry => ({
  kind: KIND.readingsSettled,
  stream: 0,
  bytes: encodeCbor([
    network,
    wall,
    settled.map(({ reading }) => reading),
    others.map(({ reading, kind, code, words }) => [reading, KINDS.indexOf(kind), code, words]),
    ...(settled.some(({ reward }) => reward !== undefined) ? [rewardsCbor(settled)] : []),
  ]),
});

const isWhole = (value: unknown): value is number | bigint =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));

const offsetsOf = (value: unknown): readonly Offset[] | undefined =>
  Array.isArray(value) && value.every(isWhole) ? value.map((each) => BigInt(each) as Offset) : undefined;

const fieldsOf = (bytes: Uint8Array): readonly unknown[] => {
  const decoded = decodeCbor(bytes);
  return decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
};

/** Undefined where the entry does not read (damaged). */
export const readIntents = (bytes: Uint8Array): Intents | undefined => {
  const [network, offsets] = fieldsOf(bytes);
  const readings = offsetsOf(offsets);
  return typeof network === 'string' && readings !== undefined ? { network, readings } : undefined;
};

const unsettledOf = (value: unknown): Unsettled | undefined => {
  const [reading, kindNumber, code, words] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const kind = KINDS[Number(kindNumber)];
  if (!isWhole(reading) || kind === undefined) return undefined;
  return { reading: BigInt(reading) as Offset, kind, code: String(code), words: String(words) };
};

/** Undefined where the entry does not read (damaged). */
export const readReadingsSettled = (bytes: Uint8Array): ReadingsSettled | undefined => {
  const [network, wall, settledOffsets, list, rewards] = fieldsOf(bytes);
  const offsets = offsetsOf(settledOffsets);
  if (typeof network !== 'string' || !isWhole(wall) || offsets === undefined || !Array.isArray(list)) {
    return undefined;
  }
  const others = list.map(unsettledOf).filter((each) => each !== undefined);
  return { network, wall: wallNs(BigInt(wall)), settled: rewardedOf(offsets, rewards), others };
};

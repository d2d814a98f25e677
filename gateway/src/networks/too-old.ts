import type { WallNs } from '@outpost/schemas/words';
import type { LiveDelivery, Prediction } from './contract.ts';

/** Whether a reading is worth nothing any more; where its clock could not be believed, nobody can say. */
export const isTooOld = (
  { trust, wall }: Pick<LiveDelivery, 'trust' | 'wall'>,
  expiresAfterMs: number,
  now: WallNs,
): boolean => trust !== 'none' && Number(now - wall) / 1e6 > expiresAfterMs;

/** That a reading which waits is not sent any more; undefined where it is, or was. */
export const predictTooOld = (
  reading: Pick<LiveDelivery, 'trust' | 'wall'>,
  expiresAfterMs: number,
  now: WallNs | undefined,
): Prediction | undefined =>
  now === undefined || !isTooOld(reading, expiresAfterMs, now)
    ? undefined
    : { expect: 'refused', words: 'It is too old for this network by now, and is not sent any more.' };

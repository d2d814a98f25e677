import { elapsedMs, type MonoNs } from '@outpost/schemas/words';

/** What may still be taken, filled up as time goes by. */
export interface Bucket {
  readonly left: number;
  readonly at: MonoNs;
}

/** So many a second on average, and this many at once. */
export interface Pace {
  readonly perSecond: number;
  readonly burst: number;
}

/** Takes one. `bucket` is undefined where it is not there yet: then it is full. */
export const draw = (
  bucket: Bucket | undefined,
  { perSecond, burst }: Pace,
  now: MonoNs,
): { readonly bucket: Bucket; readonly allowed: boolean } => {
  const filled =
    bucket === undefined
      ? burst
      : Math.min(burst, bucket.left + (elapsedMs(bucket.at, now) * perSecond) / 1_000);
  const allowed = filled >= 1;
  return { bucket: { left: allowed ? filled - 1 : filled, at: now }, allowed };
};

import { type CodeMemory, codeAppears } from './codes.ts';

/** Something in the car breaks at a moment of its life. */
export interface Trouble {
  readonly code: string;
  /** Since the simulation began; while the car is parked nobody notices until the next drive. */
  readonly atMs: number;
  /**
   * `at-once`: a continuous monitor, sure of itself after seconds. `next-drive`: the code stays pending until the
   * cause is seen again in the drive after this one.
   */
  readonly confirmed?: 'at-once' | 'next-drive';
}

/** What has broken by now enters the memory of a running car. */
export const troublesAt = (
  memory: CodeMemory,
  troubles: readonly Trouble[] | undefined,
  nowMs: number,
): CodeMemory => {
  if (troubles === undefined) return memory;
  let next = memory;
  for (const { code, atMs, confirmed = 'at-once' } of troubles) {
    if (atMs <= nowMs) next = codeAppears(next, code, confirmed === 'at-once' ? 0 : 1);
  }
  return next;
};

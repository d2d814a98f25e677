/**
 * How long a radio hears nothing between two frames, counted by doubling lengths: from under 1 s to over 4 days. What
 * was counted long ago weighs less.
 */
export interface Gaps {
  readonly counts: readonly number[];
  readonly total: number;
}

const CLASSES = 40;
const CLASSES_PER_DOUBLING = 2;
/** When so many are counted, all of them weigh half. */
const HALVED_AT = 2_000;

export const NO_GAPS: Gaps = { counts: Array.from({ length: CLASSES }, () => 0), total: 0 };

const classOf = (ms: number): number => {
  const doublings = Math.log2(Math.max(1, ms / 1_000));
  return Math.min(CLASSES - 1, Math.ceil(doublings * CLASSES_PER_DOUBLING));
};

export const withGap = ({ counts, total }: Gaps, ms: number): Gaps => {
  const at = classOf(ms);
  const next = counts.map((count, i) => (i === at ? count + 1 : count));
  if (total + 1 < HALVED_AT) return { counts: next, total: total + 1 };
  const halved = next.map((count) => count / 2);
  return { counts: halved, total: halved.reduce((sum, count) => sum + count, 0) };
};

/** Milliseconds within which 99 of 100 gaps end, rounded up to a class. 0 where nothing was counted. */
export const gap99Ms = ({ counts, total }: Gaps): number => {
  let left = total * 0.99;
  for (const [i, count] of counts.entries()) {
    left -= count;
    if (count > 0 && left <= 0) return 1_000 * 2 ** (i / CLASSES_PER_DOUBLING);
  }
  return 0;
};

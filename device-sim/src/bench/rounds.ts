/** Milliseconds of one call, by the monotonic clock; benchmarks are the one place that measures so. */
export const timedMs = async (work: () => void | Promise<void>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError('no values to take the median of');
  return (low + high) / 2;
};

/** The value that `part` (0 to 1) of the values do not exceed. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  if (value === undefined) throw new RangeError('no values to take a quantile of');
  return value;
};

export interface RoundOptions {
  readonly rounds: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

/**
 * Runs the works in turn, round after round, in alternating order, so that what else the machine does falls on all
 * of them; the first round warms up and does not count. Milliseconds by work.
 */
export const rounds = async <Name extends string>(
  works: Readonly<Record<Name, () => void | Promise<void>>>,
  { rounds: count, signal, say }: RoundOptions,
): Promise<Readonly<Record<Name, readonly number[]>>> => {
  const names = Object.keys(works) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round <= count; round += 1) {
    signal.throwIfAborted();
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const ms = await timedMs(works[name]);
      if (round > 0) times[name].push(ms);
    }
    say(`round ${round} of ${count}`);
  }
  return times;
};

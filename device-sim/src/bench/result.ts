/** A figure beside its reference, measured in the same run: above 1 is better than the reference. */
export interface Ratio {
  readonly what: string;
  readonly ratio: number;
  /** What it should be, in words: `≥ 2`. */
  readonly bar?: string;
}

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly bar?: string;
}

export interface BenchResult {
  readonly name: string;
  readonly ratios: readonly Ratio[];
  readonly figures: readonly Figure[];
}

export interface BenchOptions {
  /** A short run that shows that the benchmark works; its figures mean little. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
  /** Progress, a line at a time. */
  say(line: string): void;
}

export type Bench = (options: BenchOptions) => Promise<BenchResult>;

/** How far behind the highest sequence one may be and still be new (the window of RFC 4303 §3.4.3). */
export const WINDOW = 64;

/** Which sequences have been. */
export interface Sequences {
  /** −1 before the first. */
  readonly highest: number;
  /** Bit n: whether `highest` − n has been. */
  readonly seen: bigint;
}

export const NO_SEQUENCES: Sequences = { highest: -1, seen: 0n };

const MASK = (1n << BigInt(WINDOW)) - 1n;

/** `new`: never been. `repeated`: has been. `old`: too far behind to tell. */
export const judgeSequence = ({ highest, seen }: Sequences, sequence: number): 'new' | 'repeated' | 'old' => {
  if (sequence > highest) return 'new';
  const behind = highest - sequence;
  if (behind >= WINDOW) return 'old';
  return ((seen >> BigInt(behind)) & 1n) === 1n ? 'repeated' : 'new';
};

export const withSequence = ({ highest, seen }: Sequences, sequence: number): Sequences => {
  if (sequence <= highest) return { highest, seen: seen | (1n << BigInt(highest - sequence)) };
  const ahead = highest < 0 ? WINDOW : Math.min(sequence - highest, WINDOW);
  return { highest: sequence, seen: ((seen << BigInt(ahead)) & MASK) | 1n };
};

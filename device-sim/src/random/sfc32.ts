/** Repeatable chance: the same seed and name give the same draws on every machine. */
export interface Random {
  /** A whole number from 0 to 2^32 − 1. */
  uint32(): number;
  /** From 0 (included) to 1 (excluded), 32 bits fine. */
  unit(): number;
  /** A whole number from 0 to `below` − 1. */
  whole(below: number): number;
  /** From `low` (included) to `high` (excluded). */
  between(low: number, high: number): number;
  bytes(length: number): Uint8Array;
}

/** FNV-1a over the letters, so that each named stream of one seed draws on its own. */
const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

const WARM_UP_ROUNDS = 15;

/**
 * Small Fast Counting generator with 128 bits of state (Chris Doty-Humphrey, PractRand). Not for secrets.
 *
 * `stream` names what the draws are for: a draw more in one stream changes nothing in another.
 */
export const random = (seed: number, stream = ''): Random => {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = fnv1a(stream);
  let counter = 1;

  const uint32 = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) uint32();

  const unit = (): number => uint32() / 2 ** 32;
  return {
    uint32,
    unit,
    whole: (below) => Math.floor(unit() * below),
    between: (low, high) => low + (high - low) * unit(),
    bytes: (length) => Uint8Array.from({ length }, () => uint32() >>> 24),
  };
};

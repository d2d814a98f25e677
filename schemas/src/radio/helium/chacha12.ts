/** “expand 32-byte k”, the constant of ChaCha with 256-bit keys (RFC 8439 §2.3). */
const CONSTANT: readonly number[] = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
const DOUBLE_ROUNDS = 6;

const turned = (a: number, by: number): number => (a << by) | (a >>> (32 - by));

const quarterRound = (x: Uint32Array, [a, b, c, d]: readonly [number, number, number, number]): void => {
  for (const [first, second] of [
    [16, 12],
    [8, 7],
  ] as const) {
    x[a] = (x[a] ?? 0) + (x[b] ?? 0);
    x[d] = turned((x[d] ?? 0) ^ (x[a] ?? 0), first);
    x[c] = (x[c] ?? 0) + (x[d] ?? 0);
    x[b] = turned((x[b] ?? 0) ^ (x[c] ?? 0), second);
  }
};

/** Columns, then diagonals. */
const QUARTERS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

/**
 * The first `count` 32-bit words of the ChaCha12 keystream with counter and nonce zero: what Rust's `ChaCha12Rng`
 * draws from a 32-byte seed.
 */
export const chacha12Words = (key: Uint8Array, count: number): Uint32Array => {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const start = new Uint32Array(16);
  start.set(CONSTANT);
  for (let i = 0; i < 8; i += 1) start[4 + i] = view.getUint32(4 * i, true);
  const words = new Uint32Array(Math.ceil(count / 16) * 16);
  for (let at = 0; at < count; at += 16) {
    start[12] = at / 16;
    const x = start.slice();
    for (let round = 0; round < DOUBLE_ROUNDS; round += 1)
      for (const quarter of QUARTERS) quarterRound(x, quarter);
    for (let i = 0; i < 16; i += 1) words[at + i] = (x[i] ?? 0) + (start[i] ?? 0);
  }
  return words.subarray(0, count);
};

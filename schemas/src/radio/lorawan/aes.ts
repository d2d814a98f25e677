/**
 * AES-128 encryption of single blocks (FIPS 197), all that LoRaWAN asks of a receiver: CMAC is made of encryptions, and
 * a join-accept is read by encrypting it. A check, not a vault: tables are read at places that depend on the key, so
 * another program on the same processor could learn about it.
 */
export type BlockCipher = (block: Uint8Array) => Uint8Array;

export const BLOCK_BYTES = 16;
const ROUNDS = 10;

/** Multiplication by x in GF(2^8), modulo x^8 + x^4 + x^3 + x + 1. */
const double = (a: number): number => ((a << 1) ^ (a & 0x80 ? 0x11b : 0)) & 0xff;

/** FIPS 197 §5.1.1, computed: the inverse in the field, then the affine map. Walks the powers of 3 and of 1/3. */
const SBOX: Uint8Array = (() => {
  const box = new Uint8Array(256);
  const turned = (a: number, by: number): number => ((a << by) | (a >> (8 - by))) & 0xff;
  let [power, inverse] = [1, 1];
  do {
    power = power ^ double(power);
    inverse ^= inverse << 1;
    inverse ^= inverse << 2;
    inverse ^= inverse << 4;
    inverse &= 0xff;
    if (inverse & 0x80) inverse ^= 0x09;
    box[power] =
      inverse ^ turned(inverse, 1) ^ turned(inverse, 2) ^ turned(inverse, 3) ^ turned(inverse, 4) ^ 0x63;
  } while (power !== 1);
  box[0] = 0x63;
  return box;
})();

const boxed = (value: number | undefined): number => SBOX[value ?? 0] ?? 0;

/** The 11 round keys, end to end (FIPS 197 §5.2). */
const expandKey = (key: Uint8Array): Uint8Array => {
  const keys = new Uint8Array(BLOCK_BYTES * (ROUNDS + 1));
  keys.set(key);
  let round = 1;
  for (let i = BLOCK_BYTES; i < keys.length; i += 4) {
    let word = [...keys.subarray(i - 4, i)];
    if (i % BLOCK_BYTES === 0) {
      const [a, b, c, d] = word;
      word = [boxed(b) ^ round, boxed(c), boxed(d), boxed(a)];
      round = double(round);
    }
    for (let j = 0; j < 4; j += 1) keys[i + j] = (keys[i + j - BLOCK_BYTES] ?? 0) ^ (word[j] ?? 0);
  }
  return keys;
};

const addKey = (state: Uint8Array, keys: Uint8Array, round: number): void => {
  for (let i = 0; i < BLOCK_BYTES; i += 1) state[i] = (state[i] ?? 0) ^ (keys[round * BLOCK_BYTES + i] ?? 0);
};

/** SubBytes and ShiftRows: byte `row` of a column comes from `row` columns further on. */
const substituteAndShift = (state: Uint8Array): void => {
  const before = state.slice();
  for (let i = 0; i < BLOCK_BYTES; i += 1) state[i] = boxed(before[(i + 4 * (i % 4)) % BLOCK_BYTES]);
};

const mixColumns = (state: Uint8Array): void => {
  for (let column = 0; column < BLOCK_BYTES; column += 4) {
    const bytes = [...state.subarray(column, column + 4)];
    const all = bytes.reduce((sum, byte) => sum ^ byte, 0);
    for (let row = 0; row < 4; row += 1) {
      const [own = 0, next = 0] = [bytes[row], bytes[(row + 1) % 4]];
      state[column + row] = own ^ all ^ double(own ^ next);
    }
  }
};

/** Throws a RangeError for a key that has not 16 bytes. */
export const aes128 = (key: Uint8Array): BlockCipher => {
  if (key.length !== BLOCK_BYTES) throw new RangeError(`a key of ${key.length} bytes; AES-128 has 16`);
  const keys = expandKey(key);
  return (block) => {
    const state = block.slice(0, BLOCK_BYTES);
    addKey(state, keys, 0);
    for (let round = 1; round <= ROUNDS; round += 1) {
      substituteAndShift(state);
      if (round < ROUNDS) mixColumns(state);
      addKey(state, keys, round);
    }
    return state;
  };
};

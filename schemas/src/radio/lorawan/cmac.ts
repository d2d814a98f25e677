import { aes128, BLOCK_BYTES } from './aes.ts';

/** The block times x in GF(2^128), modulo x^128 + x^7 + x^2 + x + 1 (RFC 4493 §2.3). */
const doubled = (block: Uint8Array): Uint8Array => {
  const out = block.map((byte, i) => (byte << 1) | ((block[i + 1] ?? 0) >> 7));
  if ((block[0] ?? 0) & 0x80) out[BLOCK_BYTES - 1] = (out[BLOCK_BYTES - 1] ?? 0) ^ 0x87;
  return out;
};

const xorInto = (target: Uint8Array, bytes: Uint8Array): void => {
  for (let i = 0; i < bytes.length; i += 1) target[i] = (target[i] ?? 0) ^ (bytes[i] ?? 0);
};

/** AES-CMAC (RFC 4493): 16 bytes. Throws a RangeError for a key that has not 16 bytes. */
export const aesCmac = (key: Uint8Array, message: Uint8Array): Uint8Array => {
  const encrypt = aes128(key);
  const whole = doubled(encrypt(new Uint8Array(BLOCK_BYTES)));
  const blocks = Math.max(1, Math.ceil(message.length / BLOCK_BYTES));
  let state: Uint8Array = new Uint8Array(BLOCK_BYTES);
  for (let i = 0; i < blocks - 1; i += 1) {
    xorInto(state, message.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
    state = encrypt(state);
  }
  const rest = message.subarray((blocks - 1) * BLOCK_BYTES);
  xorInto(state, rest);
  if (rest.length === BLOCK_BYTES) xorInto(state, whole);
  else {
    state[rest.length] = (state[rest.length] ?? 0) ^ 0x80;
    xorInto(state, doubled(whole));
  }
  return encrypt(state);
};

/** Below this difference a receiver still samples the right bits; beyond 4 % it does not. */
const SAME_RATE = 0.03;

export const isSameRate = (one: number, other: number): boolean => Math.abs(one - other) <= SAME_RATE * other;

const BITS_PER_BYTE = 10;
/** A burst ends in an idle line; a receiver that lost its way finds back there. */
const IDLE_BITS = 12;

/** The level of the line: low start bit, eight bits with the lowest first, high stop bit, high when idle. */
const levelAt = (bytes: Uint8Array, bit: number): 0 | 1 => {
  const byte = bytes[Math.floor(bit / BITS_PER_BYTE)];
  if (bit < 0 || byte === undefined) return 1;
  const place = bit % BITS_PER_BYTE;
  if (place === 0) return 0;
  return place === BITS_PER_BYTE - 1 || ((byte >> (place - 1)) & 1) === 1 ? 1 : 0;
};

/**
 * What a receiver at `receiveBaud` makes of bytes that were sent in one burst at `sendBaud`: it waits for a falling
 * edge and samples in the middle of what it takes for bits. A frame without a stop bit is delivered all the same, as
 * serial drivers do that are not told to mark it.
 */
export const heardAtBaud = (bytes: Uint8Array, sendBaud: number, receiveBaud: number): Uint8Array => {
  if (isSameRate(sendBaud, receiveBaud)) return bytes;
  const bitsPerSample = sendBaud / receiveBaud;
  const end = bytes.length * BITS_PER_BYTE + IDLE_BITS * bitsPerSample;
  const level = (at: number): 0 | 1 => levelAt(bytes, Math.floor(at));
  const step = Math.min(1, bitsPerSample) / 4;
  const heard: number[] = [];
  let at = 0;
  while (at < bytes.length * BITS_PER_BYTE) {
    if (level(at) === 1) {
      at += step;
      continue;
    }
    let byte = 0;
    for (let i = 0; i < 8; i += 1) byte |= level(at + (1.5 + i) * bitsPerSample) << i;
    heard.push(byte);
    at += 9.5 * bitsPerSample;
    while (at < end && level(at) === 0) at += step;
  }
  return Uint8Array.from(heard);
};

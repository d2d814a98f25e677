/** Firmata sends 8 bits as two bytes of 7, the lower ones first, because only marks have their top bit set. */
export const toPairs = (bytes: Uint8Array | readonly number[]): readonly number[] =>
  [...bytes].flatMap((byte) => [byte & 0x7f, (byte >> 7) & 0x7f]);

/** Undefined where a byte lacks its second half, or the pair is more than a byte. */
export const fromPairs = (pairs: Uint8Array): Uint8Array | undefined => {
  if (pairs.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(pairs.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    const value = (pairs[2 * at] ?? 0) | ((pairs[2 * at + 1] ?? 0) << 7);
    if (value > 0xff) return undefined;
    bytes[at] = value;
  }
  return bytes;
};

/** A number in as many 7-bit bytes as are given, the lowest first; as many as a number holds exactly. */
export const fromSevens = (sevens: Uint8Array): number =>
  sevens.reduce((sum, seven, at) => sum + seven * 2 ** (7 * at), 0);

/** 14 bits in two bytes. */
export const fourteen = (value: number): readonly [number, number] => [value & 0x7f, (value >> 7) & 0x7f];

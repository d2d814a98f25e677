import { concatBytes } from '@outpost/schemas/words';

/**
 * What a server does with a signed message, written a second time from the wire format alone: cuts the message into
 * fields, drops the signature, drops what is zero, sorts, and puts the rest together. Knows no layout, shares no code
 * with the encoder; undefined where the bytes are no message.
 */
export const clearedEncoding = (
  bytes: Uint8Array,
  signatureField: number,
): { readonly signed: Uint8Array; readonly signature: Uint8Array } | undefined => {
  const fields: { number: number; bytes: Uint8Array }[] = [];
  let signature = new Uint8Array(0);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined || shift > 63n) return -1n;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const number = Number(tag >> 3n);
    const body = tag & 7n;
    let zero: boolean;
    if (body === 0n) {
      const value = varint();
      if (value < 0n) return undefined;
      zero = value === 0n;
    } else if (body === 2n || body === 5n) {
      const length = body === 5n ? 4 : Number(varint());
      if (length < 0 || at + length > bytes.length) return undefined;
      const content = bytes.subarray(at, at + length);
      zero = body === 5n ? content.every((byte) => byte === 0) : length === 0;
      if (number === signatureField) signature = Uint8Array.from(content);
      at += length;
    } else return undefined;
    if (!zero && number !== signatureField) fields.push({ number, bytes: bytes.subarray(start, at) });
  }
  fields.sort((a, b) => a.number - b.number);
  return { signed: concatBytes(...fields.map((field) => field.bytes)), signature };
};

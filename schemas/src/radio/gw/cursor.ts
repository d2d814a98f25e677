/**
 * A place in bytes of the protobuf wire format (protobuf.dev/programming-guides/encoding). The first misreading is
 * kept in `why` and moves the place to the end, so that whatever reads on reads zeroes and comes out.
 */
export interface Cursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;
  /** The lower and the upper 32 bits of the last varint. */
  low: number;
  high: number;
  why: string | undefined;
}

export const cursorOf = (bytes: Uint8Array): Cursor => ({
  bytes,
  end: bytes.length,
  at: 0,
  low: 0,
  high: 0,
  why: undefined,
});

export const misread = (cursor: Cursor, why: string): void => {
  cursor.why ??= why;
  cursor.at = cursor.end;
};

const VARINT_MAX_BYTES = 10;

/** The lower 32 bits, unsigned; the upper ones are in `cursor.high`. */
export const varint = (cursor: Cursor): number => {
  let low = 0;
  let high = 0;
  for (let i = 0; i < VARINT_MAX_BYTES; i += 1) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined || cursor.at >= cursor.end) {
      misread(cursor, 'ends within a number');
      break;
    }
    cursor.at += 1;
    const bits = byte & 0x7f;
    const shift = 7 * i;
    if (shift < 32) low |= bits << shift;
    if (shift >= 32) high |= bits << (shift - 32);
    else if (shift === 28) high |= bits >>> 4;
    if (byte < 0x80) {
      cursor.low = low >>> 0;
      cursor.high = high >>> 0;
      return cursor.low;
    }
  }
  misread(cursor, `holds a number of more than ${VARINT_MAX_BYTES} B`);
  cursor.low = 0;
  cursor.high = 0;
  return 0;
};

/** A view of the bytes that a length stands before. */
export const lengthDelimited = (cursor: Cursor): Uint8Array => {
  const length = varint(cursor);
  if (cursor.high !== 0 || cursor.at + length > cursor.end) {
    misread(cursor, 'ends within a field');
    return new Uint8Array();
  }
  const from = cursor.at;
  cursor.at += length;
  return cursor.bytes.subarray(from, cursor.at);
};

const skipBytes = (cursor: Cursor, count: number): void => {
  if (cursor.at + count > cursor.end) misread(cursor, 'ends within a field');
  else cursor.at += count;
};

/** Passes over the content of a field that nobody knows. */
export const skipField = (cursor: Cursor, tag: number): void => {
  switch (tag & 7) {
    case 0:
      varint(cursor);
      return;
    case 1:
      skipBytes(cursor, 8);
      return;
    case 2:
      lengthDelimited(cursor);
      return;
    case 5:
      skipBytes(cursor, 4);
      return;
    default:
      misread(cursor, `holds a field of wire type ${tag & 7}`);
  }
};

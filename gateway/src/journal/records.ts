import { crc32 } from 'node:zlib';
import type { Entry, Kept, Offset } from './contract.ts';
import { COMMIT_BYTES_MAX, PAGE_BYTES, pageCeil, RESYNC_BYTES_MAX } from './limits.ts';

/*
 * A record, little-endian:
 *
 *   u32 length of the payload; bit 31 set on the last record of an append
 *   u32 crc32 of the payload, begun with a seed made of the segment's salt, the position and the length word
 *   payload: u8 kind | u16 stream | bytes
 *
 * The seed makes a record valid at one place of one segment only: a page that lands in the wrong place does not pass,
 * and neither do bytes that a device sent to look like a record, for it cannot know the salt.
 *
 * Records follow each other without gaps and cross pages, with two exceptions that keep reading unambiguous. A length
 * word never crosses a page, so the last 1 to 3 bytes of a page may be zeros. And a commit whose last page is too full
 * to be kept in a slot (see segment.ts) is filled with fewer than SLOT_HEAD_BYTES zeros up to the page's end.
 */
const HEAD_BYTES = 8;
const PAYLOAD_HEAD_BYTES = 3;
export const RECORD_HEAD_BYTES: number = HEAD_BYTES + PAYLOAD_HEAD_BYTES;
/** With its head. */
export const RECORD_BYTES_MAX: number = HEAD_BYTES + COMMIT_BYTES_MAX;
const LENGTH_WORD_BYTES = 4;
const LAST_OF_APPEND = 0x8000_0000;
const LENGTH_MASK = 0x7fff_ffff;

/** Head of a slot page; what is left of the page holds the journal's last, partly filled page. */
export const SLOT_HEAD_BYTES = 44;
export const TAIL_BYTES_MAX: number = PAGE_BYTES - SLOT_HEAD_BYTES;

/** A stretch of a segment's data in memory. Index 0 lies `origin` bytes behind the start of the segment's data. */
export interface Image {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly origin: number;
  readonly salt: number;
}

export const imageOf = (bytes: Uint8Array, origin: number, salt: number): Image => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  origin,
  salt,
});

/** Odd multipliers (golden ratio, MurmurHash3) so that neighbouring positions and lengths give unlike seeds. */
const seed = (salt: number, position: number, lengthWord: number): number =>
  (salt ^ Math.imul(position, 0x9e3779b1) ^ Math.imul(lengthWord, 0x85ebca6b)) >>> 0;

const pageRoom = (position: number): number => PAGE_BYTES - (position % PAGE_BYTES);

/** Encoded size, without what page ends may add. */
export const encodedBytes = (entries: readonly Entry[]): number => {
  let sum = 0;
  for (const { bytes } of entries) sum += RECORD_HEAD_BYTES + bytes.length;
  return sum;
};

/** The most that `bytes` of records can take, with all the zeros at page ends. */
export const paddedBytesMax = (bytes: number): number =>
  bytes + (LENGTH_WORD_BYTES - 1) * (pageCeil(bytes) / PAGE_BYTES + 1) + SLOT_HEAD_BYTES;

/** Where the next record may start: here, or on the next page if its length word would cross into it. */
export const recordStart = (image: Image, index: number): number => {
  const room = pageRoom(image.origin + index);
  if (room >= LENGTH_WORD_BYTES) return index;
  image.bytes.fill(0, index, index + room);
  return index + room;
};

/** Writes one record at `index`, which is a `recordStart`; returns the index behind it. */
export const putRecord = (image: Image, index: number, entry: Entry, lastOfAppend: boolean): number => {
  const { bytes, view, salt, origin } = image;
  const length = PAYLOAD_HEAD_BYTES + entry.bytes.length;
  const word = (lastOfAppend ? length | LAST_OF_APPEND : length) >>> 0;
  const payload = index + HEAD_BYTES;
  const end = payload + length;
  view.setUint32(index, word, true);
  bytes[payload] = entry.kind;
  view.setUint16(payload + 1, entry.stream, true);
  bytes.set(entry.bytes, payload + PAYLOAD_HEAD_BYTES);
  view.setUint32(index + 4, crc32(bytes.subarray(payload, end), seed(salt, origin + index, word)), true);
  return end;
};

/** Ends a commit: a last page too full for a slot is filled up with zeros and thereby complete. */
export const endCommit = (image: Image, index: number): number => {
  const room = pageRoom(image.origin + index);
  if (room >= SLOT_HEAD_BYTES) return index;
  image.bytes.fill(0, index, index + room);
  return index + room;
};

/** What `measure` answers where there is no whole record. */
export const CUT_OFF = -1;
export const DAMAGED = -2;

/**
 * Checks the record at `index`: the index behind it, or DAMAGED, or CUT_OFF where it would reach beyond `limit`
 * (the image is too short, or the length is wrong).
 */
export const measure = (image: Image, index: number, limit: number): number => {
  if (limit - index < RECORD_HEAD_BYTES) return CUT_OFF;
  const { bytes, view } = image;
  const word = view.getUint32(index, true);
  const length = word & LENGTH_MASK;
  if (length < PAYLOAD_HEAD_BYTES || length > COMMIT_BYTES_MAX) return DAMAGED;
  const payload = index + HEAD_BYTES;
  const end = payload + length;
  if (end > limit) return CUT_OFF;
  const sum = crc32(bytes.subarray(payload, end), seed(image.salt, image.origin + index, word));
  return sum === view.getUint32(index + 4, true) ? end : DAMAGED;
};

/** Bytes that the record at `index` says it takes; only to be believed after `measure`. */
export const claimedBytes = (image: Image, index: number): number =>
  HEAD_BYTES + (image.view.getUint32(index, true) & LENGTH_MASK);

export const isLastOfAppend = (image: Image, index: number): boolean =>
  image.view.getUint32(index, true) >= LAST_OF_APPEND;

/** Steps over the zeros at a page's end; stays where a record or damage is. */
export const skipPadding = (image: Image, index: number, limit: number): number => {
  if (index >= limit) return index;
  const room = pageRoom(image.origin + index);
  if (room >= SLOT_HEAD_BYTES) return index;
  if (room >= LENGTH_WORD_BYTES && image.view.getUint32(index, true) !== 0) return index;
  return Math.min(index + room, limit);
};

/** A checked record as an entry; its bytes are a view of the image. */
export const entryAt = (image: Image, index: number, end: number, base: bigint, next: number): Kept => {
  const payload = index + HEAD_BYTES;
  return {
    offset: (base + BigInt(image.origin + index)) as Offset,
    next: (base + BigInt(image.origin + next)) as Offset,
    kind: image.bytes[payload] ?? 0,
    stream: image.view.getUint16(payload + 1, true),
    bytes: image.bytes.subarray(payload + PAYLOAD_HEAD_BYTES, end),
    decoded: undefined,
  };
};

/** The index of the next whole record from `index` on, or `limit`: what lies between is lost. */
export const findRecord = (image: Image, index: number, limit: number): number => {
  let budgetBytes = RESYNC_BYTES_MAX;
  for (let at = index; at <= limit - RECORD_HEAD_BYTES; at += 1) {
    const length = image.view.getUint32(at, true) & LENGTH_MASK;
    if (length < PAYLOAD_HEAD_BYTES || length > limit - at - HEAD_BYTES) continue;
    if (pageRoom(image.origin + at) < LENGTH_WORD_BYTES) continue;
    if (measure(image, at, limit) > 0) return at;
    budgetBytes -= length;
    if (budgetBytes < 0) break;
  }
  return limit;
};

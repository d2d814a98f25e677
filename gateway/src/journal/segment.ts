import { crc32 } from 'node:zlib';
import { type WallNs, wallNs } from '@outpost/schemas/words';
import type { DiskFile } from './disk.ts';
import { contextBytesMax, PAGE_BYTES, pageCeil, pageFloor } from './limits.ts';
import { SLOT_HEAD_BYTES, TAIL_BYTES_MAX } from './records.ts';

/*
 * A segment file has its full size from the start, so that a commit changes no size. Little-endian:
 *
 *   header pages   magic, sums, sizes, salt, base offset, time of creation, the caller's context
 *   slot 0         one page
 *   data           whole pages of records, each written exactly once, when it is full
 *   slot 1         one page, the last of the file, far away from slot 0
 *
 * The page that is still filling stands only in a slot. Commits number themselves from 1 in each segment and write the
 * slot of their number's parity, so the slot of the commit before is never touched: no write ever goes to the only
 * page that holds acknowledged bytes. The newer slot also proves where the commit before it ended.
 */
const MAGIC = 'OUTPOST\n';
export const SEGMENT_VERSION = 1;
const HEADER_FIXED_BYTES = 64;
const SLOT_MAGIC = 0x544c_534f;

export interface Segment {
  readonly path: string;
  /** Offset of the first byte of data. */
  readonly base: bigint;
  readonly created: WallNs;
  readonly salt: number;
  /** Places in the file. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

export interface Header extends Segment {
  readonly context: Uint8Array;
}

/** The tail page as one commit left it. Positions count from the start of the segment's data. */
export interface Slot {
  readonly base: bigint;
  readonly salt: number;
  readonly dataStart: number;
  readonly sequence: number;
  /** Where the page begins that `tail` is the beginning of. */
  readonly pageStart: number;
  /** Where this commit began, which is where everything acknowledged before it ended. */
  readonly commitStart: number;
  readonly tail: Uint8Array;
  /**
   * Whether `tail` is what was written. Where it is not, the head may be the new one or the old one of a page that was
   * torn; the records in it still check themselves.
   */
  readonly isWhole: boolean;
}

const NAME = /^([0-9a-f]{16})\.segment$/;

export const segmentName = (base: bigint): string => `${base.toString(16).padStart(16, '0')}.segment`;

/** The base offset that a file's name states; undefined for other files. */
export const segmentBase = (name: string): bigint | undefined => {
  const hex = NAME.exec(name)?.[1];
  return hex === undefined ? undefined : BigInt(`0x${hex}`);
};

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const headerBytes = (contextBytes: number): number => pageCeil(HEADER_FIXED_BYTES + contextBytes);

export const capacityBytes = ({ dataStart, dataEnd }: Segment): number => dataEnd - dataStart;

/** Bytes of a segment's file that are not data. */
export const overheadBytes = ({ dataStart }: Segment): number => dataStart + PAGE_BYTES;

export const encodeHeader = (segment: Segment, context: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(segment.dataStart - PAGE_BYTES);
  const view = viewOf(bytes);
  for (let i = 0; i < MAGIC.length; i += 1) bytes[i] = MAGIC.charCodeAt(i);
  view.setUint32(12, SEGMENT_VERSION, true);
  view.setUint32(16, segment.dataStart, true);
  view.setUint32(20, segment.dataEnd, true);
  view.setUint32(24, segment.salt, true);
  view.setUint32(28, context.length, true);
  view.setBigUint64(32, segment.base, true);
  view.setBigInt64(40, segment.created, true);
  bytes.set(context, HEADER_FIXED_BYTES);
  view.setUint32(8, crc32(bytes.subarray(12, HEADER_FIXED_BYTES + context.length)), true);
  return bytes;
};

/** Undefined where the bytes are no whole header. */
const decodeHeader = (bytes: Uint8Array, path: string): Header | undefined => {
  for (let i = 0; i < MAGIC.length; i += 1) if (bytes[i] !== MAGIC.charCodeAt(i)) return undefined;
  const view = viewOf(bytes);
  const contextBytes = view.getUint32(28, true);
  const end = HEADER_FIXED_BYTES + contextBytes;
  if (end > bytes.length || crc32(bytes.subarray(12, end)) !== view.getUint32(8, true)) return undefined;
  if (view.getUint32(12, true) !== SEGMENT_VERSION) return undefined;
  return {
    path,
    base: view.getBigUint64(32, true),
    created: wallNs(view.getBigInt64(40, true)),
    salt: view.getUint32(24, true),
    dataStart: view.getUint32(16, true),
    dataEnd: view.getUint32(20, true),
    context: bytes.slice(HEADER_FIXED_BYTES, end),
  };
};

export const slotPosition = ({ dataStart, dataEnd }: Segment, sequence: number): number =>
  sequence % 2 === 0 ? dataStart - PAGE_BYTES : dataEnd;

/** Fills `page`, which is reused from commit to commit. */
export const encodeSlot = (
  page: Uint8Array,
  segment: Segment,
  slot: Omit<Slot, 'base' | 'salt' | 'dataStart' | 'isWhole'>,
): void => {
  const view = viewOf(page);
  view.setUint32(0, SLOT_MAGIC, true);
  view.setBigUint64(8, segment.base, true);
  view.setUint32(16, segment.salt, true);
  view.setUint32(20, segment.dataStart, true);
  view.setUint32(24, slot.sequence, true);
  view.setUint32(28, slot.pageStart, true);
  view.setUint32(32, slot.commitStart, true);
  view.setUint32(36, slot.tail.length, true);
  view.setUint32(40, crc32(slot.tail), true);
  view.setUint32(4, crc32(page.subarray(8, SLOT_HEAD_BYTES)), true);
  page.set(slot.tail, SLOT_HEAD_BYTES);
  page.fill(0, SLOT_HEAD_BYTES + slot.tail.length);
};

/** `damaged` is a page that was written and has no whole head. */
export const decodeSlot = (page: Uint8Array): Slot | 'empty' | 'damaged' => {
  const view = viewOf(page);
  const tailBytes = view.getUint32(36, true);
  const holds =
    view.getUint32(0, true) === SLOT_MAGIC &&
    view.getUint32(4, true) === crc32(page.subarray(8, SLOT_HEAD_BYTES)) &&
    tailBytes <= TAIL_BYTES_MAX;
  if (!holds) return page.every((byte) => byte === 0) ? 'empty' : 'damaged';
  const tail = page.slice(SLOT_HEAD_BYTES, SLOT_HEAD_BYTES + tailBytes);
  return {
    base: view.getBigUint64(8, true),
    salt: view.getUint32(16, true),
    dataStart: view.getUint32(20, true),
    sequence: view.getUint32(24, true),
    pageStart: view.getUint32(28, true),
    commitStart: view.getUint32(32, true),
    tail,
    isWhole: crc32(tail) === view.getUint32(40, true),
  };
};

export const slotEnd = ({ pageStart, tail }: Slot): number => pageStart + tail.length;

/** Reads `length` bytes; what lies behind the end of the file reads as zeros. */
export const readBytes = async (file: DiskFile, position: number, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length);
  await file.read(bytes, position);
  return bytes;
};

/**
 * The slot that holds the page of `end`, a place where a commit ended or was cut: of those that reach it the one that
 * reaches least far, since what is behind a cut may be torn, and of two copies the whole one. None means that the
 * page stands in its own place.
 */
export const slotAt = (slots: readonly Slot[], end: number): Slot | undefined =>
  slots
    .filter((slot) => slot.pageStart === pageFloor(end) && slotEnd(slot) >= end)
    .sort((a, b) => slotEnd(a) - slotEnd(b) || Number(b.isWhole) - Number(a.isWhole))[0];

/** The beginning of the page that holds `end`, of a segment that is not written any more. */
export const readTail = async (file: DiskFile, segment: Segment, end: number): Promise<Uint8Array> => {
  const slots: Slot[] = [];
  for (const parity of [0, 1]) {
    const slot = decodeSlot(await readBytes(file, slotPosition(segment, parity), PAGE_BYTES));
    if (typeof slot !== 'string' && slot.base === segment.base && slot.salt === segment.salt)
      slots.push(slot);
  }
  const length = end - pageFloor(end);
  const slot = slotAt(slots, end);
  return slot === undefined
    ? readBytes(file, segment.dataStart + pageFloor(end), length)
    : slot.tail.slice(0, length);
};

/** The most that header and slot 0 take of a segment whose data ends there. */
const frontBytesMax = (dataEnd: number): number =>
  headerBytes(contextBytesMax(dataEnd + PAGE_BYTES)) + PAGE_BYTES;

/**
 * What is known of a segment from its file. A damaged header costs the context and the time of creation only: both
 * slots repeat what reading needs, one in the file's last page and one behind the header.
 */
export const readHeader = async (
  file: DiskFile,
  path: string,
  base: bigint,
): Promise<{ readonly segment: Segment; readonly context: Uint8Array | undefined } | undefined> => {
  const first = await readBytes(file, 0, PAGE_BYTES);
  const whole = headerBytes(viewOf(first).getUint32(28, true));
  const bytes = whole > PAGE_BYTES && whole <= 2 ** 20 ? await readBytes(file, 0, whole) : first;
  const header = decodeHeader(bytes, path);
  if (header !== undefined && header.base === base) {
    const { context, ...segment } = header;
    return { segment, context };
  }
  const dataEnd = (await file.sizeBytes()) - PAGE_BYTES;
  for (
    let at = dataEnd;
    at > 0;
    at = at === dataEnd ? frontBytesMax(dataEnd) - PAGE_BYTES : at - PAGE_BYTES
  ) {
    const slot = decodeSlot(await readBytes(file, at, PAGE_BYTES));
    if (typeof slot === 'string' || slot.base !== base) continue;
    const { salt, dataStart } = slot;
    return { segment: { path, base, created: wallNs(0n), salt, dataStart, dataEnd }, context: undefined };
  }
  return undefined;
};

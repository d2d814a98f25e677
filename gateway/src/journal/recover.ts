import { PAGE_BYTES, pageFloor } from './limits.ts';
import { findRecord, type Image, imageOf, isLastOfAppend, measure, skipPadding } from './records.ts';
import {
  capacityBytes,
  decodeSlot,
  type Segment,
  type Slot,
  slotAt,
  slotEnd,
  slotPosition,
} from './segment.ts';

/** What the last segment holds. Positions count from the start of its data. */
export interface Tail {
  readonly end: number;
  /** The beginning of the page that holds `end`. */
  readonly bytes: Uint8Array;
  /** Number of its last commit. */
  readonly sequence: number;
  /** Nothing was cut, nothing is damaged and nothing lies behind the end, so that writing may go on here. */
  readonly whole: boolean;
  /** Traces of a commit that was begun and not finished. */
  readonly unfinished: boolean;
  readonly cutBytes: number;
  /** Acknowledged records are missing. */
  readonly lost: boolean;
  readonly records: number;
  readonly damages: readonly { readonly from: number; readonly to: number }[];
}

interface Walk {
  readonly records: number;
  readonly damages: readonly { readonly from: number; readonly to: number }[];
}

/** Every whole record up to `limit`; what does not pass is a damage and stepped over. */
const walk = (image: Image, limit: number): Walk => {
  const damages: { from: number; to: number }[] = [];
  let records = 0;
  let at = skipPadding(image, 0, limit);
  while (at < limit) {
    const next = measure(image, at, limit);
    if (next > 0) records += 1;
    const found = next > 0 ? next : findRecord(image, at + 1, limit);
    if (next <= 0) damages.push({ from: at, to: found });
    at = skipPadding(image, found, limit);
  }
  return { records, damages };
};

/** The end of the last append that is whole, without a hole before it. */
const wholeAppends = (image: Image, from: number, limit: number): number => {
  let end = from;
  let at = skipPadding(image, from, limit);
  while (at < limit) {
    const next = measure(image, at, limit);
    if (next <= 0) return end;
    const last = isLastOfAppend(image, at);
    at = skipPadding(image, next, limit);
    if (last) end = at;
  }
  return end;
};

/** The segment's data with the tail page of a slot in its place. */
const overlaid = (data: Uint8Array, segment: Segment, slot: Slot | undefined): Image => {
  const bytes = data.slice();
  if (slot !== undefined) {
    bytes.fill(0, slot.pageStart, Math.min(slot.pageStart + PAGE_BYTES, bytes.length));
    bytes.set(slot.tail, slot.pageStart);
  }
  return imageOf(bytes, 0, segment.salt);
};

const startsWith = (bytes: Uint8Array, at: number, start: Uint8Array): boolean => {
  for (let i = 0; i < start.length; i += 1) if (bytes[at + i] !== start[i]) return false;
  return true;
};

const isZero = (bytes: Uint8Array, from: number): boolean => {
  for (let i = from; i < bytes.length; i += 1) if (bytes[i] !== 0) return false;
  return true;
};

interface Slots {
  readonly newest: Slot | undefined;
  readonly before: Slot | undefined;
  /** Slots that were written and cannot be read. */
  readonly damaged: number;
}

/** The slots of a segment's file image, with what does not belong to this segment counted as damaged. */
const slotsOf = (file: Uint8Array, segment: Segment): Slots => {
  const found: Slot[] = [];
  let damaged = 0;
  for (const parity of [0, 1]) {
    const at = slotPosition(segment, parity);
    const slot = at + PAGE_BYTES <= file.length ? decodeSlot(file.subarray(at, at + PAGE_BYTES)) : 'empty';
    if (slot === 'empty') continue;
    const fits =
      slot !== 'damaged' &&
      slot.base === segment.base &&
      slot.salt === segment.salt &&
      slot.sequence % 2 === parity &&
      slot.pageStart % PAGE_BYTES === 0 &&
      slotEnd(slot) <= capacityBytes(segment);
    if (fits) found.push(slot);
    else damaged += 1;
  }
  const [newest, other] = found.sort((a, b) => b.sequence - a.sequence);
  if (newest === undefined) return { newest, before: undefined, damaged };
  // An old head over a torn page belongs to the commit after the newest one; so does a page that is missing, for by
  // the second commit both were written.
  const before = other?.isWhole === true ? other : undefined;
  const isTorn = before === undefined && newest.sequence > 1;
  return { newest, before, damaged: isTorn ? 1 : damaged };
};

/**
 * Up to where entries are known to have been acknowledged: all of the newest commit if the next had begun, which is
 * then the unreadable slot, else all before it; and whatever a cursor has passed, since it moves over nothing else.
 */
const provenEnd = (newest: Slot, { before, damaged }: Slots, cursorAt: number): number => {
  const end = slotEnd(newest);
  if (damaged > 0) return end;
  return Math.max(newest.commitStart, before === undefined ? 0 : slotEnd(before), Math.min(cursorAt, end));
};

/** Where the newest commit is whole, or how many of its appends are. */
const extend = (data: Uint8Array, segment: Segment, slots: Slots, newest: Slot, proven: number): number => {
  if (proven >= slotEnd(newest)) return proven;
  const image = overlaid(data, segment, newest);
  const { before } = slots;
  // The page that the commit before left in its slot must stand again in what the newest commit wrote.
  const continues = before === undefined || startsWith(image.bytes, before.pageStart, before.tail);
  return continues ? wholeAppends(image, proven, slotEnd(newest)) : proven;
};

/** No slot can be read: the full pages are all there is. */
const salvage = (data: Uint8Array, segment: Segment, damaged: number, isShort: boolean): Tail => {
  const image = imageOf(data, 0, segment.salt);
  const unfinished = isShort || damaged > 0 || !isZero(data, 0);
  // One slot torn and the other never written is the first commit, cut short; nothing was acknowledged.
  const acknowledged = damaged > 1;
  const scan = acknowledged ? walk(image, data.length) : { records: 0, damages: [] };
  const rest = scan.damages.at(-1);
  const end = acknowledged ? (rest?.to === data.length ? rest.from : data.length) : 0;
  return {
    end,
    bytes: data.slice(pageFloor(end), end),
    sequence: 0,
    whole: !unfinished,
    unfinished,
    cutBytes: 0,
    lost: acknowledged,
    records: scan.records,
    damages: scan.damages.filter(({ from }) => from < end),
  };
};

/**
 * Finds the end of the last segment.
 *
 * Only one commit is ever under way, so everything before the newest one is finished: damage there is named and
 * stepped over. Of the newest commit, which the power may have cut, whole appends are kept up to the first that is
 * not. Damage in the very last commit of a journal that was not closed looks the same and is treated the same.
 *
 * @param file the whole file, in memory; shorter than it was made if something cut it off
 * @param cursorAt the furthest cursor, counted from the start of the segment's data; negative where it is before it
 */
export const recoverTail = (file: Uint8Array, segment: Segment, cursorAt: number): Tail => {
  const data = new Uint8Array(capacityBytes(segment));
  data.set(file.subarray(segment.dataStart, segment.dataEnd));
  const slots = slotsOf(file, segment);
  const { newest, before } = slots;
  const isShort = file.length < segment.dataEnd + PAGE_BYTES;
  if (newest === undefined) return salvage(data, segment, slots.damaged, isShort);

  const proven = provenEnd(newest, slots, cursorAt);
  const end = extend(data, segment, slots, newest, proven);
  const image = overlaid(data, segment, slotAt(before === undefined ? [newest] : [before, newest], end));
  const { records, damages } = walk(image, end);
  const cutBytes = slotEnd(newest) - end;
  const unfinished = isShort || cutBytes > 0 || slots.damaged > 0 || !isZero(data, pageFloor(end));
  return {
    end,
    bytes: image.bytes.slice(pageFloor(end), end),
    sequence: newest.sequence,
    whole: !unfinished && damages.length === 0,
    unfinished,
    cutBytes,
    lost: damages.some(({ from }) => from < proven),
    records,
    damages,
  };
};

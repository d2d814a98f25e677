import { pageCeil } from './limits.ts';
import type { Stretch } from './scan.ts';
import { capacityBytes, overheadBytes, type Segment } from './segment.ts';

/** A segment and how far it goes; the last one grows with each commit. */
export interface Held {
  readonly segment: Segment;
  end: bigint;
  /** The beginning of the page that holds `end`, while it is at hand; never changed, only replaced. */
  tail: Uint8Array | undefined;
}

/** The segments that are held, oldest first. */
export interface SegmentList {
  readonly all: readonly Held[];
  readonly last: Held | undefined;
  readonly start: bigint;
  readonly end: bigint;
  /** Bytes of all of them on the disk. */
  readonly bytes: number;
  stretchAt(offset: bigint): Stretch | undefined;
  push(held: Held): void;
  pop(): void;
  shift(): void;
}

/** Pages that were written; the rest of a segment's file is a hole. */
export const usedBytes = ({ segment, end }: Held): number =>
  overheadBytes(segment) + pageCeil(Math.min(Number(end - segment.base), capacityBytes(segment)));

/**
 * @param given oldest first
 * @param floor where the next segment begins if that is further than the last one goes: offsets are never given twice
 */
export const newSegmentList = (given: readonly Held[], floor: bigint): SegmentList => {
  const all = [...given];
  let sealedBytes = all.slice(0, -1).reduce((sum, held) => sum + usedBytes(held), 0);

  const last = (): Held | undefined => all.at(-1);
  const end = (): bigint => {
    const lastEnd = last()?.end ?? 0n;
    return lastEnd > floor ? lastEnd : floor;
  };

  /** Index of the last segment that begins at or before `offset`; −1 where there is none. */
  const indexAt = (offset: bigint): number => {
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const held = all[middle];
      if (held !== undefined && held.segment.base <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };

  return {
    all,
    get last() {
      return last();
    },
    get start() {
      return all[0]?.segment.base ?? end();
    },
    get end() {
      return end();
    },
    get bytes() {
      const held = last();
      return sealedBytes + (held === undefined ? 0 : usedBytes(held));
    },
    stretchAt(offset) {
      const index = indexAt(offset);
      const held = all[index];
      return held !== undefined && offset < held.end ? held : all[index + 1];
    },
    push(held) {
      const before = last();
      if (before !== undefined) {
        sealedBytes += usedBytes(before);
        before.tail = undefined;
      }
      all.push(held);
    },
    pop() {
      all.pop();
      const held = last();
      if (held !== undefined) sealedBytes -= usedBytes(held);
    },
    shift() {
      const held = all.shift();
      if (held !== undefined && all.length > 0) sealedBytes -= usedBytes(held);
    },
  };
};

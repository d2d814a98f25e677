import type { Kept, Offset } from './contract.ts';
import type { Disk, DiskFile } from './disk.ts';
import { isMissing } from './errors.ts';
import { pageCeil, pageFloor, WINDOW_BYTES } from './limits.ts';
import {
  CUT_OFF,
  claimedBytes,
  entryAt,
  findRecord,
  type Image,
  imageOf,
  measure,
  RECORD_BYTES_MAX,
  skipPadding,
} from './records.ts';
import { capacityBytes, readTail, type Segment } from './segment.ts';

/** A segment as a reader meets it. */
export interface Stretch {
  readonly segment: Segment;
  /** Offset behind its last durable entry; for a sealed segment where the next one begins. */
  readonly end: bigint;
  /** The beginning of the page that holds `end`, where it is in memory; a sealed segment's is read from its slots. */
  readonly tail: Uint8Array | undefined;
}

/** Where a scan reads from. */
export interface ScanSource {
  readonly disk: Disk;
  /** First offset still held. */
  readonly start: bigint;
  /** The segment that holds `offset`; undefined at the end of everything. */
  stretchAt(offset: bigint): Stretch | undefined;
  damaged(segment: Segment, from: bigint, to: bigint): void;
}

export interface Take {
  readonly entriesMax: number;
  /** Encoded bytes; one entry is given even if it alone has more. */
  readonly bytesMax: number;
  /** Entries that begin at or behind it are not given. */
  readonly to: bigint;
}

/** One reader's way through the segments, in order. */
export interface Scan {
  /** Where it goes on. */
  readonly offset: Offset;
  /** The next durable entries; none when it has arrived at the end or at `to`. */
  take(limits: Take): Promise<readonly Kept[]>;
  /** Goes on further ahead, where a record begins; holds nothing of the disk until then. */
  passTo(offset: Offset): Promise<void>;
  close(): Promise<void>;
}

interface Opened {
  readonly stretch: Stretch;
  readonly file: DiskFile;
}

interface Taken {
  readonly entries: Kept[];
  bytes: number;
}

/** Data bytes [from, to) of a segment, the last page from where it really stands. */
const load = async ({ file, stretch }: Opened, from: number, to: number): Promise<Image> => {
  const { segment, tail } = stretch;
  const bytes = new Uint8Array(to - from);
  const end = Number(stretch.end - segment.base);
  const tailStart = Math.min(pageFloor(end), capacityBytes(segment));
  const inPlace = Math.min(to, tailStart);
  if (inPlace > from) await file.read(bytes.subarray(0, inPlace - from), segment.dataStart + from);
  if (to > tailStart) {
    const page = tail ?? (await readTail(file, segment, end));
    const first = Math.max(from, tailStart);
    bytes.set(page.subarray(first - tailStart, to - tailStart), first - from);
  }
  return imageOf(bytes, from, segment.salt);
};

/** Why parsing stopped: the taker has enough, the window is used up, or the record there is not whole in it. */
type Stop = 'enough' | 'used-up' | 'cut-off' | 'damaged';

const parse = (
  window: Image,
  from: number,
  base: bigint,
  limits: Take,
  taken: Taken,
): { readonly at: number; readonly stop: Stop } => {
  const { origin } = window;
  const length = window.bytes.length;
  const stopAt = limits.to - base > origin + length ? length : Number(limits.to - base) - origin;
  let index = skipPadding(window, from - origin, length);
  while (index < length) {
    if (index >= stopAt || taken.entries.length >= limits.entriesMax)
      return { at: origin + index, stop: 'enough' };
    const end = measure(window, index, length);
    if (end <= 0) return { at: origin + index, stop: end === CUT_OFF ? 'cut-off' : 'damaged' };
    taken.bytes += end - index;
    if (taken.bytes > limits.bytesMax && taken.entries.length > 0)
      return { at: origin + index, stop: 'enough' };
    const next = skipPadding(window, end, length);
    taken.entries.push(entryAt(window, index, end, base, next));
    index = next;
  }
  return { at: origin + index, stop: 'used-up' };
};

/** Opens the segment of the present offset and keeps it open until the next one. */
const newReach = (source: ScanSource) => {
  let opened: Opened | undefined;

  const leave = async (): Promise<void> => {
    const { file } = opened ?? {};
    opened = undefined;
    await file?.close();
  };

  const at = async (offset: bigint): Promise<Opened | undefined> => {
    for (;;) {
      const stretch = source.stretchAt(offset < source.start ? source.start : offset);
      if (stretch === undefined) return undefined;
      if (opened?.stretch.segment !== stretch.segment) {
        await leave();
        try {
          opened = { stretch, file: await source.disk.open(stretch.segment.path, 'read') };
        } catch (error) {
          // Deleted between asking and opening: then it is no longer among those that are held.
          if (isMissing(error) && stretch.segment.base < source.start) continue;
          throw error;
        }
      }
      opened = { stretch, file: opened.file };
      return opened;
    }
  };

  return { at, leave };
};

export const openScan = (source: ScanSource, from: Offset): Scan => {
  const reach = newReach(source);
  let offset: bigint = from;
  let window: Image | undefined;
  let windowOf: Segment | undefined;

  /** A segment that should hold more than it can: what stood between it and the next one is gone. */
  const cross = ({ segment, end }: Stretch): void => {
    source.damaged(segment, offset, end);
    offset = end;
  };

  /** Over what is not whole, to the next record that is. */
  const skip = async (opened: Opened, at: number, end: number): Promise<void> => {
    const { segment } = opened.stretch;
    const rest = await load(opened, at, end);
    const to = segment.base + BigInt(at + findRecord(rest, 1, end - at));
    source.damaged(segment, offset, to);
    offset = to;
    window = undefined;
  };

  /** Goes on from `offset` within one window; true when the taker has enough. */
  const advance = async (opened: Opened, limits: Take, taken: Taken): Promise<boolean> => {
    const { segment, end: endOffset } = opened.stretch;
    const at = Number(offset - segment.base);
    const end = Math.min(Number(endOffset - segment.base), capacityBytes(segment));
    if (at >= end) {
      cross(opened.stretch);
      return false;
    }
    if (window === undefined || windowOf !== segment || at >= window.origin + window.bytes.length) {
      windowOf = segment;
      // Windows end with a page, so that the zeros at its end are in sight.
      window = await load(opened, at, Math.min(pageCeil(at + WINDOW_BYTES), end));
    }
    const parsed = parse(window, at, segment.base, limits, taken);
    offset = segment.base + BigInt(parsed.at);
    if (parsed.stop === 'enough' || parsed.stop === 'used-up') return parsed.stop === 'enough';
    const windowEnd = window.origin + window.bytes.length;
    const claimed =
      windowEnd < end ? Math.min(claimedBytes(window, parsed.at - window.origin), RECORD_BYTES_MAX) : 0;
    const wider = Math.min(pageCeil(parsed.at + Math.max(WINDOW_BYTES, claimed)), end);
    if (parsed.stop === 'cut-off' && wider > windowEnd) window = await load(opened, parsed.at, wider);
    else await skip(opened, parsed.at, end);
    return false;
  };

  return {
    get offset() {
      return offset as Offset;
    },
    close: reach.leave,
    passTo(to) {
      offset = to;
      window = undefined;
      return reach.leave();
    },
    async take(limits) {
      const taken: Taken = { entries: [], bytes: 0 };
      for (let enough = false; !enough && offset < limits.to; ) {
        const opened = await reach.at(offset);
        if (opened === undefined) break;
        if (offset < opened.stretch.segment.base) offset = opened.stretch.segment.base;
        enough = await advance(opened, limits, taken);
      }
      return taken.entries;
    },
  };
};

import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Disk, DiskFile } from './disk.ts';
import { errorCode, isMissing } from './errors.ts';
import { PAGE_BYTES, READER_NAME_BYTES_MAX, READERS_MAX } from './limits.ts';
import { readBytes } from './segment.ts';

/*
 * Two files of one page each, written in turn, so that the one before always stands. Little-endian:
 * u32 magic | u32 crc32 of all that follows | u32 sequence | u32 count | count × (u8 length, name, u64 offset) | zeros
 * Their page is written when they are made, so that a full disk does not stop a cursor.
 */
const NAMES = ['cursors.0', 'cursors.1'] as const;
const MAGIC = 0x5352_5543;
const HEAD_BYTES = 16;

type Positions = ReadonlyMap<string, bigint>;

interface Saved {
  readonly sequence: number;
  readonly positions: Positions;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const encode = ({ sequence, positions }: Saved): Uint8Array => {
  const page = new Uint8Array(PAGE_BYTES);
  const view = viewOf(page);
  let at = HEAD_BYTES;
  for (const [name, offset] of positions) {
    page[at] = name.length;
    for (let i = 0; i < name.length; i += 1) page[at + 1 + i] = name.charCodeAt(i);
    at += 1 + name.length;
    view.setBigUint64(at, offset, true);
    at += 8;
  }
  view.setUint32(0, MAGIC, true);
  view.setUint32(8, sequence, true);
  view.setUint32(12, positions.size, true);
  view.setUint32(4, crc32(page.subarray(8)), true);
  return page;
};

const decode = (page: Uint8Array): Saved | undefined => {
  const view = viewOf(page);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== crc32(page.subarray(8)))
    return undefined;
  const positions = new Map<string, bigint>();
  let at = HEAD_BYTES;
  for (let left = view.getUint32(12, true); left > 0; left -= 1) {
    const length = page[at] ?? 0;
    const name = String.fromCharCode(...page.subarray(at + 1, at + 1 + length));
    at += 1 + length;
    positions.set(name, view.getBigUint64(at, true));
    at += 8;
  }
  return { sequence: view.getUint32(8, true), positions };
};

/**
 * What the cursor files say. `lost`: both are there and neither can be read. Since the second is made only when the
 * first is whole and on the disk, no start that the power cut short looks like this.
 */
export interface SavedCursors extends Saved {
  readonly lost: boolean;
  /** The files that are whole. */
  readonly whole: ReadonlySet<string>;
}

const readPage = async (disk: Disk, path: string): Promise<Uint8Array | undefined> => {
  let file: DiskFile;
  try {
    file = await disk.open(path, 'read');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return await readBytes(file, 0, PAGE_BYTES);
  } finally {
    await file.close();
  }
};

/** Changes nothing, so it may be used beside a running gateway. */
export const loadCursors = async (disk: Disk, directory: string): Promise<SavedCursors> => {
  let newest: Saved | undefined;
  let present = 0;
  const whole = new Set<string>();
  for (const name of NAMES) {
    const page = await readPage(disk, join(directory, name));
    const saved = page === undefined ? undefined : decode(page);
    if (page !== undefined) present += 1;
    if (saved !== undefined) whole.add(name);
    if (saved !== undefined && (newest === undefined || saved.sequence > newest.sequence)) newest = saved;
  }
  const { positions = new Map<string, bigint>(), sequence = 0 } = newest ?? {};
  return { positions, sequence, lost: newest === undefined && present === NAMES.length, whole };
};

/** Opens one of the files; one that is not whole is written before anything else may rely on it. */
const openPage = async (disk: Disk, directory: string, name: string, first: Saved, isWhole: boolean) => {
  const path = join(directory, name);
  if (isWhole) return disk.open(path, 'update');
  const file = await disk.open(path, 'create').catch((error: unknown) => {
    if (errorCode(error) === 'EEXIST') return disk.open(path, 'update');
    throw error;
  });
  await file.write(encode(first), 0);
  await file.datasync();
  await disk.syncDirectory(directory);
  return file;
};

/** One write and one sync at a time; what is asked for meanwhile goes into the next. */
const newPages = (pages: readonly DiskFile[], first: Saved, wanted: Positions) => {
  let { sequence, positions: durable } = first;
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    await Promise.resolve();
    const positions = new Map(wanted);
    const page = pages[(sequence + 1) % 2];
    await page?.writeThrough(encode({ sequence: sequence + 1, positions }), 0);
    // Only now: after a failure the same file is written again, whole, and the other one still stands.
    sequence += 1;
    durable = positions;
  };

  return {
    get durable() {
      return durable;
    },
    get writes() {
      return sequence - first.sequence;
    },
    save(): Promise<void> {
      writing ??= write().finally(() => {
        writing = undefined;
      });
      return writing;
    },
    async close(): Promise<void> {
      await writing?.catch(() => undefined);
      for (const page of pages) await page.close();
    },
  };
};

const checkName = (name: string): void => {
  if (/^[\x21-\x7e]+$/.test(name) && name.length <= READER_NAME_BYTES_MAX) return;
  throw new RangeError(
    `A reader's name is 1 to ${READER_NAME_BYTES_MAX} printable ASCII letters, not '${name}'.`,
  );
};

/** The configured readers first; of the others as many as fit. */
const starting = (saved: Positions, readers: readonly string[], start: bigint): Map<string, bigint> => {
  const positions = new Map<string, bigint>();
  for (const name of readers) {
    checkName(name);
    const at = saved.get(name) ?? start;
    positions.set(name, at < start ? start : at);
  }
  if (positions.size > READERS_MAX) throw new RangeError(`A journal has at most ${READERS_MAX} readers.`);
  for (const [name, at] of saved) {
    if (positions.size < READERS_MAX && !positions.has(name)) positions.set(name, at);
  }
  return positions;
};

/** The readers' durable positions. */
export interface Cursors {
  readonly syncs: number;
  readonly writtenBytes: number;
  readonly readers: readonly string[];
  /** Readers whose saved position was before the first entry that is held. */
  readonly moved: readonly string[];
  /** The least of the readers; undefined where there are none. */
  readonly least: bigint | undefined;
  position(reader: string): bigint;
  /** Durable on return; an `end` before the present position changes nothing. */
  commit(reader: string, end: bigint): Promise<void>;
  forget(reader: string): Promise<void>;
  close(): Promise<void>;
}

/** @param start first offset still held, where readers without a position begin */
export const openCursors = async (
  disk: Disk,
  directory: string,
  saved: SavedCursors,
  readers: readonly string[],
  start: bigint,
): Promise<Cursors> => {
  const wanted = starting(saved.positions, readers, start);
  const first = { sequence: saved.sequence, positions: new Map(wanted) };
  const opened: DiskFile[] = [];
  for (const name of NAMES) {
    opened.push(await openPage(disk, directory, name, first, saved.whole.has(name)));
  }
  const pages = newPages(opened, first, wanted);
  const listed = new Set(readers);

  const position = (reader: string): bigint => {
    const at = listed.has(reader) ? pages.durable.get(reader) : undefined;
    if (at === undefined) throw new Error(`The journal was opened without a reader called '${reader}'.`);
    return at;
  };

  return {
    get syncs() {
      return pages.writes;
    },
    get writtenBytes() {
      return pages.writes * PAGE_BYTES;
    },
    get readers() {
      return [...listed];
    },
    moved: readers.filter((name) => (saved.positions.get(name) ?? start) < start),
    get least() {
      let least: bigint | undefined;
      for (const name of listed) {
        const at = position(name);
        if (least === undefined || at < least) least = at;
      }
      return least;
    },
    position,
    async commit(reader, end) {
      if (end > (wanted.get(reader) ?? position(reader))) wanted.set(reader, end);
      while (position(reader) < end) await pages.save();
    },
    async forget(reader) {
      listed.delete(reader);
      wanted.delete(reader);
      while (pages.durable.has(reader)) await pages.save();
    },
    close: pages.close,
  };
};

import { dirname } from 'node:path';
import type { Disk, DiskFile, OpenMode } from '@outpost/gateway';
import type { Clock } from '@outpost/schemas/words';
import type { Random } from '../random/sfc32.ts';
import {
  beginSync,
  copyOf,
  type Inode,
  newInode,
  PAGE_BYTES,
  readFrom,
  survivor,
  truncate,
  unsyncedPages,
  writeInPage,
} from './inode.ts';

/** What can be made to fail. */
export type Operation = 'write' | 'datasync' | 'truncate' | 'create' | 'rename' | 'unlink' | 'syncDirectory';

export interface Failure {
  readonly operation: Operation;
  /** `EIO`, `ENOSPC`, `EROFS`. */
  readonly code: string;
  /** Only for paths that contain it. */
  readonly path?: string;
  /** How many times; for ever without it. */
  readonly times?: number;
}

export interface FaultDiskOptions {
  /** Pages beyond it do not fit (`ENOSPC`). */
  readonly capacityBytes?: number;
  /** How long each sync of a file takes, on this clock. */
  readonly syncMs?: number;
  readonly clock?: Clock;
}

/**
 * A disk in memory that forgets like a real one. What was written and not synced may or may not be there after the
 * power went: each 4 KiB page and each entry of a directory for itself, in any combination, one page torn. A sync of a
 * file brings its pages and its size to the disk and not its name; that takes a sync of the directory.
 */
export interface FaultDisk extends Disk {
  /** Changes asked for so far, each written page one: the places where the power can go. */
  readonly boundaries: number;
  /** The power goes before this boundary: from then on everything fails with `EPOWER`. */
  cutAt(boundary: number): void;
  readonly isCut: boolean;
  /** What the disk holds when the power is back, on a disk of its own with everything synced. */
  powerCut(random: Random): FaultDisk;
  /** The disk as the next process finds it after kill -9: all that was written is there, synced or not. */
  afterKill(): FaultDisk;
  fail(failure: Failure): void;
  setCapacity(bytes: number): void;
  readonly allocatedBytes: number;
  /** The same files on a disk of its own, everything synced. */
  copy(): FaultDisk;
  /** Flips bits of a file behind everybody's back. */
  damage(path: string, position: number, mask: number): void;
  /** Cuts a file off behind everybody's back. */
  shorten(path: string, bytes: number): void;
  /** The file as its process sees it, or as it is for the next one. */
  contents(path: string): Uint8Array;
}

interface DirectoryChange {
  readonly directory: string;
  apply(names: Map<string, Inode>): void;
}

interface State {
  readonly names: Map<string, Inode>;
  readonly durableNames: Map<string, Inode>;
  changes: DirectoryChange[];
  failures: { failure: Failure; left: number }[];
  boundaries: number;
  cutBoundary: number;
  capacityBytes: number;
}

const raise = (code: string, what: string): never => {
  throw Object.assign(new Error(`${code}: ${what}`), { code });
};

/** Every operation that changes something passes here first. */
const pass = (state: State, operation: Operation, path: string): void => {
  state.boundaries += 1;
  alive(state);
  const at = state.failures.findIndex(
    ({ failure }) => failure.operation === operation && path.includes(failure.path ?? ''),
  );
  const found = state.failures[at];
  if (found === undefined) return;
  found.left -= 1;
  if (found.left <= 0) state.failures.splice(at, 1);
  raise(found.failure.code, `${operation} ${path}`);
};

const isDead = ({ boundaries, cutBoundary }: State): boolean => boundaries >= cutBoundary;

const alive = (state: State): void => {
  if (isDead(state)) raise('EPOWER', 'the power is gone');
};

const allocatedBytes = ({ names }: State): number => {
  let pages = 0;
  for (const inode of new Set(names.values())) pages += inode.pages.size;
  return pages * PAGE_BYTES;
};

const change = (state: State, path: string, apply: (names: Map<string, Inode>) => void): void => {
  apply(state.names);
  state.changes.push({ directory: dirname(path), apply });
};

const writePages = (state: State, path: string, inode: Inode, bytes: Uint8Array, position: number): void => {
  for (let done = 0; done < bytes.length; ) {
    const at = position + done;
    const part = bytes.subarray(done, done + PAGE_BYTES - (at % PAGE_BYTES));
    pass(state, 'write', path);
    const isNew = !inode.pages.has(Math.floor(at / PAGE_BYTES));
    if (isNew && allocatedBytes(state) + PAGE_BYTES > state.capacityBytes) raise('ENOSPC', `write ${path}`);
    writeInPage(inode, at, part);
    done += part.length;
  }
};

const syncPages = async (
  state: State,
  path: string,
  sync: ReturnType<typeof beginSync>,
  { syncMs, clock }: FaultDiskOptions,
): Promise<void> => {
  try {
    pass(state, 'datasync', path);
  } catch (error) {
    if (!isDead(state)) sync.fail();
    throw error;
  }
  if (syncMs !== undefined) await clock?.sleep(syncMs, new AbortController().signal);
  alive(state);
  sync.finish();
};

const fileOf = (state: State, path: string, inode: Inode, options: FaultDiskOptions): DiskFile => ({
  async read(into, position) {
    alive(state);
    return readFrom(inode, into, position);
  },
  async write(bytes, position) {
    writePages(state, path, inode, bytes, position);
  },
  async truncate(bytes) {
    pass(state, 'truncate', path);
    truncate(inode, bytes);
  },
  datasync: () => syncPages(state, path, beginSync(inode), options),
  async writeThrough(bytes, position) {
    writePages(state, path, inode, bytes, position);
    const last = Math.floor((position + bytes.length - 1) / PAGE_BYTES);
    const own = { first: Math.floor(position / PAGE_BYTES), last };
    await syncPages(state, path, beginSync(inode, own), options);
  },
  sizeBytes: async () => inode.size,
  close: async () => undefined,
});

const found = (state: State, path: string): Inode => state.names.get(path) ?? raise('ENOENT', path);

const diskOf = (state: State, options: FaultDiskOptions): Disk => ({
  async open(path: string, mode: OpenMode) {
    alive(state);
    if (mode !== 'create') return fileOf(state, path, found(state, path), options);
    if (state.names.has(path)) raise('EEXIST', path);
    pass(state, 'create', path);
    const inode = newInode();
    change(state, path, (names) => names.set(path, inode));
    return fileOf(state, path, inode, options);
  },
  async list(directory) {
    alive(state);
    const below = [...state.names.keys()].filter((path) => dirname(path) === directory);
    return below.map((path) => path.slice(directory.length + 1));
  },
  async rename(from, to) {
    const inode = found(state, from);
    pass(state, 'rename', from);
    change(state, to, (names) => {
      if (names.get(from) === inode) names.delete(from);
      names.set(to, inode);
    });
  },
  async unlink(path) {
    const inode = found(state, path);
    pass(state, 'unlink', path);
    change(state, path, (names) => {
      if (names.get(path) === inode) names.delete(path);
    });
  },
  makeDirectory: async () => alive(state),
  async syncDirectory(path) {
    pass(state, 'syncDirectory', path);
    for (const { directory, apply } of state.changes) if (directory === path) apply(state.durableNames);
    state.changes = state.changes.filter(({ directory }) => directory !== path);
  },
  async freeBytes() {
    alive(state);
    return Math.max(0, state.capacityBytes - allocatedBytes(state));
  },
});

/** Any subset of the unsynced directory entries, and of each file's unsynced pages. */
const surviving = (state: State, random: Random): Map<string, Inode> => {
  const names = new Map(state.durableNames);
  for (const { apply } of state.changes) if (random.whole(2) === 0) apply(names);
  const pages = [...new Set(names.values())].flatMap((inode) =>
    unsyncedPages(inode).map((index) => ({ inode, index })),
  );
  const tear = random.whole(2) === 0 ? pages[random.whole(pages.length)] : undefined;
  return new Map([...names].map(([path, inode]) => [path, survivor(inode, random, tear)]));
};

const copied = ({ names }: State): Map<string, Inode> =>
  new Map([...names].map(([path, inode]) => [path, copyOf(inode)]));

const newState = (names: Map<string, Inode>, capacityBytes: number): State => ({
  names,
  durableNames: new Map(names),
  changes: [],
  failures: [],
  boundaries: 0,
  cutBoundary: Number.POSITIVE_INFINITY,
  capacityBytes,
});

const diskWith = (state: State, options: FaultDiskOptions): FaultDisk => {
  return {
    ...diskOf(state, options),
    get boundaries() {
      return state.boundaries;
    },
    get isCut() {
      return isDead(state);
    },
    cutAt(boundary) {
      state.cutBoundary = boundary;
    },
    powerCut: (random) => diskWith(newState(surviving(state, random), state.capacityBytes), options),
    afterKill() {
      state.cutBoundary = 0;
      const { durableNames, changes } = state;
      return diskWith(
        { ...newState(new Map(state.names), state.capacityBytes), durableNames, changes },
        options,
      );
    },
    fail(failure) {
      state.failures.push({ failure, left: failure.times ?? Number.POSITIVE_INFINITY });
    },
    setCapacity(bytes) {
      state.capacityBytes = bytes;
    },
    get allocatedBytes() {
      return allocatedBytes(state);
    },
    copy: () => diskWith(newState(copied(state), state.capacityBytes), options),
    shorten(path, bytes) {
      const inode = found(state, path);
      truncate(inode, bytes);
      beginSync(inode).finish();
    },
    damage(path, position, mask) {
      const inode = found(state, path);
      const byte = new Uint8Array(1);
      readFrom(inode, byte, position);
      writeInPage(
        inode,
        position,
        byte.map((value) => value ^ mask),
      );
      beginSync(inode).finish();
    },
    contents(path) {
      const inode = found(state, path);
      const bytes = new Uint8Array(inode.size);
      readFrom(inode, bytes, 0);
      return bytes;
    },
  };
};

export const newFaultDisk = (options: FaultDiskOptions = {}): FaultDisk =>
  diskWith(newState(new Map(), options.capacityBytes ?? Number.POSITIVE_INFINITY), options);

import type { Random } from '../random/sfc32.ts';

/** What a disk writes or loses as a whole, unless it tears it. */
export const PAGE_BYTES = 4096;
const SECTOR_BYTES = 512;

interface Version {
  readonly bytes: Uint8Array;
  /** A sync of it failed: it may or may not be on the disk, and no later sync of the file says which. */
  unsure: boolean;
}

interface Page {
  durable: Uint8Array | undefined;
  /** Written and not synced, oldest first; any of them may be what a power cut leaves. */
  versions: Version[];
}

/** A file's content, as its process sees it and as the disk has it. */
export interface Inode {
  pages: Map<number, Page>;
  size: number;
  durableSize: number;
  unsyncedSizes: number[];
}

export const newInode = (): Inode => ({ pages: new Map(), size: 0, durableSize: 0, unsyncedSizes: [] });

/** The file as its process sees it, all of it synced. Pages are never changed in place, so they are shared. */
export const copyOf = (inode: Inode): Inode => ({
  pages: new Map(
    [...inode.pages.keys()].map((index) => [index, { durable: pageAt(inode, index), versions: [] }]),
  ),
  size: inode.size,
  durableSize: inode.size,
  unsyncedSizes: [],
});

const ZEROS: Uint8Array = new Uint8Array(PAGE_BYTES);

/** The page as its process sees it. */
export const pageAt = (inode: Inode, index: number): Uint8Array => {
  const page = inode.pages.get(index);
  return page?.versions.at(-1)?.bytes ?? page?.durable ?? ZEROS;
};

const resize = (inode: Inode, size: number): void => {
  if (size === inode.size) return;
  inode.size = size;
  inode.unsyncedSizes.push(size);
};

/** Writes within one page; returns whether that page is new to the file. */
export const writeInPage = (inode: Inode, position: number, bytes: Uint8Array): boolean => {
  const index = Math.floor(position / PAGE_BYTES);
  const written = pageAt(inode, index).slice();
  written.set(bytes, position % PAGE_BYTES);
  const page = inode.pages.get(index);
  if (page === undefined) {
    inode.pages.set(index, { durable: undefined, versions: [{ bytes: written, unsure: false }] });
  } else {
    page.versions.push({ bytes: written, unsure: false });
  }
  resize(inode, Math.max(inode.size, position + bytes.length));
  return page === undefined;
};

export const readFrom = (inode: Inode, into: Uint8Array, position: number): number => {
  const length = Math.max(0, Math.min(into.length, inode.size - position));
  for (let done = 0; done < length; ) {
    const at = position + done;
    const page = pageAt(inode, Math.floor(at / PAGE_BYTES)).subarray(at % PAGE_BYTES);
    const part = page.subarray(0, length - done);
    into.set(part, done);
    done += part.length;
  }
  return length;
};

/** A shorter file loses its pages, in one step with its size; a longer one gets a hole. */
export const truncate = (inode: Inode, size: number): void => {
  for (const index of inode.pages.keys()) if (index * PAGE_BYTES >= size) inode.pages.delete(index);
  const rest = size % PAGE_BYTES;
  if (size < inode.size && rest > 0) {
    const kept = pageAt(inode, Math.floor(size / PAGE_BYTES)).slice();
    kept.fill(0, rest);
    inode.pages.set(Math.floor(size / PAGE_BYTES), {
      durable: undefined,
      versions: [{ bytes: kept, unsure: false }],
    });
  }
  resize(inode, size);
};

/** What a sync that begins now will have brought to the disk when it ends, of these pages or of all. */
export const beginSync = (
  inode: Inode,
  only?: { readonly first: number; readonly last: number },
): { finish(): void; fail(): void } => {
  const { first = 0, last = Number.POSITIVE_INFINITY } = only ?? {};
  const pages = [...inode.pages]
    .filter(([index]) => index >= first && index <= last)
    .map(([index, { versions }]) => ({ index, versions: [...versions] }));
  const { size } = inode;
  return {
    finish() {
      for (const { index, versions } of pages) {
        const page = inode.pages.get(index);
        const newest = versions.at(-1);
        // A page whose sync failed was marked clean by the kernel; it is not written again until it is changed.
        if (page === undefined || newest === undefined || newest.unsure) continue;
        page.durable = newest.bytes;
        page.versions = page.versions.filter((version) => !versions.includes(version));
      }
      inode.durableSize = size;
      inode.unsyncedSizes = inode.size === size ? [] : [inode.size];
    },
    fail() {
      for (const { versions } of pages) for (const version of versions) version.unsure = true;
    },
  };
};

/** A page that was being written when the power went: partly the new one, partly the old one, partly neither. */
const torn = (before: Uint8Array, after: Uint8Array, random: Random): Uint8Array => {
  const mixed = after.slice();
  for (let at = 0; at < PAGE_BYTES; at += SECTOR_BYTES) {
    const fate = random.whole(5);
    if (fate < 2) mixed.set(before.subarray(at, at + SECTOR_BYTES), at);
    else if (fate === 2) mixed.set(random.bytes(SECTOR_BYTES), at);
  }
  return mixed;
};

/** The page that the power cut tears: the latest version, of one file. */
export interface Tear {
  readonly inode: Inode;
  readonly index: number;
}

export const unsyncedPages = (inode: Inode): readonly number[] =>
  [...inode.pages].filter(([, { versions }]) => versions.length > 0).map(([index]) => index);

/** The file as the disk has it after a power cut: of each unsynced page any version, or what was there before. */
export const survivor = (inode: Inode, random: Random, tear: Tear | undefined): Inode => {
  const left = newInode();
  const sizes = [inode.durableSize, ...inode.unsyncedSizes];
  left.size = sizes[random.whole(sizes.length)] ?? 0;
  left.durableSize = left.size;
  for (const [index, { durable, versions }] of inode.pages) {
    const before = durable ?? ZEROS;
    const choices = [before, ...versions.map(({ bytes }) => bytes)];
    const isTorn = tear?.inode === inode && tear.index === index;
    const chosen = isTorn
      ? torn(choices.at(-2) ?? before, choices.at(-1) ?? before, random)
      : (choices[random.whole(choices.length)] ?? before);
    if (index * PAGE_BYTES < left.size) left.pages.set(index, { durable: chosen, versions: [] });
  }
  return left;
};

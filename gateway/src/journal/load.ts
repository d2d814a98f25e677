import { join } from 'node:path';
import type { Offset } from './contract.ts';
import type { Disk } from './disk.ts';
import { PAGE_BYTES } from './limits.ts';
import { recoverTail, type Tail } from './recover.ts';
import { readBytes, readHeader, type Segment, segmentBase } from './segment.ts';
import type { Held } from './segment-list.ts';
import type { Damage, JournalContext } from './state.ts';

/** The segments of a directory as they were found. */
export interface Loaded {
  /** Oldest first, the ends known. */
  readonly held: readonly Held[];
  /** What the last one holds; undefined where there is none. */
  readonly tail: Tail | undefined;
  readonly context: JournalContext | undefined;
  /** Segments of which nothing can be read. */
  readonly unreadable: readonly Unreadable[];
}

/** Damage at both ends. */
export interface Unreadable {
  readonly path: string;
  readonly base: bigint;
}

/** What a segment is called of which nothing can be read: kept for whoever wants to look, never opened again. */
export const ASIDE = '.damaged';

interface Found {
  readonly segment: Segment;
  readonly context: Uint8Array | undefined;
}

const look = async (disk: Disk, path: string, base: bigint): Promise<Found | Unreadable> => {
  const file = await disk.open(path, 'read');
  try {
    return (await readHeader(file, path, base)) ?? { path, base };
  } finally {
    await file.close();
  }
};

const readTailSegment = async (disk: Disk, segment: Segment, cursorAt: number): Promise<Tail> => {
  const file = await disk.open(segment.path, 'read');
  try {
    const size = Math.min(await file.sizeBytes(), segment.dataEnd + PAGE_BYTES);
    const tail = recoverTail(await readBytes(file, 0, size), segment, cursorAt);
    // After a kill the last commit may stand in the page cache only; nobody may be shown what a power cut can take.
    await file.datasync();
    return tail;
  } finally {
    await file.close();
  }
};

export const damagesOf = ({ path, base }: Segment, tail: Tail): readonly Damage[] =>
  tail.damages.map(({ from, to }) => damageAt(path, base + BigInt(from), base + BigInt(to)));

export const damageAt = (path: string, from: bigint, to: bigint): Damage => ({
  where: `${path}, ${to - from} bytes from offset ${from}`,
  from: from as Offset,
  to: to as Offset,
});

/**
 * Reads what is there and changes nothing. Only the last segment is read whole, the others by their headers.
 *
 * @param furthest the furthest of the saved cursors
 */
export const loadSegments = async (disk: Disk, directory: string, furthest: bigint): Promise<Loaded> => {
  const found: Found[] = [];
  const unreadable: Unreadable[] = [];
  const aside: bigint[] = [];
  for (const name of [...(await disk.list(directory))].sort()) {
    const base = segmentBase(name.endsWith(ASIDE) ? name.slice(0, -ASIDE.length) : name);
    if (base === undefined) continue;
    if (name.endsWith(ASIDE)) {
      aside.push(base);
      continue;
    }
    const each = await look(disk, join(directory, name), base);
    if ('segment' in each) found.push(each);
    else unreadable.push(each);
  }
  const last = found.at(-1)?.segment;
  const tail =
    last === undefined ? undefined : await readTailSegment(disk, last, Number(furthest - last.base));
  const lost = [...aside, ...unreadable.map(({ base }) => base)];
  const held = found.map(({ segment }, i): Held => {
    const next = found[i + 1]?.segment.base;
    if (next === undefined) return { segment, end: segment.base + BigInt(tail?.end ?? 0), tail: tail?.bytes };
    // It ends where the next one began, also where that one cannot be read.
    const end = lost.filter((base) => base > segment.base).reduce((a, b) => (a < b ? a : b), next);
    return { segment, end, tail: undefined };
  });
  const newest = found.findLast(({ context }) => context !== undefined);
  const context =
    newest?.context === undefined ? undefined : { bytes: newest.context, at: newest.segment.base as Offset };
  return { held, tail, context, unreadable };
};

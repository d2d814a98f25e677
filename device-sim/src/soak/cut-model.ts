import type { Entry, Journal, Kept, Offset } from '@outpost/gateway';
import type { Random } from '../random/sfc32.ts';

/*
 * What a journal must still know after a power cut, kept beside it. Every entry carries its own number and its
 * append's, and its other bytes follow from the number, so that it can be checked without having been remembered.
 */
const HEAD_BYTES = 8;

interface Append {
  readonly count: number;
  /** Where it was acknowledged, or found; undefined while nobody was told. */
  offset: bigint | undefined;
  refused: boolean;
}

interface Cursor {
  committed: bigint;
  asked: bigint;
}

export interface Made {
  readonly id: number;
  readonly entries: readonly Entry[];
}

export interface Model {
  /** Makes one append of 1 to `entriesMax` entries of up to `bytesMax` bytes. */
  make(random: Random, entriesMax: number, bytesMax: number): Made;
  acknowledged(id: number, offset: Offset): void;
  refused(id: number): void;
  /** A reader's position that `commit` was asked for, and later that it returned. */
  asked(reader: string, end: Offset): void;
  committed(reader: string, end: Offset): void;
  /** Everything promised is there, in order and unchanged, and nothing that was refused. Throws in words otherwise. */
  check(journal: Journal): Promise<void>;
  readonly acknowledgedRecords: number;
  /** Entries found after a cut that nobody had been told of: allowed, as whole appends. */
  readonly survivors: number;
}

export const entryOf = (number: number, append: number, length: number): Entry => {
  const bytes = new Uint8Array(HEAD_BYTES + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, number, true);
  view.setUint32(4, append, true);
  for (let i = HEAD_BYTES; i < bytes.length; i += 1) bytes[i] = Math.imul(number + i, 0x9e3779b1) >>> 24;
  return { kind: 1 + (number % 255), stream: number % 65_536, bytes };
};

export const numbersOf = ({ bytes }: Entry): { readonly number: number; readonly append: number } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { number: view.getUint32(0, true), append: view.getUint32(4, true) };
};

const demand = (holds: boolean, words: () => string): void => {
  if (!holds) throw new Error(words());
};

/** Whether an entry is exactly what its own numbers say. */
export const isAsMade = (entry: Kept): boolean => {
  const { number, append } = numbersOf(entry);
  const made = entryOf(number, append, entry.bytes.length - HEAD_BYTES);
  return (
    entry.kind === made.kind &&
    entry.stream === made.stream &&
    entry.bytes.every((byte, i) => byte === made.bytes[i])
  );
};

const checkEntry = (entry: Kept, previous: Kept | undefined): void => {
  const { number } = numbersOf(entry);
  demand(isAsMade(entry), () => `entry ${number} at ${entry.offset} is not what was appended`);
  if (previous === undefined) return;
  demand(
    entry.offset === previous.next,
    () =>
      `entry ${number} at ${entry.offset} does not follow the one before it, which ends at ${previous.next}`,
  );
  demand(number > numbersOf(previous).number, () => `entry ${number} is out of order`);
};

/** How many entries of each append are there, and where the first of them is. */
const found = async (journal: Journal): Promise<Map<number, { offset: bigint; count: number }>> => {
  const appends = new Map<number, { offset: bigint; count: number }>();
  let previous: Kept | undefined;
  for await (const entry of journal.read(journal.start, journal.end)) {
    checkEntry(entry, previous);
    const { append } = numbersOf(entry);
    const before = appends.get(append);
    if (before === undefined) appends.set(append, { offset: entry.offset, count: 1 });
    else before.count += 1;
    previous = entry;
  }
  return appends;
};

const checkCursors = (journal: Journal, cursors: ReadonlyMap<string, Cursor>): void => {
  for (const [name, { committed, asked }] of cursors) {
    const position = journal.position(name);
    demand(position >= committed, () => `${name} stands at ${position}, before ${committed} where it was`);
    demand(position <= asked || position === journal.start, () => `${name} is ahead of what it asked for`);
    demand(position <= journal.end, () => `${name} stands behind the end`);
    demand(journal.start <= position, () => `what ${name} has not read was deleted`);
  }
};

/** Compares what is there with what was promised; returns how many entries are there that nobody was told of. */
const checkAppends = async (journal: Journal, appends: Map<number, Append>): Promise<number> => {
  const there = await found(journal);
  let survivors = 0;
  for (const [id, { offset, count }] of there) {
    const append = appends.get(id);
    if (append === undefined) throw new Error(`append ${id} was lost before and is back`);
    demand(!append.refused, () => `append ${id} was refused and is there`);
    demand(count === append.count, () => `append ${id} is there in part: ${count} of ${append.count}`);
    demand(append.offset === undefined || append.offset === offset, () => `append ${id} has moved`);
    if (append.offset === undefined) survivors += count;
    append.offset = offset;
  }
  for (const [id, { offset }] of appends) {
    if (there.has(id)) continue;
    const isOwed = offset !== undefined && offset >= journal.start;
    demand(!isOwed, () => `append ${id} was acknowledged at ${offset} and is lost`);
    appends.delete(id);
  }
  return survivors;
};

export const newModel = (readers: readonly string[]): Model => {
  const appends = new Map<number, Append>();
  const cursors = new Map<string, Cursor>(readers.map((name) => [name, { committed: 0n, asked: 0n }]));
  let nextAppend = 1;
  let nextNumber = 1;
  let acknowledgedRecords = 0;
  let survivors = 0;

  return {
    make(random, entriesMax, bytesMax) {
      const id = nextAppend;
      nextAppend += 1;
      const first = nextNumber;
      nextNumber += 1 + random.whole(entriesMax);
      const count = nextNumber - first;
      appends.set(id, { count, offset: undefined, refused: false });
      return {
        id,
        entries: Array.from({ length: count }, (_, i) => entryOf(first + i, id, random.whole(bytesMax))),
      };
    },
    acknowledged(id, offset) {
      const append = appends.get(id);
      if (append === undefined) throw new Error(`append ${id} was acknowledged and is not known`);
      append.offset = offset;
      acknowledgedRecords += append.count;
    },
    refused(id) {
      const append = appends.get(id);
      if (append !== undefined) append.refused = true;
    },
    asked(reader, end) {
      const cursor = cursors.get(reader);
      if (cursor !== undefined && end > cursor.asked) cursor.asked = end;
    },
    committed(reader, end) {
      const cursor = cursors.get(reader);
      if (cursor !== undefined && end > cursor.committed) cursor.committed = end;
    },
    async check(journal) {
      survivors += await checkAppends(journal, appends);
      checkCursors(journal, cursors);
    },
    get acknowledgedRecords() {
      return acknowledgedRecords;
    },
    get survivors() {
      return survivors;
    },
  };
};

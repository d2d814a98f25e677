import { fail, ok, type Result } from '@outpost/schemas/words';
import { contextAt } from './context-at.ts';
import type { Kept, Offset } from './contract.ts';
import { loadCursors } from './cursors.ts';
import type { Disk } from './disk.ts';
import { errorCode, isMissing, unusable } from './errors.ts';
import { checkFormat } from './format.ts';
import { damagesOf, type Loaded, loadSegments } from './load.ts';
import { newDamages, readEntries } from './reading.ts';
import { newSegmentList } from './segment-list.ts';
import type { Damage, JournalContext, ReaderState, SegmentSpan } from './state.ts';
import { readerState, spansOf } from './stats.ts';

/** A journal as it was when it was looked at: what was durable then. It holds no file open and changes nothing. */
export interface JournalView {
  readonly start: Offset;
  readonly end: Offset;
  readonly bytes: number;
  readonly spans: readonly SegmentSpan[];
  readonly context: JournalContext | undefined;
  readonly readers: readonly ReaderState[];
  readonly damages: readonly Damage[];
  contextAt(offset: Offset): Promise<JournalContext | undefined>;
  read(from: Offset, to: Offset): AsyncIterable<Kept>;
}

export interface JournalViewOptions {
  readonly directory: string;
  readonly disk: Disk;
  damaged?(damage: Damage): void;
}

/** A running gateway may write, or delete, what is just being looked at; a second look then sees it whole. */
const LOOKS_MAX = 5;

const looksWhole = ({ tail, unreadable }: Loaded): boolean =>
  unreadable.length === 0 && (tail === undefined || tail.damages.length === 0);

const load = async (disk: Disk, directory: string, furthest: bigint): Promise<Loaded> => {
  for (let left = LOOKS_MAX; ; left -= 1) {
    try {
      const loaded = await loadSegments(disk, directory, furthest);
      if (left <= 1 || looksWhole(loaded)) return loaded;
    } catch (error) {
      if (left <= 1 || !isMissing(error)) throw error;
    }
  }
};

/**
 * Looks at a journal, be it in use or not, without a lock. It makes durable what it shows, so nothing is ever seen
 * outside that a power cut could still take back.
 */
export const openJournalReadOnly = async (options: JournalViewOptions): Promise<Result<JournalView>> => {
  const { directory, disk } = options;
  try {
    const format = await checkFormat(disk, directory);
    if (!format.ok) return format;
    const { positions } = await loadCursors(disk, directory);
    const furthest = [...positions.values()].reduce((max, at) => (at > max ? at : max), 0n);
    const { held, tail, context } = await load(disk, directory, furthest);
    const damages = newDamages((damage) => options.damaged?.(damage));
    const last = held.at(-1);
    if (last !== undefined && tail !== undefined) damagesOf(last.segment, tail).forEach(damages.add);
    const list = newSegmentList(held, 0n);
    return ok({
      start: list.start as Offset,
      end: list.end as Offset,
      bytes: list.bytes,
      spans: spansOf(list),
      context,
      readers: [...positions].map(([name, position]) => readerState(list, name, position)),
      get damages() {
        return damages.listed;
      },
      contextAt: (offset) => contextAt(disk, list, offset),
      read: (from, to) => readEntries(disk, list, damages, from, to),
    });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return fail(unusable(directory, error));
  }
};

import { type WallNs, wallNs } from '@outpost/schemas/words';
import type { Admission } from './admission.ts';
import type { Committer } from './committer.ts';
import type { Offset } from './contract.ts';
import type { Cursors } from './cursors.ts';
import type { Damages } from './reading.ts';
import type { Retention } from './retention.ts';
import type { SegmentFiles } from './segment-files.ts';
import type { SegmentList } from './segment-list.ts';
import type { JournalStats, ReaderState, SegmentSpan } from './state.ts';
import type { Writer } from './writer.ts';

export interface StatsParts {
  readonly list: SegmentList;
  readonly cursors: Cursors;
  readonly retention: Retention;
  readonly admission: Admission;
  readonly committer: Committer;
  readonly writer: Writer;
  readonly files: SegmentFiles;
  readonly damages: Damages;
}

export const spansOf = (list: SegmentList): readonly SegmentSpan[] =>
  list.all.map(({ segment: { base, created }, end }) => ({
    base: base as Offset,
    end: end as Offset,
    created,
  }));

const oldestUnread = (list: SegmentList, position: bigint): WallNs | undefined =>
  position < list.end ? (list.stretchAt(position)?.segment.created ?? wallNs(0n)) : undefined;

export const readerState = (list: SegmentList, name: string, position: bigint): ReaderState => ({
  name,
  position: position as Offset,
  behindBytes: Number(list.end - position),
  oldestUnread: oldestUnread(list, position),
});

export const statsOf = (parts: StatsParts): JournalStats => {
  const { list, cursors, retention, admission, committer, writer, files, damages } = parts;
  return {
    bytes: list.bytes,
    archiveBytes: retention.archiveBytes,
    segments: list.all.length,
    pendingBytes: writer.pendingBytes,
    ...committer.tally,
    ...admission.tally,
    syncs: files.tally.syncs + cursors.syncs,
    writtenBytes: files.tally.writtenBytes + cursors.writtenBytes,
    deletedSegments: retention.deletedSegments,
    damages: damages.count,
    readers: cursors.readers.map((name) => readerState(list, name, cursors.position(name))),
  };
};

import { join } from 'node:path';
import type { Resumed } from './committer.ts';
import type { Offset } from './contract.ts';
import type { SavedCursors } from './cursors.ts';
import type { Disk } from './disk.ts';
import { SEGMENT_BYTES_MAX } from './limits.ts';
import { ASIDE, damagesOf, type Loaded, type Unreadable } from './load.ts';
import { NEW, type SegmentFiles } from './segment-files.ts';
import type { Held } from './segment-list.ts';
import type { Damage, Recovery } from './state.ts';

/** The segments as they may be used. */
export interface Repaired {
  readonly held: readonly Held[];
  readonly resumed: Resumed | undefined;
  /** Where the next segment begins at the earliest: no offset that anybody may have seen is given again. */
  readonly floor: bigint;
  readonly damages: readonly Damage[];
  readonly recovery: Omit<Recovery, 'readersMoved'>;
}

const putAside = async (disk: Disk, files: SegmentFiles, { path, base }: Unreadable): Promise<Damage> => {
  await disk.rename(path, `${path}${ASIDE}`);
  await files.syncDirectory();
  const where = `${path}, put aside as ${ASIDE}: neither end of it can be read`;
  return { from: base as Offset, to: base as Offset, where };
};

/** What was never finished being made. */
const deleteNew = async (disk: Disk, directory: string): Promise<void> => {
  for (const name of await disk.list(directory)) {
    if (name.endsWith(NEW)) await disk.unlink(join(directory, name));
  }
};

/** Makes the segments of a directory usable. A segment that nobody can read is kept for whoever might. */
export const repair = async (
  disk: Disk,
  directory: string,
  files: SegmentFiles,
  loaded: Loaded,
  cursors: SavedCursors,
  furthest: bigint,
): Promise<Repaired> => {
  await deleteNew(disk, directory);
  const held = [...loaded.held];
  const damages: Damage[] = [];
  const lastBase = held.at(-1)?.segment.base ?? -1n;
  let floor = furthest;
  let tailLost = loaded.tail?.lost ?? false;
  for (const each of loaded.unreadable) {
    damages.push(await putAside(disk, files, each));
    if (each.base < lastBase) continue;
    tailLost = true;
    const behind = each.base + BigInt(SEGMENT_BYTES_MAX);
    if (behind > floor) floor = behind;
  }

  const { tail } = loaded;
  const last = held.at(-1);
  let resumed: Resumed | undefined;
  if (tail !== undefined && last !== undefined) {
    damages.push(...damagesOf(last.segment, tail));
    if (tail.whole) {
      resumed = { held: last, tail: tail.bytes, sequence: tail.sequence };
    } else if (tail.end === 0 && !tail.lost) {
      // Only a cut commit. Its successor will replace it; until then its base says where the one before it ends.
      held.pop();
    }
  }
  const end = last?.end ?? 0n;
  const isShort = furthest > end;
  return {
    held,
    // Cursors behind the end mean that offsets were given away there; the next segment begins behind them.
    resumed: isShort || floor > end ? undefined : resumed,
    floor: floor > end ? floor : end,
    damages,
    recovery: {
      tailLost: tailLost || isShort,
      unfinished: tail?.unfinished ?? false,
      cutBytes: tail?.cutBytes ?? 0,
      cursorsLost: cursors.lost,
      tailRecords: tail?.records ?? 0,
      damages,
    },
  };
};

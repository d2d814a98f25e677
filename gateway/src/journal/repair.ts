import type { Resumed } from './committer.ts';
import type { SavedCursors } from './cursors.ts';
import type { Disk } from './disk.ts';
import { SEGMENT_BYTES_MAX } from './limits.ts';
import { damageAt, damagesOf, type Loaded, type Unreadable } from './load.ts';
import type { SegmentFiles } from './segment-files.ts';
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

const ASIDE = '.damaged';

/** A segment that was never finished being made is deleted; one that cannot be read is put aside for whoever can. */
const clear = async (
  disk: Disk,
  files: SegmentFiles,
  { path, isNew }: Unreadable,
): Promise<readonly Damage[]> => {
  if (isNew) {
    await files.remove(path);
    return [];
  }
  await disk.rename(path, `${path}${ASIDE}`);
  await files.remove(path);
  return [{ ...damageAt(path, 0n, 0n), where: `${path}, put aside as ${ASIDE}: neither end can be read` }];
};

export const repair = async (
  disk: Disk,
  files: SegmentFiles,
  loaded: Loaded,
  cursors: SavedCursors,
  furthest: bigint,
): Promise<Repaired> => {
  const held = [...loaded.held];
  const damages: Damage[] = [];
  const lastBase = held.at(-1)?.segment.base ?? -1n;
  let floor = furthest;
  let tailLost = loaded.tail?.lost ?? false;
  for (const each of loaded.unreadable) {
    damages.push(...(await clear(disk, files, each)));
    if (each.isNew || each.base < lastBase) continue;
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
      // Only a cut commit: the next segment takes its place and its name.
      held.pop();
      await files.remove(last.segment.path);
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
      cutBytes: tail?.cutBytes ?? 0,
      cursorsLost: cursors.lost,
      tailRecords: tail?.records ?? 0,
      damages,
    },
  };
};

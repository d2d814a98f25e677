import type { Offset } from './contract.ts';
import type { Disk } from './disk.ts';
import { isMissing } from './errors.ts';
import { readHeader } from './segment.ts';
import type { SegmentList } from './segment-list.ts';
import type { JournalContext } from './state.ts';

/** The context in the header of the segment that holds `offset`, or of the nearest earlier one that can be read. */
export const contextAt = async (
  disk: Disk,
  list: SegmentList,
  offset: Offset,
): Promise<JournalContext | undefined> => {
  for (const { segment } of list.all.filter(({ segment: { base } }) => base <= offset).reverse()) {
    try {
      const file = await disk.open(segment.path, 'read');
      try {
        const header = await readHeader(file, segment.path, segment.base);
        if (header?.context !== undefined) return { bytes: header.context, at: segment.base as Offset };
      } finally {
        await file.close();
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return undefined;
};

import type { Disk } from '@outpost/gateway';
import type { Clock } from '@outpost/schemas/words';

/** A disk whose every sync of a file takes `syncMs` longer, as a worn card's does. */
export const slowDisk = (disk: Disk, clock: Clock, syncMs: number): Disk => ({
  ...disk,
  async open(path, mode) {
    const file = await disk.open(path, mode);
    return {
      ...file,
      async datasync() {
        await clock.sleep(syncMs, new AbortController().signal);
        await file.datasync();
      },
      async writeThrough(bytes, position) {
        await clock.sleep(syncMs, new AbortController().signal);
        await file.writeThrough(bytes, position);
      },
    };
  },
});

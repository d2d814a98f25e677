import { type Clock, elapsedMs, type MonoNs } from '@outpost/schemas/words';
import type { Disk } from './disk.ts';
import { FREE_CHECK_MS } from './limits.ts';

/** What is known of the free space on the disk, without waiting for it. */
export interface Space {
  /** At the last look, less what was written since; undefined where the file system does not say. */
  readonly freeBytes: number | undefined;
  /** Looks again, unless that was done within FREE_CHECK_MS. The answer counts from the next question on. */
  look(): void;
  wrote(bytes: number): void;
  /** A write found the disk full, whatever the last look said. */
  ranOut(): void;
  /** Resolves when no look is under way. */
  settled(): Promise<void>;
}

export const newSpace = (disk: Disk, directory: string, clock: Clock): Space => {
  let freeBytes: number | undefined;
  let lookedAt: MonoNs | undefined;
  let looking: Promise<void> | undefined;

  const ask = async (): Promise<void> => {
    freeBytes = await disk.freeBytes(directory).catch(() => undefined);
  };

  return {
    get freeBytes() {
      return freeBytes;
    },
    look() {
      if (lookedAt !== undefined && elapsedMs(lookedAt, clock.mono()) < FREE_CHECK_MS) return;
      if (looking !== undefined) return;
      lookedAt = clock.mono();
      looking = ask().finally(() => {
        looking = undefined;
      });
    },
    wrote(bytes) {
      if (freeBytes !== undefined) freeBytes = Math.max(0, freeBytes - bytes);
    },
    ranOut() {
      freeBytes = 0;
      lookedAt = clock.mono();
    },
    settled: async () => looking,
  };
};

import { open } from 'node:fs/promises';
import { systemClock } from '@outpost/firmware-bridge';

/** As much as a commit of a few readings writes. */
const SYNC_BYTES = 4_096;
const SYNC_EVERY_MS = 2;

/** How long a small write and its fdatasync take on a disk, in ms, while others use it too; until the signal aborts. */
export const syncTimes = async (path: string, signal: AbortSignal): Promise<readonly number[]> => {
  const clock = systemClock();
  const times: number[] = [];
  const bytes = new Uint8Array(SYNC_BYTES);
  const file = await open(path, 'w');
  try {
    for (;;) {
      const begun = performance.now();
      await file.write(bytes, 0, SYNC_BYTES, 0);
      await file.datasync();
      times.push(performance.now() - begun);
      await clock.sleep(SYNC_EVERY_MS, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    return times;
  } finally {
    await file.close();
  }
};

/**
 * The waits of messages that come evenly, of which each takes the next sync: a disk that stalls for 300 ms meets 150 of
 * 500 in a second, where one that waits for its own last sync counts it once (coordinated omission).
 */
export const asMet = (syncsMs: readonly number[], perSecond: number): readonly number[] =>
  syncsMs.flatMap((ms) =>
    Array.from(
      { length: Math.max(1, Math.ceil((ms * perSecond) / 1_000)) },
      (_, at) => ms - at * (1_000 / perSecond),
    ),
  );

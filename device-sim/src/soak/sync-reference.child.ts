/**
 * The least that anybody can do for something that is to be on the disk before it is answered: takes an arrival at an
 * even pace, writes a page through to the disk, and nothing else. What arrives during a write shares the next one.
 *
 *     node device-sim/dist/soak/sync-reference.child.js FILE PER_SECOND
 *
 * Until its input ends; then prints one JSON object with when each arrival was due and each write began, and how long
 * it took, in ms, by the machine's clock.
 */
import { constants, open } from 'node:fs/promises';
import { systemClock } from '@outpost/firmware-bridge';
import type { SyncRecord } from './sync-reference.ts';

/** A commit of the journal that carries one reading; it takes turns between places, as the journal does. */
const PAGE_BYTES = 4_096;
const PAGES = 256;
const TICK_MS = 5;

const main = async ([path = '', perSecond = '1']: readonly string[]): Promise<void> => {
  const clock = systemClock();
  const nowMs = (): number => Number(clock.mono()) / 1e6;
  const record: SyncRecord = { dueMs: [], durableMs: [], writtenAtMs: [], writeMs: [] };

  // Its space is there before it is measured, as a segment's is.
  const before = await open(path, 'w');
  await before.write(new Uint8Array(PAGE_BYTES * PAGES));
  await before.sync();
  await before.close();
  const file = await open(path, constants.O_RDWR | constants.O_DSYNC);

  const ending = new AbortController();
  process.stdin.on('end', () => ending.abort(new Error('enough'))).resume();

  let waiting: number[] = [];
  let writing: Promise<void> | undefined;

  const writeAll = async (): Promise<void> => {
    const page = new Uint8Array(PAGE_BYTES);
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const begun = nowMs();
      await file.write(page, 0, PAGE_BYTES, PAGE_BYTES * (record.writeMs.length % PAGES));
      const ended = nowMs();
      record.writtenAtMs.push(begun);
      record.writeMs.push(ended - begun);
      for (const due of batch) {
        record.dueMs.push(due);
        record.durableMs.push(ended - due);
      }
    }
  };

  const begun = nowMs();
  try {
    for (let arrived = 0; ; ) {
      const due = Math.floor(((nowMs() - begun) / 1_000) * Number(perSecond));
      for (; arrived < due; arrived += 1) waiting.push(nowMs());
      writing ??= writeAll().finally(() => {
        writing = undefined;
      });
      await clock.sleep(TICK_MS, ending.signal);
    }
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  }
  await writing;
  await file.close();
  process.stdout.write(JSON.stringify(record));
};

await main(process.argv.slice(2));

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import type { Entry, Journal, Kept, Offset } from './contract.ts';
import { nodeDisk } from './disk.ts';
import { type JournalOptions, openJournal } from './open.ts';
import type { JournalState } from './state.ts';

/** A directory on the real disk that goes away at the end of its scope. */
export const scratch = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await mkdtemp(join(tmpdir(), 'outpost-journal-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

export interface TestJournal extends Journal, JournalState {
  readonly clock: ManualClock;
}

/** 2027: a clock that was set. */
const START_WALL_NS = 1_800_000_000_000_000_000n;

/** A journal with small segments and a clock moved by hand. */
export const openTest = async (
  directory: string,
  changes: Partial<JournalOptions> = {},
): Promise<TestJournal> => {
  const clock = manualClock(START_WALL_NS);
  const opened = await openJournal({
    directory,
    disk: nodeDisk(),
    clock,
    readers: ['store'],
    segmentBytes: 64 * 1024,
    bytesMax: 16 * 1024 * 1024,
    archiveDays: 30,
    archiveBytesMax: 8 * 1024 * 1024,
    context: () => new Uint8Array(0),
    freeBytesMin: 0,
    ...changes,
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  // Not a spread: the journal's positions are getters.
  return Object.defineProperty(opened.value, 'clock', { value: clock }) as TestJournal;
};

export const entry = (text: string, kind = 1, stream = 0): Entry => ({
  kind,
  stream,
  bytes: new TextEncoder().encode(text),
});

export const blob = (length: number, fill: number): Entry => ({
  kind: 2,
  stream: 1,
  bytes: new Uint8Array(length).fill(fill),
});

export const textOf = ({ bytes }: Kept): string => new TextDecoder().decode(bytes);

export const readAll = async (journal: Pick<Journal, 'start' | 'end' | 'read'>): Promise<readonly Kept[]> => {
  const entries: Kept[] = [];
  for await (const each of journal.read(journal.start, journal.end)) entries.push(each);
  return entries;
};

/** The offset of an append that must succeed. */
export const kept = async (appended: ReturnType<Journal['append']>): Promise<Offset> => {
  const result = await appended;
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

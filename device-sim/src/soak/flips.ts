import { type Journal, type JournalState, type Kept, openJournal } from '@outpost/gateway';
import { manualClock } from '@outpost/schemas/testing';
import { type FaultDisk, newFaultDisk } from '../faults/disk.ts';
import { random } from '../random/sfc32.ts';
import { entryOf, isAsMade, numbersOf } from './cut-model.ts';

/** How the journal was left that is then damaged. */
export type Left = 'closed' | 'killed';

export interface FlipPlan {
  readonly seed: number;
  readonly left: Left;
  /** Every how many bytes of the last segment's file. */
  readonly every: number;
  readonly damage: 'flip' | 'truncate';
}

export interface FlipTally {
  places: number;
  /** Places where entries were lost: each time said so. */
  lossy: number;
  /** The most entries that one flipped byte cost a closed journal. */
  worst: number;
}

const DIRECTORY = '/box/journal';

const open = async (disk: FaultDisk, salt: number): Promise<Journal & JournalState> => {
  const opened = await openJournal({
    directory: DIRECTORY,
    disk,
    clock: manualClock(),
    readers: ['store'],
    segmentBytes: 64 * 1024,
    bytesMax: 2 ** 24,
    archiveDays: 1,
    archiveBytesMax: 2 ** 24,
    freeBytesMin: 0,
    context: () => new Uint8Array(20).fill(7),
    salt: () => salt,
    holder: { pid: 1, started: 'now', isRunning: () => false },
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  return opened.value;
};

interface Scene {
  readonly disk: FaultDisk;
  readonly entries: readonly Kept[];
  readonly path: string;
  /** Of the last segment. */
  readonly base: bigint;
  /** Where its last commit begins. */
  readonly lastCommit: bigint;
}

/** A journal of two segments, the last one about half full. */
const build = async (seed: number, left: Left): Promise<Scene> => {
  const disk = newFaultDisk();
  const chance = random(seed, 'flips');
  const journal = await open(disk, chance.uint32());
  let number = 1;
  let lastCommit = 0n;
  while (journal.spans.length < 2 || Number(journal.end - (journal.spans.at(-1)?.base ?? 0n)) < 30_000) {
    lastCommit = journal.end;
    const lengths = Array.from({ length: 1 + chance.whole(12) }, () => chance.whole(900));
    await journal.append(
      lengths.map((length, i) => entryOf(number + i, number, length)),
      'now',
    );
    number += lengths.length;
  }
  const entries: Kept[] = [];
  for await (const entry of journal.read(journal.start, journal.end)) entries.push(entry);
  const base = journal.spans.at(-1)?.base ?? 0n;
  if (left === 'closed') await journal[Symbol.asyncDispose]();
  const path = `${DIRECTORY}/${base.toString(16).padStart(16, '0')}.segment`;
  return { disk: disk.afterKill(), entries, path, base, lastCommit };
};

/** Reads everything; each entry must be as it was made, in its old place and in order. */
const readBack = async (journal: Journal, made: ReadonlyMap<bigint, number>): Promise<Set<number>> => {
  const numbers = new Set<number>();
  let last = 0;
  for await (const entry of journal.read(journal.start, journal.end)) {
    const { number } = numbersOf(entry);
    if (!isAsMade(entry)) throw new Error(`entry ${number} is not what was appended`);
    if (made.get(entry.offset) !== number) throw new Error(`entry ${number} is in another's place`);
    if (number <= last) throw new Error(`entry ${number} is out of order`);
    last = number;
    numbers.add(number);
  }
  return numbers;
};

/** Header and slot of these segments, whose context is short. */
const FRONT_BYTES = 2 * 4096;

/** Whole pages before the cut, and before the last commit, are read as ever. */
const checkBefore = ({ base, lastCommit }: Scene, cutAt: number, missing: readonly Kept[]): void => {
  const pages = Math.floor(Math.min(cutAt - FRONT_BYTES, Number(lastCommit - base)) / 4096);
  const safe = missing.filter(({ next }) => next <= base + BigInt(pages * 4096));
  if (safe.length > 0) throw new Error(`${safe.length} entries before the cut are gone`);
};

const examine = async (
  scene: Scene,
  plan: FlipPlan,
  at: number,
  disk: FaultDisk,
  tally: FlipTally,
): Promise<void> => {
  const made = new Map(
    scene.entries.map((entry): [bigint, number] => [entry.offset, numbersOf(entry).number]),
  );
  const journal = await open(disk, 1);
  const there = await readBack(journal, made);
  const missing = scene.entries.filter((entry) => !there.has(numbersOf(entry).number));
  const { recovery, damages } = journal;
  const isTold = recovery.tailLost || recovery.unfinished || damages.length > 0;
  if (missing.length > 0 && !isTold) throw new Error(`${missing.length} entries are gone without a word`);
  if (missing.some(({ offset }) => offset < scene.base))
    throw new Error('an entry of an intact segment is gone');
  if (missing.length > 0) tally.lossy += 1;
  if (plan.damage === 'truncate') return checkBefore(scene, at, missing);
  const earlier = missing.filter(({ offset }) => plan.left === 'closed' || offset < scene.lastCommit).length;
  if (earlier > 1) throw new Error(`one flipped byte cost ${earlier} acknowledged entries`);
  if (plan.left === 'closed' && missing.length > tally.worst) tally.worst = missing.length;
  const { value } = await journal.append([entryOf(1, 1, 10)], 'now').then((result) => ({ value: result.ok }));
  if (!value) throw new Error('nothing can be appended any more');
};

/** Damages one byte after the other of the last segment's file; throws in words where it is not noticed or spreads. */
export const runFlips = async (plan: FlipPlan): Promise<FlipTally> => {
  const tally: FlipTally = { places: 0, lossy: 0, worst: 0 };
  const scene = await build(plan.seed, plan.left);
  const chance = random(plan.seed, 'masks');
  const size = scene.disk.contents(scene.path).length;
  for (let at = plan.seed % plan.every; at < size; at += plan.every) {
    const disk = scene.disk.copy();
    if (plan.damage === 'flip') disk.damage(scene.path, at, 1 + chance.whole(255));
    else disk.shorten(scene.path, at);
    try {
      await examine(scene, plan, at, disk, tally);
    } catch (error) {
      throw new Error(`seed ${plan.seed}, ${plan.left}, ${plan.damage} at ${at}: ${error}`, { cause: error });
    }
    tally.places += 1;
  }
  return tally;
};

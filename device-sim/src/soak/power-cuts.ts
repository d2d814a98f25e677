import { type Journal, type JournalState, type Kept, openJournal } from '@outpost/gateway';
import { manualClock } from '@outpost/schemas/testing';
import { type FaultDisk, newFaultDisk } from '../faults/disk.ts';
import { type Random, random } from '../random/sfc32.ts';
import { type Model, newModel } from './cut-model.ts';

export interface CutTally {
  cuts: number;
  /** Lives that ended by kill -9 instead: what was written is there, synced or not, until the power goes later. */
  kills: number;
  /** Cuts that hit the opening of the journal itself. */
  cutsWhileOpening: number;
  acknowledgedRecords: number;
  survivors: number;
  opened: number;
}

export const newCutTally = (): CutTally => ({
  cuts: 0,
  kills: 0,
  cutsWhileOpening: 0,
  acknowledgedRecords: 0,
  survivors: 0,
  opened: 0,
});

const DIRECTORY = '/box/journal';
const READERS = ['store', 'deliver'] as const;
/** Small segments and a small archive, so that every few commits one is made or deleted. */
const SEGMENT_BYTES = 64 * 1024;
const LIMITS = { bytesMax: 4 * 1024 * 1024, archiveDays: 1, archiveBytesMax: 128 * 1024 };

const open = async (disk: FaultDisk, chance: Random, life: number) => {
  const clock = manualClock();
  const opened = await openJournal({
    directory: DIRECTORY,
    disk,
    clock,
    readers: READERS,
    segmentBytes: SEGMENT_BYTES,
    ...LIMITS,
    freeBytesMin: 0,
    context: () => chance.bytes(chance.whole(6000)),
    salt: () => chance.uint32(),
    holder: { pid: 1, started: `life ${life}`, isRunning: () => false },
  });
  return { clock, opened };
};

const turn = async (): Promise<void> => {
  for (let i = 0; i < 50; i += 1) await Promise.resolve();
};

const APPEND_KINDS = [
  { entriesMax: 1, bytesMax: 300 },
  { entriesMax: 30, bytesMax: 200 },
  { entriesMax: 4, bytesMax: 4_200 },
  { entriesMax: 3, bytesMax: 9_000 },
] as const;

interface Life {
  readonly disk: FaultDisk;
  readonly model: Model;
  readonly chance: Random;
  readonly steps: number;
  /** Whether the disk also fails otherwise: full for a while, a sync or a write that fails. */
  readonly troubled: boolean;
}

const append = async (journal: Journal, { model, chance }: Life): Promise<void> => {
  const { entriesMax, bytesMax } = APPEND_KINDS[chance.whole(APPEND_KINDS.length)] ?? APPEND_KINDS[0];
  const { id, entries } = model.make(chance, entriesMax, bytesMax);
  const result = await journal.append(entries, chance.whole(3) === 0 ? 'now' : 'soon');
  if (result.ok) model.acknowledged(id, result.value);
  else model.refused(id);
};

const readSome = async (journal: Journal, { model, chance }: Life): Promise<void> => {
  const reader = READERS[chance.whole(READERS.length)] ?? READERS[0];
  const count = 1 + chance.whole(200);
  const entries: Kept[] = [];
  for await (const entry of journal.read(journal.position(reader), journal.end)) {
    if (entries.push(entry) >= count) break;
  }
  const last = entries.at(-1);
  if (last === undefined) return;
  model.asked(reader, last.next);
  await journal.commit(reader, last.next);
  model.committed(reader, last.next);
};

const trouble = ({ disk, chance }: Life): void => {
  const what = chance.whole(4);
  const times = 1 + chance.whole(2);
  if (what === 0) disk.setCapacity(disk.allocatedBytes + chance.whole(8) * 4096);
  else if (what === 1) disk.setCapacity(Number.POSITIVE_INFINITY);
  else if (what === 2) disk.fail({ operation: 'datasync', code: 'EIO', path: '.segment', times });
  else disk.fail({ operation: 'write', code: 'EIO', path: '.segment', times });
};

/** Does what a gateway does, until the power goes or `steps` are done. A journal that gave up ends it like a cut. */
const live = async (journal: Journal, clock: ReturnType<typeof manualClock>, life: Life): Promise<void> => {
  const { disk, chance, steps, troubled } = life;
  const gaveUp = (error: unknown): void => {
    if (!disk.isCut && !troubled) throw error;
    disk.cutAt(disk.boundaries);
  };
  const started: Promise<void>[] = [];
  for (let step = 0; step < steps && !disk.isCut; step += 1) {
    const what = chance.whole(10);
    if (what < 6)
      for (let i = chance.whole(4); i >= 0; i -= 1) started.push(append(journal, life).catch(gaveUp));
    else if (what < 8) await clock.advance(chance.whole(1500));
    else started.push(readSome(journal, life).catch(gaveUp));
    if (troubled && chance.whole(6) === 0) trouble(life);
    await turn();
  }
  if (disk.isCut) return;
  await clock.advance(2000);
  await Promise.all(started);
};

/** Ends as a stopped gateway does; the power may go meanwhile. */
const close = async (journal: Journal, { disk, troubled }: Life): Promise<void> => {
  try {
    await journal[Symbol.asyncDispose]();
  } catch (error) {
    if (!disk.isCut && !troubled) throw error;
  }
};

/** Opens and checks; undefined where the power went meanwhile. */
const reopen = async (disk: FaultDisk, model: Model, chance: Random, life: number, tally: CutTally) => {
  try {
    const { clock, opened } = await open(disk, chance, life);
    if (!opened.ok) {
      if (disk.isCut) return undefined;
      throw new Error(`reopening failed: ${opened.fault.words}`);
    }
    const journal: Journal & JournalState = opened.value;
    if (journal.recovery.tailLost) throw new Error('the journal says that acknowledged entries are lost');
    if (journal.recovery.cursorsLost) throw new Error('the journal says that its cursors are lost');
    await model.check(journal);
    if (journal.damages.length > 0) throw new Error(`damage: ${journal.damages[0]?.where}`);
    tally.opened += 1;
    return { clock, journal };
  } catch (error) {
    if (disk.isCut) return undefined;
    throw error;
  }
};

export interface CutPlan {
  readonly seed: number;
  /** Lives of the gateway one after the other, each but the last ended by a cut. */
  readonly lives: number;
  readonly steps: number;
  readonly troubled?: boolean;
  /** Where the power goes in each life, counted in changes to the disk; random without it. */
  readonly boundary?: number;
}

/** Runs one seed; throws with the seed in its words when something acknowledged is not as it was. */
export const runCuts = async (
  { seed, lives, steps, boundary, troubled = false }: CutPlan,
  tally: CutTally,
): Promise<number> => {
  const chance = random(seed, 'cuts');
  const model = newModel(READERS);
  let disk = newFaultDisk();
  let boundaries = 0;
  try {
    for (let life = 0; life < lives; life += 1) {
      const cutBoundary = boundary ?? 1 + chance.whole(1 + chance.whole(12 * steps));
      if (life < lives - 1) disk.cutAt(cutBoundary);
      const reopened = await reopen(disk, model, chance, life, tally);
      if (reopened !== undefined) {
        const { clock, journal } = reopened;
        const about = { disk, model, chance, steps, troubled };
        await live(journal, clock, about);
        if (!disk.isCut && chance.whole(2) === 0) await close(journal, about);
      } else {
        tally.cutsWhileOpening += 1;
      }
      boundaries = disk.boundaries;
      if (life === lives - 1) break;
      // Not on a disk that fails: the page cache then shows the next process what the disk does not have.
      if (boundary === undefined && !troubled && chance.whole(4) === 0) {
        tally.kills += 1;
        disk = disk.afterKill();
      } else {
        tally.cuts += 1;
        disk = disk.powerCut(chance);
      }
      disk.setCapacity(Number.POSITIVE_INFINITY);
    }
  } catch (error) {
    throw new Error(`seed ${seed}${boundary === undefined ? '' : `, boundary ${boundary}`}: ${error}`, {
      cause: error,
    });
  }
  tally.acknowledgedRecords += model.acknowledgedRecords;
  tally.survivors += model.survivors;
  return boundaries;
};

/** One scripted life, cut at each of its write boundaries in turn. */
export const runEveryBoundary = async (seed: number, steps: number, tally: CutTally): Promise<number> => {
  const boundaries = await runCuts({ seed, lives: 1, steps }, newCutTally());
  for (let boundary = 1; boundary <= boundaries; boundary += 1) {
    await runCuts({ seed, lives: 2, steps, boundary }, tally);
  }
  return boundaries;
};

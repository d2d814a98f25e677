import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Journal, type Kept, nodeDisk, openJournalReadOnly } from '@outpost/gateway';
import { random } from '../random/sfc32.ts';
import { isAsMade, numbersOf } from './cut-model.ts';
import { READER } from './journal-child.ts';

export interface KillPlan {
  /** The child, compiled. */
  readonly child: string;
  /** An empty directory on a real disk; the journal grows in it from life to life. */
  readonly directory: string;
  readonly kills: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface KillTally {
  kills: number;
  acknowledgedRecords: number;
  /** Entries that were there although the child did not live to say so. */
  survivors: number;
  cursorCommits: number;
}

interface Promised {
  readonly appends: Map<number, { readonly count: number; readonly offset: bigint }>;
  cursor: bigint;
  cursorCommits: number;
}

const LIVE_MS_MAX = 300;
/** A child that says nothing for so long is a failure of the run. */
const START_MS_MAX = 20_000;

/** One life: from the first acknowledgement on the child has a random time to live. */
const runChild = async (plan: KillPlan, life: number, liveMs: number): Promise<Promised> => {
  const child: ChildProcess = spawn(
    process.execPath,
    [plan.child, plan.directory, String(life), String(plan.seed)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const gone = once(child, 'exit');
  let words = '';
  child.stderr?.on('data', (chunk) => {
    words += String(chunk);
  });
  const promised: Promised = { appends: new Map(), cursor: 0n, cursorCommits: 0 };
  let timer = setTimeout(() => child.kill('SIGKILL'), START_MS_MAX);
  let isRunning = false;
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    if (!isRunning) {
      isRunning = true;
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), liveMs);
    }
    const [what, first, count, offset] = line.split(' ');
    if (what === 'c') {
      promised.cursor = BigInt(first ?? '');
      promised.cursorCommits += 1;
    } else {
      promised.appends.set(Number(first), { count: Number(count), offset: BigInt(offset ?? '') });
    }
  }
  clearTimeout(timer);
  const [, by] = await gone;
  if (!isRunning || by !== 'SIGKILL') throw new Error(`life ${life} ended by itself: ${words}`);
  return promised;
};

/** Everything promised in this life is where it was said to be. Returns how many entries more there are. */
const check = async (
  journal: Pick<Journal, 'start' | 'end' | 'read'>,
  from: bigint,
  { appends }: Promised,
): Promise<number> => {
  const there = new Map<number, { offset: bigint; count: number }>();
  let previous: Kept | undefined;
  const start = from < journal.start ? journal.start : from;
  for await (const entry of journal.read(start as Journal['start'], journal.end)) {
    const { number, append } = numbersOf(entry);
    if (!isAsMade(entry)) throw new Error(`entry ${number} is not what was appended`);
    if (previous !== undefined && previous.next !== entry.offset)
      throw new Error(`a hole before entry ${number}`);
    if (previous !== undefined && numbersOf(previous).number >= number)
      throw new Error(`entry ${number} is out of order`);
    const found = there.get(append) ?? { offset: entry.offset, count: 0 };
    found.count += 1;
    there.set(append, found);
    previous = entry;
  }
  for (const [id, { count, offset }] of appends) {
    const found = there.get(id);
    there.delete(id);
    if (found === undefined && offset < journal.start) continue;
    if (found?.offset !== offset || found.count !== count)
      throw new Error(`append ${id} was acknowledged and is lost`);
  }
  return [...there.values()].reduce((sum, { count }) => sum + count, 0);
};

/** kill -9 again and again, on one journal; throws in words when anything acknowledged is missing. */
export const runKills = async (plan: KillPlan): Promise<KillTally> => {
  const tally: KillTally = { kills: 0, acknowledgedRecords: 0, survivors: 0, cursorCommits: 0 };
  const chance = random(plan.seed, 'kills');
  let checkedTo = 0n;
  let cursor = 0n;
  for (let life = 0; life < plan.kills; life += 1) {
    plan.signal.throwIfAborted();
    const promised = await runChild(plan, life, chance.whole(LIVE_MS_MAX));
    const view = await openJournalReadOnly({ directory: plan.directory, disk: nodeDisk() });
    if (!view.ok) throw new Error(view.fault.words);
    const journal = view.value;
    tally.survivors += await check(journal, checkedTo, promised);
    if (journal.damages.length > 0) throw new Error(`damage: ${journal.damages[0]?.where}`);
    cursor = promised.cursor > cursor ? promised.cursor : cursor;
    const position = journal.readers.find(({ name }) => name === READER)?.position ?? 0n;
    if (position < cursor) throw new Error(`the cursor stands at ${position}, before ${cursor}`);
    if (position > journal.end) throw new Error('the cursor stands behind the end');
    checkedTo = journal.end;
    tally.kills += 1;
    tally.cursorCommits += promised.cursorCommits;
    for (const { count } of promised.appends.values()) tally.acknowledgedRecords += count;
    if (tally.kills % 10 === 0)
      plan.say(`${tally.kills} kills, ${tally.acknowledgedRecords} records acknowledged`);
  }
  return tally;
};

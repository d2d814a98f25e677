import type { Journal, Offset } from '../journal/contract.ts';
import { KIND } from '../record/entry.ts';
import { readIntents, readReadingsSettled } from '../record/live-entry.ts';
import { newSuspects, type Suspects } from '../suspects.ts';

/** Readings whose end is remembered since the cursor last moved; then it moves. */
export const DONE_MAX = 8_192;

/** What outlives the follower's own deaths. */
export interface LiveMemory {
  readonly suspects: Suspects<Offset>;
  /** Readings behind the cursor whose way has ended: they are read again after a start, but not sent again. */
  readonly done: Set<Offset>;
  /** Readings that may have been sent, of which nothing more is known: by an earlier run, or beside a Bug. */
  readonly doubtful: Set<Offset>;
  /** Readings whose intent this run has written down. */
  readonly intended: Set<Offset>;
  /** How far it has read. */
  reached: Offset;
  /** Before this it died: readings are sent one by one, to find out which it is. */
  aloneTo: Offset;
  /** Whether the journal was asked what an earlier run left. */
  asked: boolean;
}

export const newLiveMemory = (): LiveMemory => ({
  suspects: newSuspects(String),
  done: new Set(),
  doubtful: new Set(),
  intended: new Set(),
  reached: 0n as Offset,
  aloneTo: 0n as Offset,
  asked: false,
});

/** What the entries behind the cursor say of this network's readings. */
export const recall = async (
  memory: LiveMemory,
  journal: Pick<Journal, 'start' | 'end' | 'read' | 'position'>,
  { network, reader }: { readonly network: string; readonly reader: string },
): Promise<void> => {
  if (memory.asked) return;
  const saved = journal.position(reader);
  const from = saved < journal.start ? journal.start : saved;
  const { done, doubtful } = memory;
  for await (const { kind, bytes } of journal.read(from, journal.end)) {
    const intents = kind === KIND.intents ? readIntents(bytes) : undefined;
    if (intents?.network === network) for (const reading of intents.readings) doubtful.add(reading);
    const ends = kind === KIND.readingsSettled ? readReadingsSettled(bytes) : undefined;
    if (ends?.network !== network) continue;
    for (const { reading } of [...ends.settled, ...ends.others]) done.add(reading);
  }
  for (const reading of done) doubtful.delete(reading);
  for (const set of [done, doubtful]) for (const reading of set) if (reading < from) set.delete(reading);
  memory.asked = true;
};

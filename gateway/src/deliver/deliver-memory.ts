import { toHex } from '@outpost/schemas/words';
import type { Journal, Offset } from '../journal/contract.ts';
import { KIND, readSettlement } from '../record/entry.ts';
import { readIntents } from '../record/live-entry.ts';
import { newSuspects, type Suspects } from '../suspects.ts';

/** What outlives the follower's own deaths. */
export interface Memory {
  readonly suspects: Suspects<Offset>;
  /** Settled or withheld since the cursor last moved: read again after a death, but not sent again. */
  readonly done: Set<Offset>;
  /** Attestations behind the cursor of which an earlier run wrote down the end, by the hex of their hash. */
  readonly ended: Set<string>;
  /** Attestations that may have been sent, of which nothing more is known: by an earlier run, or beside a Bug. */
  readonly doubtful: Set<Offset>;
  /** Attestations whose intent this run has written down. */
  readonly intended: Set<Offset>;
  /** How far it has read. */
  reached: Offset;
  /** Before this it died: attestations are taken one by one, to find out which it is. */
  aloneTo: Offset;
  /** Whether the journal was asked what an earlier run left. */
  asked: boolean;
}

export const newMemory = (): Memory => ({
  suspects: newSuspects(String),
  done: new Set(),
  ended: new Set(),
  doubtful: new Set(),
  intended: new Set(),
  reached: 0n as Offset,
  aloneTo: 0n as Offset,
  asked: false,
});

/** Forgets what the cursor has passed. */
export const passed = (memory: Memory, end: Offset): void => {
  memory.done.clear();
  for (const set of [memory.doubtful, memory.intended]) {
    for (const offset of set) if (offset < end) set.delete(offset);
  }
};

/**
 * What the entries behind the cursor say of this network's attestations: an end that is on the disk is the end, even
 * where a crash came before the cursor moved. There are as many as one batch of the follower holds.
 */
export const recall = async (
  memory: Memory,
  journal: Pick<Journal, 'start' | 'end' | 'read' | 'position'>,
  { network, reader }: { readonly network: string; readonly reader: string },
): Promise<void> => {
  if (memory.asked) return;
  const saved = journal.position(reader);
  const from = saved < journal.start ? journal.start : saved;
  for await (const { kind, bytes } of journal.read(from, journal.end)) {
    const intents = kind === KIND.intents ? readIntents(bytes) : undefined;
    if (intents?.network === network) {
      for (const place of intents.readings) if (place >= from) memory.doubtful.add(place);
    }
    const settlement = kind === KIND.settlement ? readSettlement(bytes) : undefined;
    if (settlement?.ok === true && settlement.value.network === network)
      memory.ended.add(toHex(settlement.value.attestation));
  }
  memory.asked = true;
};

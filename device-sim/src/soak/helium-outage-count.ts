import { join } from 'node:path';
import {
  KIND,
  nodeDisk,
  openJournalReadOnly,
  originOfKind,
  readIntents,
  readReadingsSettled,
} from '@outpost/gateway';
import { decodeLeaf } from '@outpost/schemas/evidence';
import { numberOf } from './lora-field.ts';

export type End = 'settled' | 'refused' | 'expired' | 'unknown';

/** What a journal says of the frames that one network was to get. */
export interface Ends {
  /** Numbers of the frames in it, each as often as it is. */
  readonly frames: ReadonlyMap<number, number>;
  /** How each ended, by its number; more than one where it was written down more than once. */
  readonly ends: ReadonlyMap<number, readonly End[]>;
  /** Why, of those that were refused. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Readings that were about to be sent, written down before. */
  readonly intents: number;
  readonly damages: number;
}

/** Reads the bytes on the disk while no gateway runs. */
export const readEnds = async (data: string, network: string): Promise<Ends> => {
  const view = await openJournalReadOnly({ directory: join(data, 'journal'), disk: nodeDisk() });
  if (!view.ok) throw new Error(view.fault.words);
  const journal = view.value;
  const frames = new Map<number, number>();
  const ends = new Map<number, End[]>();
  const refusals: Record<string, number> = {};
  const numbers = new Map<bigint, number>();
  let intents = 0;
  const end = (reading: bigint, kind: End): void => {
    const number = numbers.get(reading);
    if (number === undefined) throw new Error('an end of a reading that is no frame of ours');
    ends.set(number, [...(ends.get(number) ?? []), kind]);
  };
  for await (const { kind, offset, bytes } of journal.read(journal.start, journal.end)) {
    const leaf = originOfKind(kind) === undefined ? undefined : decodeLeaf(bytes);
    if (leaf?.ok === true && leaf.value.body.kind === 'reception') {
      const number = numberOf(leaf.value.body.phy);
      if (number === undefined) throw new Error('a frame in the journal that nobody sent');
      numbers.set(offset, number);
      frames.set(number, (frames.get(number) ?? 0) + 1);
    }
    const settled = kind === KIND.readingsSettled ? readReadingsSettled(bytes) : undefined;
    if (settled?.network === network) {
      for (const { reading } of settled.settled) end(reading, 'settled');
      for (const { reading, kind: how, code } of settled.others) {
        end(reading, how);
        if (how === 'refused') refusals[code] = (refusals[code] ?? 0) + 1;
      }
    }
    const intended = kind === KIND.intents ? readIntents(bytes) : undefined;
    if (intended?.network === network) intents += intended.readings.length;
  }
  return { frames, ends, refusals, intents, damages: journal.damages.length };
};

import { join } from 'node:path';
import { nodeDisk, openJournalReadOnly, originOfKind } from '@outpost/gateway';
import { decodeLeaf } from '@outpost/schemas/evidence';
import { readGw, UPLINK_FRAME } from '@outpost/schemas/radio/gw';
import { numberOf } from './lora-field.ts';

/** How often each number was met, and in how many different shapes. */
export interface Met {
  readonly times: Uint8Array;
  /** Numbers that stand under two identities: one frame that became two. */
  readonly twice: Set<number>;
  /** All that came, each as often as it did. */
  total: number;
  /** Of these, what had come before. */
  again: number;
}

export const newMet = (framesMax: number): Met => ({
  times: new Uint8Array(framesMax),
  twice: new Set(),
  total: 0,
  again: 0,
});

const TIMES_MAX = 255;

const meet = (met: Met, number: number): void => {
  met.total += 1;
  met.again += (met.times[number] ?? 0) > 0 ? 1 : 0;
  met.times[number] = Math.min(TIMES_MAX, (met.times[number] ?? 0) + 1);
};

export interface InJournal {
  readonly frames: Met;
  /** With what the box itself says of its streams. */
  readonly readings: number;
  readonly mebibytes: number;
  readonly damages: number;
}

/** What stands in the journal, read from the bytes on the disk while no gateway runs. */
export const readJournal = async (data: string, framesMax: number): Promise<InJournal> => {
  const view = await openJournalReadOnly({ directory: join(data, 'journal'), disk: nodeDisk() });
  if (!view.ok) throw new Error(view.fault.words);
  const journal = view.value;
  const frames = newMet(framesMax);
  let readings = 0;
  for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
    if (originOfKind(kind) === undefined) continue;
    readings += 1;
    const leaf = decodeLeaf(bytes);
    if (!leaf.ok) throw new Error(leaf.fault.words);
    const { body } = leaf.value;
    if (body.kind !== 'reception') continue;
    const number = numberOf(body.phy);
    if (number === undefined) throw new Error('a frame in the journal that nobody sent');
    meet(frames, number);
    // Each frame is sent once, so that each reading more is another identity.
    if ((frames.times[number] ?? 0) > 1) frames.twice.add(number);
  }
  return {
    frames,
    readings,
    mebibytes: Math.round(journal.bytes / 2 ** 20),
    damages: journal.damages.length,
  };
};

/** Notes what a network server is sent. A message may come again; it must be the same one then. */
export const newReceived = (framesMax: number) => {
  const met = newMet(framesMax);
  const identities = new Uint32Array(framesMax);
  return {
    met,
    take: (topic: string, payload: Uint8Array): void => {
      if (!topic.endsWith('/event/up')) return;
      const frame = readGw(UPLINK_FRAME, payload);
      if (!frame.ok) throw new Error(frame.fault.words);
      const number = numberOf(frame.value.phyPayload ?? new Uint8Array());
      if (number === undefined) throw new Error('the network was sent a frame that nobody sent');
      const identity = frame.value.rxInfo?.uplinkId ?? 0;
      const isAgain = (met.times[number] ?? 0) > 0;
      if (isAgain && identities[number] !== identity) met.twice.add(number);
      identities[number] = identity;
      meet(met, number);
    },
  };
};

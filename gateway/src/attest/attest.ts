import { type Clock, elapsedMs } from '@outpost/schemas/words';
import type { Journal, Offset } from '../journal/contract.ts';
import { together } from '../together.ts';
import { type BatchParts, type BatchTally, newBatches, type SealedBatch } from './batches.ts';

export interface AttestTally extends BatchTally {
  attestations: number;
  readings: number;
}

export interface AttestParts extends BatchParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly tally: AttestTally;
  /** The longest that a reading waits for its signature. */
  readonly everyMs: number;
}

export const READER = 'attest';

const FOLLOW = { entriesMax: 2_048, bytesMax: 1 << 20 };
/** Signed batches on their way to the disk before reading on has to wait. */
const OUTBOX_MAX = 256;
const LOOK_MS = 250;
const RETRY_MS = 1_000;
/** The saved position only spares reading again at the next start, so it need not be fresh. */
const COMMIT_MS = 30_000;

/** Follows the journal and puts its readings under signatures. */
export interface Attest {
  /**
   * Signs everything up to `to`, open batches included; resolves when that is on the disk and the chains know it, so
   * that an epoch which begins now names it as its parent.
   */
  catchUp(to: Offset, signal: AbortSignal): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

export const newAttestTally = (): AttestTally => ({
  attestations: 0,
  readings: 0,
  unreadable: 0,
  keyless: 0,
});

/** Brings signed batches to the disk in order; the same bytes again for as long as the disk is full. */
const newOutbox = ({ journal, clock, tally }: AttestParts) => {
  const waiting: SealedBatch[] = [];
  let draining: Promise<void> | undefined;

  const drain = async (signal: AbortSignal): Promise<void> => {
    while (waiting.length > 0) {
      const sending = waiting.slice();
      const entries = sending.map(({ entry }) => entry);
      const soon = await journal.append(entries, 'soon');
      // Where readings have no room any more, their signatures still do: what is delivered can be deleted.
      const kept = soon.ok ? soon : await journal.append(entries, 'now');
      if (!kept.ok) {
        await clock.sleep(RETRY_MS, signal);
        continue;
      }
      waiting.splice(0, sending.length);
      tally.attestations += sending.length;
      for (const { readings } of sending) tally.readings += readings;
    }
  };

  return {
    waiting,
    flush(signal: AbortSignal): Promise<void> {
      draining ??= drain(signal).finally(() => {
        draining = undefined;
      });
      return draining;
    },
  };
};

export const openAttest = (parts: AttestParts): Attest => {
  const { journal, clock } = parts;
  const batches = newBatches(parts, journal.start);
  const outbox = newOutbox(parts);

  /** Nothing before this offset is needed again by this follower. */
  const position = (followed: Offset): Offset => {
    const firsts = [batches.firstOpen(), outbox.waiting[0]?.from];
    return firsts.reduce<Offset>((first, at) => (at !== undefined && at < first ? at : first), followed);
  };

  const follow = async (signal: AbortSignal): Promise<void> => {
    let committedAt = clock.mono();
    for await (const { entries, end } of journal.follow(READER, FOLLOW, signal)) {
      for (const entry of entries) outbox.waiting.push(...batches.take(entry, clock.mono()));
      if (outbox.waiting.length >= OUTBOX_MAX) await outbox.flush(signal);
      if (elapsedMs(committedAt, clock.mono()) < COMMIT_MS) continue;
      committedAt = clock.mono();
      await journal.commit(READER, position(end));
    }
  };

  const closeAged = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      await clock.sleep(LOOK_MS, signal);
      outbox.waiting.push(...batches.closeAged(parts.everyMs, clock.mono()));
      await outbox.flush(signal);
    }
  };

  return {
    async catchUp(to, signal) {
      const [saved, { takenTo }] = [journal.position(READER), batches];
      for await (const entry of journal.read(saved > takenTo ? saved : takenTo, to)) {
        outbox.waiting.push(...batches.take(entry, clock.mono()));
        if (outbox.waiting.length >= OUTBOX_MAX) await outbox.flush(signal);
      }
      outbox.waiting.push(...batches.closeAged(0, clock.mono()));
      await outbox.flush(signal);
      for await (const entry of journal.read(to, journal.end)) {
        outbox.waiting.push(...batches.take(entry, clock.mono()));
      }
      await journal.commit(READER, to);
    },
    run: (signal) => together(signal, follow, closeAged),
  };
};

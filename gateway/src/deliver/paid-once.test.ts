import type { ManualClock } from '@outpost/schemas/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformHash } from '../hash.ts';
import type { Offset } from '../journal/contract.ts';
import { applyEntry, newChains } from '../record/chains.ts';
import { type Deliver, openDeliver } from './deliver.ts';
import { openLive } from './live.ts';
import type { Crash, CrashJournal } from './testing/crash-journal.ts';
import { BATCHES, endsOf, filled, live as liveOnce, view } from './testing/lives.ts';
import {
  type Books,
  type Manner,
  newBooks,
  payingLiveNetwork,
  payingNetwork,
} from './testing/paying-network.ts';

type Follow = (life: CrashJournal, books: Books, takesOnce: boolean, clock: ManualClock) => Deliver;

const attestations: Follow = (life, books, takesOnce, clock) =>
  openDeliver({
    journal: life.journal,
    clock,
    hash: platformHash,
    network: payingNetwork(books, takesOnce, () => life.isDead),
    reader: 'deliver:sim',
    acceptSimulated: true,
    view: view(),
  });

const readings: Follow = (life, books, takesOnce, clock) => {
  const chainsAt = async (offset: Offset) => {
    const chains = newChains(0n as Offset);
    for await (const entry of life.journal.read(0n as Offset, offset)) applyEntry(chains, entry);
    return chains;
  };
  const network = payingLiveNetwork(books, takesOnce, () => life.isDead);
  const parts = { journal: life.journal, clock, network, reader: 'deliver:sim', acceptSimulated: true };
  return openLive({ ...parts, view: view(), chainsAt });
};

const live = (
  disk: Parameters<typeof liveOnce>[0]['disk'],
  crash: Crash | undefined,
  books: Books,
  takesOnce: boolean,
  follow: Follow,
): Promise<number> =>
  liveOnce({ disk, crash, follow: (life, clock) => follow(life, books, takesOnce, clock) });

interface Story {
  readonly follow: Follow;
  readonly takesOnce: boolean;
  readonly crashes: readonly Crash[];
  readonly manners: readonly Manner[];
}

/** Lives through all crashes and one whole life behind them, and holds the books against the journal. */
const play = async ({ follow, takesOnce, crashes, manners }: Story): Promise<void> => {
  const disk = filled();
  const books = newBooks(manners);
  for (const crash of crashes) await live(disk, crash, books, takesOnce, follow);
  await live(disk, undefined, books, takesOnce, follow);
  const things = follow === attestations ? BATCHES : 2 * BATCHES - 1;
  const ends = [...endsOf(disk).values()];
  // Each ends once, whatever happened.
  expect(ends.map((each) => each.length)).toEqual(Array.from({ length: things }, () => 1));
  expect([...books.paid.values()].every((times) => times === 1)).toBe(true);
  const settled = ends.filter(([kind]) => kind === 'settled').length;
  const unknown = ends.filter(([kind]) => kind === 'unknown').length;
  expect(settled + unknown).toBe(things);
  if (takesOnce) {
    expect([...books.arrived.values()].every((times) => times === 1)).toBe(true);
    // What is said to be settled was paid; what was paid is settled, or nobody knows.
    expect(books.paid.size).toBeGreaterThanOrEqual(settled);
    expect(books.paid.size).toBeLessThanOrEqual(settled + unknown);
    const used = manners.slice(0, manners.length - books.manners.length);
    if (crashes.length === 0) expect(unknown).toBe(used.filter((manner) => manner === 'lost').length);
  } else {
    expect(unknown).toBe(0);
    expect(books.paid.size).toBe(things);
  }
};

const FOLLOWERS = [
  ['attestations', 'knows each by its id', attestations, false],
  ['attestations', 'pays for whatever arrives', attestations, true],
  ['readings', 'knows each by its id', readings, false],
  ['readings', 'pays for whatever arrives', readings, true],
] as const;

describe.each(FOLLOWERS)('%s to a network that %s', (_, __, follow, takesOnce) => {
  it('are paid once and end once wherever a crash comes, before or behind each write', async () => {
    const writes = await live(filled(), undefined, newBooks([]), takesOnce, follow);
    expect(writes).toBeGreaterThan(4);
    for (let write = 1; write <= writes; write += 1) {
      for (const isOnDisk of [false, true]) {
        await play({ follow, takesOnce, crashes: [{ write, isOnDisk }], manners: [] });
      }
    }
  });

  it('are paid once and end once over several crashes, lost answers and a network that is away', async () => {
    const crash = fc.record({ write: fc.integer({ min: 1, max: 14 }), isOnDisk: fc.boolean() });
    const manner = fc.constantFrom('taken' as const, 'lost' as const, 'away' as const);
    await fc.assert(
      fc.asyncProperty(
        fc.array(crash, { maxLength: 4 }),
        fc.array(manner, { maxLength: 12 }),
        (crashes, manners) => play({ follow, takesOnce, crashes, manners }),
      ),
      { numRuns: 30 },
    );
  });
});

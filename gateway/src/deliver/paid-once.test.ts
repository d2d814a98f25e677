import { encodeLeaf, leafHashes, type Statement, sealAttestation, treeRoot } from '@outpost/schemas/evidence';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { type Body, type Epoch, monoNs, type StreamId, toHex, wallNs } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformHash } from '../hash.ts';
import type { Offset } from '../journal/contract.ts';
import { applyEntry, newChains } from '../record/chains.ts';
import { attestedEntry, KIND, openedEntry, readSettlement } from '../record/entry.ts';
import { readReadingsSettled } from '../record/live-entry.ts';
import { newNetworkView } from '../run/tasks.ts';
import { type Deliver, openDeliver } from './deliver.ts';
import { openLive } from './live.ts';
import {
  addEntry,
  type Crash,
  type CrashDisk,
  type CrashJournal,
  openCrashJournal,
} from './testing/crash-journal.ts';
import {
  type Books,
  type Manner,
  newBooks,
  payingLiveNetwork,
  payingNetwork,
} from './testing/paying-network.ts';

const STREAM = 'car/telemetry' as StreamId;
const EPOCH = new Uint8Array(16).fill(7) as Epoch;
const KEY = new Uint8Array(32).fill(1);
const BATCHES = 7;
const anchor = { wall: wallNs(1_700_000_000_000_000_000n), mono: monoNs(0n), trust: 'ntp' as const };

const leafOf = (sequence: number, body: Body): Uint8Array =>
  encodeLeaf({
    sequence,
    mono: monoNs(BigInt(sequence)),
    body,
    raw: new Uint8Array(body.kind === 'anchor' ? 0 : 1),
    salt: new Uint8Array(16),
  });

const statementOf = (counter: number): Statement => ({
  deviceKey: KEY,
  gatewayKey: KEY,
  keyKind: 'file',
  stream: STREAM,
  epoch: EPOCH,
  epochReason: 'started',
  counter,
  previous: counter === 0 ? null : new Uint8Array(32),
  size: 2,
  firstSequence: 2 * counter,
  firstMono: monoNs(BigInt(2 * counter)),
  lastMono: monoNs(BigInt(2 * counter + 1)),
  anchor,
  origin: 'live',
  authenticated: 'wired',
  software: 'test',
});

/** A journal with a stream of batches, two readings each. */
const filled = (): CrashDisk => {
  const disk: CrashDisk = { entries: [], positions: new Map() };
  const opening = { stream: STREAM, epoch: EPOCH, reason: 'started', parent: undefined } as const;
  const keys = {
    gatewayKey: KEY,
    deviceKey: KEY,
    keyKind: 'file',
    authenticated: 'wired',
    software: 't',
  } as const;
  addEntry(disk, openedEntry(1, { ...opening, ...keys }));
  for (let counter = 0; counter < BATCHES; counter += 1) {
    const first: Body =
      counter === 0 ? { kind: 'anchor', anchor } : { kind: 'number', signal: 1, mantissa: counter, ecu: 0 };
    const second: Body = { kind: 'number', signal: 1, mantissa: 100 + counter, ecu: 0 };
    const leaves = [leafOf(2 * counter, first), leafOf(2 * counter + 1, second)];
    const offsets = leaves.map((bytes) => addEntry(disk, { kind: KIND.readingLive, stream: 1, bytes }));
    const bytes = sealAttestation(
      statementOf(counter),
      treeRoot(leafHashes(leaves)),
      () => new Uint8Array(64),
    );
    const to = ((offsets[1] ?? 0n) + 10n) as Offset;
    addEntry(disk, attestedEntry(1, { from: offsets[0] as Offset, to, bytes }));
  }
  return disk;
};

const view = () =>
  newNetworkView({ name: 'sim', network: 'outpost', url: '', acceptSimulated: true, options: {} });

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

const TURNS_MAX = 3_000;

/** One life of the program, until it dies or has nothing left to do; gives the writes that it made. */
const live = async (
  disk: CrashDisk,
  crash: Crash | undefined,
  books: Books,
  takesOnce: boolean,
  follow: Follow,
) => {
  const life = openCrashJournal(disk, crash);
  const clock = manualClock();
  const stopping = new AbortController();
  const running = follow(life, books, takesOnce, clock).run(stopping.signal);
  running.catch(() => undefined);
  for (let turns = 0; !life.isDead && !(life.isIdle && turns > 4); turns += 1) {
    if (turns > TURNS_MAX) throw new Error('it never came to an end');
    await clock.advance(300);
  }
  // A program that died says nothing any more; one that has nothing to do is told to stop.
  if (!life.isDead) stopping.abort(new Error('the test is over'));
  return life.writes;
};

/** Every end in the journal, by what it is the end of. */
const endsOf = (disk: CrashDisk): ReadonlyMap<string, readonly string[]> => {
  const ends = new Map<string, string[]>();
  const add = (id: string, kind: string) => ends.set(id, [...(ends.get(id) ?? []), kind]);
  for (const { kind, bytes } of disk.entries) {
    const settlement = kind === KIND.settlement ? readSettlement(bytes) : undefined;
    if (settlement?.ok) add(toHex(settlement.value.attestation), settlement.value.kind);
    const settled = kind === KIND.readingsSettled ? readReadingsSettled(bytes) : undefined;
    for (const { reading } of settled?.settled ?? []) add(String(reading), 'settled');
    for (const each of settled?.others ?? []) add(String(each.reading), each.kind);
  }
  return ends;
};

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

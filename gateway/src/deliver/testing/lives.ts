import { setImmediate } from 'node:timers/promises';
import { encodeLeaf, leafHashes, type Statement, sealAttestation, treeRoot } from '@outpost/schemas/evidence';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { type Body, type Epoch, monoNs, type StreamId, toHex, wallNs } from '@outpost/schemas/words';
import type { Offset } from '../../journal/contract.ts';
import { attestedEntry, KIND, openedEntry, readSettlement } from '../../record/entry.ts';
import { readReadingsSettled } from '../../record/live-entry.ts';
import { newNetworkView } from '../../run/tasks.ts';
import type { Deliver } from '../deliver.ts';
import {
  addEntry,
  type Crash,
  type CrashDisk,
  type CrashJournal,
  openCrashJournal,
} from './crash-journal.ts';

const STREAM = 'car/telemetry' as StreamId;
const EPOCH = new Uint8Array(16).fill(7) as Epoch;
const KEY = new Uint8Array(32).fill(1);
export const BATCHES = 7;
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
export const filled = (): CrashDisk => {
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

export const view = () =>
  newNetworkView({ name: 'sim', network: 'outpost', url: '', acceptSimulated: true, options: {} });

const TURNS_MAX = 3_000;
const REAL_TURNS_MAX = 300_000;

export interface Living {
  readonly disk: CrashDisk;
  readonly crash: Crash | undefined;
  follow(life: CrashJournal, clock: ManualClock): Deliver;
  /** The other end is a real socket, which answers in its own time. */
  readonly isReal?: boolean;
}

/** One life of the program, until it dies or has nothing left to do; gives the writes that it made. */
export const live = async ({ disk, crash, follow, isReal = false }: Living): Promise<number> => {
  const life = openCrashJournal(disk, crash);
  const clock = manualClock();
  const stopping = new AbortController();
  const running = follow(life, clock).run(stopping.signal);
  running.catch(() => undefined);
  for (let turns = 0; !life.isDead && !(life.isIdle && turns > 4); turns += 1) {
    if (turns > (isReal ? REAL_TURNS_MAX : TURNS_MAX)) throw new Error('it never came to an end');
    if (isReal) await setImmediate();
    await clock.advance(isReal ? 1 : 300);
  }
  // A program that died says nothing any more; one that has nothing to do is told to stop.
  if (isReal || !life.isDead) stopping.abort(new Error('the test is over'));
  return life.writes;
};

/** Every end in the journal, by what it is the end of. */
export const endsOf = (disk: CrashDisk): ReadonlyMap<string, readonly string[]> => {
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

import { randomBytes } from 'node:crypto';
import type { Config } from '@outpost/schemas/config';
import type { Clock, DeviceName, Epoch, EpochReason, Result, StreamId } from '@outpost/schemas/words';
import { ok } from '@outpost/schemas/words';
import { READER as ATTEST_READER, newAttestTally, openAttest } from '../attest/attest.ts';
import type { Lab } from '../broker/identity.ts';
import {
  isOtherMachine,
  journalDirectory,
  keysDirectory,
  makeDataDirectory,
  rememberMachine,
} from '../data-directory.ts';
import { deliverReader } from '../deliver/reader.ts';
import { platformHash } from '../hash.ts';
import type { Journal } from '../journal/contract.ts';
import { nodeDisk } from '../journal/disk.ts';
import { openJournal } from '../journal/open.ts';
import type { JournalState } from '../journal/state.ts';
import { forgetImport, importedHeads, type KeyRing, openKeyRing } from '../keys/index.ts';
import type { Log } from '../log.ts';
import { type Chains, encodeChains, newChains } from '../record/chains.ts';
import { happeningEntry, headsEntry, keyRecordEntry } from '../record/entry.ts';
import { type LaneRoom, newLaneRoom } from '../record/lane-room.ts';
import type { Run, StreamKeys } from '../record/stream-writer.ts';
import { machineTrust } from '../record/time-trust.ts';
import type { BoxControls } from '../settings/box-controls.ts';
import { type Notes, newTripsTally, TRIPS_READER, type TripsTally } from '../trips/trips.ts';
import { SOFTWARE } from '../version.ts';
import { chainsAt } from './history.ts';
import { createOrders, type Orders } from './orders.ts';
import { STORE_READER } from './store.ts';

/** What is open before any device is spoken to. */
export interface Opened {
  readonly journal: Journal & JournalState;
  readonly ring: KeyRing;
  readonly chains: Chains;
  readonly reason: EpochReason;
  readonly run: Run;
  readonly room: LaneRoom;
  readonly attest: ReturnType<typeof openAttest>;
  readonly attestTally: ReturnType<typeof newAttestTally>;
  /** The streams that are recorded in this run, for what the box itself says in them. */
  readonly recorders: Map<StreamId, Notes>;
  readonly tripsTally: TripsTally;
  readonly orders: Orders;
}

export interface OpenContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Whether the broker lets in whoever asks. */
  readonly lab?: Lab | undefined;
  /** What its owner may do from the page; undefined where this gateway is a part of another program. */
  readonly box?: BoxControls | undefined;
}

const MIB = 1 << 20;

export { deliverReader };

const openLine = async (
  { config, clock, log }: OpenContext,
  context: () => Uint8Array,
  broken: (error: unknown) => void,
): Promise<Result<Journal & JournalState>> =>
  openJournal({
    directory: journalDirectory(config.dataDirectory),
    disk: nodeDisk(clock),
    clock,
    readers: [
      ATTEST_READER,
      TRIPS_READER,
      ...(config.store === null ? [] : [STORE_READER]),
      ...config.networks.map(({ name }) => deliverReader(name)),
    ],
    context,
    commitEveryMs: config.journal.commitEveryMs,
    bytesMax: config.journal.mebibytesMax * MIB,
    archiveBytesMax: config.journal.archiveMebibytesMax * MIB,
    archiveDays: config.journal.archiveDays,
    broken,
    damaged: ({ where }) => log.line('error', `journal: damaged, and stepped over: ${where}`),
  });

/** Heads that came with imported keys become an entry of the journal, from which they are never lost again. */
const takeImport = async (directory: string, journal: Journal): Promise<Result<boolean>> => {
  const heads = await importedHeads(directory);
  if (!heads.ok) return heads;
  if (heads.value === undefined) return ok(false);
  const kept = await journal.append([headsEntry(heads.value)], 'now');
  if (!kept.ok) return kept;
  const forgotten = await forgetImport(directory);
  return forgotten.ok ? ok(true) : forgotten;
};

/** Why this run's epochs begin. */
const reasonOf = async (
  { config }: OpenContext,
  journal: Journal & JournalState,
): Promise<Result<EpochReason>> => {
  const moved = await isOtherMachine(config.dataDirectory);
  const imported = await takeImport(keysDirectory(config.dataDirectory), journal);
  if (!imported.ok) return imported;
  if (imported.value) return ok('imported');
  if (moved) return ok('restored');
  return ok(journal.recovery.tailLost ? 'tail-lost' : 'started');
};

/** Says why new epochs begin where that is unusual; only then is the directory taken for this installation's own. */
const tellReason = async (
  { config, clock, log }: OpenContext,
  journal: Journal,
  reason: EpochReason,
): Promise<void> => {
  if (reason !== 'started') {
    const words = `new epochs begin with the reason ${reason}.`;
    log.line('notice', words);
    const entry = happeningEntry({ device: '', what: 'new-epochs', words, wall: clock.wall() });
    if (!(await journal.append([entry], 'now')).ok) return;
  }
  // Where it cannot be written, the next start says the same once more.
  await rememberMachine(config.dataDirectory).catch(() => undefined);
};

/** The keys of the configured devices, each made and endorsed where it is new. */
const deviceKeys = async (
  { config }: OpenContext,
  ring: KeyRing,
  journal: Journal,
): Promise<Result<ReadonlyMap<string, StreamKeys>>> => {
  const keys = new Map<string, StreamKeys>();
  for (const { name } of config.devices) {
    const device = await ring.device(name as DeviceName);
    if (!device.ok) return device;
    const { key, records } = device.value;
    if (records.length > 0) await journal.append(records.map(keyRecordEntry), 'now');
    const gatewayKey = ring.gateway().publicKey;
    keys.set(name, { gatewayKey, deviceKey: key.publicKey, keyKind: key.kind, saltSecret: key.saltSecret() });
  }
  return ok(keys);
};

/** Numbers streams over one run of the program. */
const streamNumbers = (): (() => number) => {
  let last = 0;
  return () => {
    last = (last % 65_535) + 1;
    return last;
  };
};

const runOf = (
  { clock, config }: OpenContext,
  chains: Chains,
  keys: ReadonlyMap<string, StreamKeys>,
): Run => ({
  clock,
  software: SOFTWARE,
  hash: platformHash,
  trust: () => (config.clock.trust === 'auto' ? machineTrust() : config.clock.trust),
  keys: (device) => {
    const found = keys.get(device);
    if (found === undefined) throw new Error(`device ${device} has no key`);
    return found;
  },
  parent: (stream) => chains.heads.get(stream),
  newEpoch: () => new Uint8Array(randomBytes(16)) as Epoch,
  nextNumber: streamNumbers(),
});

/**
 * Opens journal and keys and signs what earlier runs left, so that new epochs name their true parents.
 * @param broken told once where the journal cannot be written any more
 */
export const openParts = async (
  context: OpenContext,
  broken: (error: unknown) => void,
): Promise<Result<Opened>> => {
  const { config, clock, signal } = context;
  const directory = await makeDataDirectory(config.dataDirectory);
  if (!directory.ok) return directory;
  let chains: Chains | undefined;
  const heads = (): Uint8Array => encodeChains(chains ?? newChains(0n as Chains['asOf']));
  const line = await openLine(context, heads, broken);
  if (!line.ok) return line;
  const journal = line.value;
  const stop = async <T>(why: Result<T>): Promise<Result<T>> => {
    await journal[Symbol.asyncDispose]();
    return why;
  };
  const ring = await openKeyRing({
    directory: keysDirectory(config.dataDirectory),
    kind: config.keyKind,
    clock,
  });
  if (!ring.ok) return await stop(ring);
  const reason = await reasonOf(context, journal);
  if (!reason.ok) return await stop(reason);
  chains = await chainsAt(journal, journal.end);
  const keys = await deviceKeys(context, ring.value, journal);
  if (!keys.ok) return await stop(keys);
  const attestTally = newAttestTally();
  const attest = openAttest({
    journal,
    clock,
    hash: platformHash,
    tally: attestTally,
    chains,
    readingsMax: config.attest.readingsMax,
    everyMs: config.attest.everySeconds * 1_000,
    sign: (key, bytes) => ring.value.signerOf(key)?.sign(bytes),
  });
  await tellReason(context, journal, reason.value);
  await attest.catchUp(journal.end, signal);
  const run = runOf(context, chains, keys.value);
  const room = newLaneRoom(journal, {
    directory: config.dataDirectory,
    bytesMax: config.journal.mebibytesMax * MIB,
  });
  const trips = { recorders: new Map(), tripsTally: newTripsTally(), orders: createOrders() };
  const signing = { attest, attestTally };
  return ok({ journal, ring: ring.value, chains, reason: reason.value, run, room, ...signing, ...trips });
};

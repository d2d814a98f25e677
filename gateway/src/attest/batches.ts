import {
  assembleAttestation,
  attestationHash,
  attestationToBeSigned,
  type Hash,
  type Head,
  leafHash,
  type Statement,
  treeRoot,
} from '@outpost/schemas/evidence';
import { type ClockAnchor, elapsedMs, type MonoNs, type Origin, type StreamId } from '@outpost/schemas/words';
import type { Entry, Kept, Offset } from '../journal/contract.ts';
import { applyEntry, type Chain, type Chains } from '../record/chains.ts';
import { attestedEntry, originOfKind } from '../record/entry.ts';
import { leafOf } from '../record/read-entry.ts';

export interface BatchTally {
  /** Readings of the journal that do not decode: damaged, counted, never signed. */
  unreadable: number;
  /** Batches that cannot be signed because their device's key is not on this box any more. */
  keyless: number;
}

export interface BatchParts {
  readonly hash: Hash;
  readonly readingsMax: number;
  readonly tally: BatchTally;
  /** What the durable entries say; kept up to date here. */
  readonly chains: Chains;
  /** Signs with the key of that public key; undefined where the box does not have it. */
  sign(deviceKey: Uint8Array, bytes: Uint8Array): Uint8Array | undefined;
}

/** The readings of one chain that stand under no signature yet. */
interface OpenBatch {
  readonly chain: Chain;
  readonly origin: Origin;
  readonly anchor: ClockAnchor;
  readonly firstSequence: number;
  readonly from: Offset;
  readonly firstMono: MonoNs;
  readonly openedAt: MonoNs;
  readonly leaves: Uint8Array[];
  lastMono: MonoNs;
  to: Offset;
}

/** A signed batch that is not durable yet: nobody outside may see it. */
export interface SealedBatch {
  readonly from: Offset;
  readonly readings: number;
  readonly entry: Entry;
}

/** What is remembered of a chain beside its durable state. */
interface Progress {
  batch: OpenBatch | undefined;
  anchor: ClockAnchor | undefined;
  /** Of the last attestation made, durable or on its way there. */
  head: Head | undefined;
}

/** Turns durable readings into signed batches. Reads no clock and touches no disk. */
export interface Batches {
  /** Takes one durable entry; entries come in order and each is taken once, however often it is given. */
  take(entry: Kept, now: MonoNs): readonly SealedBatch[];
  /** Ends the batches that are `olderThanMs` at `now`. */
  closeAged(olderThanMs: number, now: MonoNs): readonly SealedBatch[];
  /** Entries before it are taken. */
  readonly takenTo: Offset;
  /** The first reading that stands in an open batch; undefined where there is none. */
  firstOpen(): Offset | undefined;
}

/** Everything that is open, and what was signed last. */
interface Signing {
  readonly parts: BatchParts;
  readonly progress: Map<Chain, Progress>;
  /** By stream, of the last attestation made over all its epochs. */
  readonly made: Map<StreamId, Head>;
}

/**
 * What an epoch's first attestation goes on from: the last one of the stream that was made. When the epoch was opened,
 * readings of the one before may still have waited for their signature.
 */
const parentOf = ({ parts, made }: Signing, { opened: { stream, parent } }: Chain): Head | undefined =>
  made.get(stream) ?? parts.chains.heads.get(stream) ?? parent;

const statementOf = (batch: OpenBatch, head: Head | undefined, parent: Head | undefined): Statement => {
  const { opened } = batch.chain;
  return {
    gatewayKey: opened.gatewayKey,
    deviceKey: opened.deviceKey,
    keyKind: opened.keyKind,
    stream: opened.stream,
    epoch: opened.epoch,
    epochReason: opened.reason,
    counter: head === undefined ? 0 : head.counter + 1,
    previous: head === undefined ? (parent ?? null) : head.hash,
    size: batch.leaves.length,
    firstSequence: batch.firstSequence,
    firstMono: batch.firstMono,
    lastMono: batch.lastMono,
    anchor: batch.anchor,
    origin: batch.origin,
    authenticated: opened.authenticated,
    software: opened.software,
  };
};

const seal = (signing: Signing, mine: Progress, batch: OpenBatch): readonly SealedBatch[] => {
  const { parts, progress, made } = signing;
  const { stream } = batch.chain.opened;
  mine.batch = undefined;
  const older: SealedBatch[] = [];
  for (const other of mine.head === undefined ? progress.values() : []) {
    const before = other.batch;
    if (before === undefined || before.chain.opened.stream !== stream || before.from > batch.from) continue;
    older.push(...seal(signing, other, before));
  }
  const statement = statementOf(batch, mine.head, parentOf(signing, batch.chain));
  const root = treeRoot(batch.leaves, parts.hash);
  const signature = parts.sign(statement.deviceKey, attestationToBeSigned(statement, root));
  if (signature === undefined) {
    parts.tally.keyless += 1;
    return older;
  }
  const bytes = assembleAttestation(statement, root, signature);
  mine.head = {
    epoch: statement.epoch,
    counter: statement.counter,
    hash: attestationHash(bytes, parts.hash),
  };
  made.set(stream, mine.head);
  const entry = attestedEntry(batch.chain.number, { from: batch.from, to: batch.to, bytes });
  return [...older, { from: batch.from, readings: batch.leaves.length, entry }];
};

/**
 * Puts one reading into its chain's batch. A batch ends at `readingsMax`, and where something that stands in the
 * statement changes: origin, clock anchor, a hole in the sequence.
 */
const takeReading = (
  signing: Signing,
  mine: Progress,
  chain: Chain,
  entry: Kept,
  origin: Origin,
  now: MonoNs,
): readonly SealedBatch[] => {
  const { parts } = signing;
  const leaf = leafOf(entry);
  if (!leaf.ok) {
    parts.tally.unreadable += 1;
    return [];
  }
  const { body, sequence, mono } = leaf.value;
  if (body.kind === 'anchor') mine.anchor = body.anchor;
  const { anchor, batch: before } = mine;
  if (entry.offset < chain.attestedTo || anchor === undefined) return [];
  const fits =
    before !== undefined &&
    before.origin === origin &&
    before.anchor === anchor &&
    before.firstSequence + before.leaves.length === sequence;
  const sealed = before === undefined || fits ? [] : [...seal(signing, mine, before)];
  const place = { from: entry.offset, firstSequence: sequence, firstMono: mono, openedAt: now };
  const batch = fits
    ? before
    : { chain, origin, anchor, ...place, leaves: [], lastMono: mono, to: entry.next };
  mine.batch = batch;
  batch.leaves.push(leafHash(entry.bytes, parts.hash));
  batch.lastMono = mono;
  batch.to = entry.next;
  if (batch.leaves.length >= parts.readingsMax) sealed.push(...seal(signing, mine, batch));
  return sealed;
};

export const newBatches = (parts: BatchParts, from: Offset): Batches => {
  const { chains } = parts;
  const progress = new Map<Chain, Progress>();
  const signing: Signing = { parts, progress, made: new Map() };
  let takenTo = from;

  const of = (chain: Chain): Progress => {
    const known = progress.get(chain);
    if (known !== undefined) return known;
    const fresh: Progress = { batch: undefined, anchor: chain.anchor, head: chain.head };
    progress.set(chain, fresh);
    return fresh;
  };

  return {
    get takenTo() {
      return takenTo;
    },
    take(entry, now) {
      if (entry.offset < takenTo) return [];
      takenTo = entry.next;
      const origin = originOfKind(entry.kind);
      const chain = origin === undefined ? undefined : chains.open.get(entry.stream);
      const sealed =
        origin === undefined || chain === undefined
          ? []
          : takeReading(signing, of(chain), chain, entry, origin, now);
      applyEntry(chains, entry);
      return sealed;
    },
    closeAged(olderThanMs, now) {
      return [...progress.values()].flatMap((mine) =>
        mine.batch !== undefined && elapsedMs(mine.batch.openedAt, now) >= olderThanMs
          ? seal(signing, mine, mine.batch)
          : [],
      );
    },
    firstOpen() {
      let first: Offset | undefined;
      for (const { batch } of progress.values()) {
        if (batch !== undefined && (first === undefined || batch.from < first)) first = batch.from;
      }
      return first;
    },
  };
};

import {
  assembleAttestation,
  attestationHash,
  attestationToBeSigned,
  decodeLeaf,
  type Hash,
  type Head,
  leafHash,
  type Statement,
  treeRoot,
} from '@outpost/schemas/evidence';
import { type Clock, type ClockAnchor, elapsedMs, type MonoNs, type Origin } from '@outpost/schemas/words';
import type { Entry, Journal, Kept, Offset } from '../journal/contract.ts';
import { applyEntry, type Chain, type Chains } from '../record/chains.ts';
import { attestedEntry, originOfKind } from '../record/entry.ts';
import { together } from '../together.ts';

export interface AttestTally {
  attestations: number;
  readings: number;
  /** Readings of the journal that do not decode: damaged, counted, never signed. */
  unreadable: number;
  /** Batches that wait because their device's key is not on this box. */
  keyless: number;
}

export interface AttestParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly hash: Hash;
  readonly tally: AttestTally;
  /** What the durable entries say. Attest alone keeps it up to date. */
  readonly chains: Chains;
  readonly readingsMax: number;
  readonly everyMs: number;
  /** Signs with the key of that public key; undefined where the box does not have it any more. */
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

/** What attest remembers of a chain beside its durable state. */
interface Progress {
  batch: OpenBatch | undefined;
  anchor: ClockAnchor | undefined;
  /** Of the last attestation made, durable or on its way there. */
  head: Head | undefined;
}

const FOLLOW = { entriesMax: 2_048, bytesMax: 1 << 20 };
/** Signed batches on their way to the disk before reading on has to wait. */
const OUTBOX_MAX = 256;
/** The saved position only spares reading again at the next start, so it need not be fresh. */
const COMMIT_MS = 30_000;
const LOOK_MS = 250;
const RETRY_MS = 1_000;

export interface Attest {
  /** Attests what earlier runs left; resolves when every reading up to `to` stands under a durable signature. */
  catchUp(to: Offset, signal: AbortSignal): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
  /** Closes all open batches, at a clean stop. */
  close(signal: AbortSignal): Promise<void>;
}

/**
 * Follows the journal and puts its readings under signatures, one per batch. A batch ends at `readingsMax`, after
 * `everyMs`, or where something that stands in the statement changes: origin, clock anchor, a hole in the sequence.
 */
export const openAttest = (parts: AttestParts): Attest => {
  const { journal, clock, chains, tally } = parts;
  const progress = new Map<Chain, Progress>();
  const outbox: { readonly from: Offset; readonly readings: number; readonly entry: Entry }[] = [];
  let draining: Promise<void> | undefined;
  let followedTo = journal.start;

  const of = (chain: Chain): Progress => {
    const known = progress.get(chain);
    if (known !== undefined) return known;
    const fresh: Progress = { batch: undefined, anchor: chain.anchor, head: chain.head };
    progress.set(chain, fresh);
    return fresh;
  };

  const statementOf = (batch: OpenBatch, head: Head | undefined): Statement => {
    const { opened } = batch.chain;
    return {
      gatewayKey: opened.gatewayKey,
      deviceKey: opened.deviceKey,
      keyKind: opened.keyKind,
      stream: opened.stream,
      epoch: opened.epoch,
      epochReason: opened.reason,
      counter: head === undefined ? 0 : head.counter + 1,
      previous: head === undefined ? (opened.parent ?? null) : head.hash,
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

  /** Signs a batch. The signature is known to this loop alone until its entry is durable. */
  const seal = (batch: OpenBatch): void => {
    const mine = of(batch.chain);
    mine.batch = undefined;
    const statement = statementOf(batch, mine.head);
    const root = treeRoot(batch.leaves, parts.hash);
    const signature = parts.sign(statement.deviceKey, attestationToBeSigned(statement, root));
    if (signature === undefined) {
      tally.keyless += 1;
      return;
    }
    const bytes = assembleAttestation(statement, root, signature);
    const hash = attestationHash(bytes, parts.hash);
    mine.head = { epoch: batch.chain.opened.epoch, counter: statement.counter, hash };
    const entry = attestedEntry(batch.chain.number, { from: batch.from, to: batch.to, bytes });
    outbox.push({ from: batch.from, readings: batch.leaves.length, entry });
  };

  /** Brings what was signed to the disk, in order; the same bytes again for as long as the disk is full. */
  const drain = async (signal: AbortSignal): Promise<void> => {
    while (outbox.length > 0) {
      const sending = outbox.slice();
      const kept = await journal.append(
        sending.map(({ entry }) => entry),
        'soon',
      );
      if (!kept.ok) {
        await clock.sleep(RETRY_MS, signal);
        continue;
      }
      outbox.splice(0, sending.length);
      tally.attestations += sending.length;
      for (const { readings } of sending) tally.readings += readings;
    }
  };

  const flush = (signal: AbortSignal): Promise<void> => {
    draining ??= drain(signal).finally(() => {
      draining = undefined;
    });
    return draining;
  };

  const begin = (
    chain: Chain,
    entry: Kept,
    origin: Origin,
    sequence: number,
    mono: MonoNs,
    anchor: ClockAnchor,
  ): OpenBatch => ({
    chain,
    origin,
    anchor,
    firstSequence: sequence,
    from: entry.offset,
    firstMono: mono,
    openedAt: clock.mono(),
    leaves: [],
    lastMono: mono,
    to: entry.next,
  });

  /** Puts one reading into its chain's batch, closing the one before it where it does not fit. */
  const take = (chain: Chain, entry: Kept, origin: Origin): void => {
    const leaf = decodeLeaf(entry.bytes);
    if (!leaf.ok) {
      tally.unreadable += 1;
      return;
    }
    const { body, sequence, mono } = leaf.value;
    const mine = of(chain);
    if (body.kind === 'anchor') mine.anchor = body.anchor;
    if (entry.offset < chain.attestedTo || mine.anchor === undefined) return;
    const before = mine.batch;
    const fits =
      before !== undefined &&
      before.origin === origin &&
      before.anchor === mine.anchor &&
      before.firstSequence + before.leaves.length === sequence;
    if (before !== undefined && !fits) seal(before);
    const batch = fits ? before : begin(chain, entry, origin, sequence, mono, mine.anchor);
    mine.batch = batch;
    batch.leaves.push(leafHash(entry.bytes, parts.hash));
    batch.lastMono = mono;
    batch.to = entry.next;
    if (batch.leaves.length >= parts.readingsMax) seal(batch);
  };

  const step = (entry: Kept): void => {
    if (entry.offset < followedTo) return;
    followedTo = entry.next;
    const origin = originOfKind(entry.kind);
    const chain = origin === undefined ? undefined : chains.open.get(entry.stream);
    if (origin !== undefined && chain !== undefined) take(chain, entry, origin);
    applyEntry(chains, entry);
  };

  const openBatches = (): readonly OpenBatch[] =>
    [...progress.values()].flatMap(({ batch }) => (batch === undefined ? [] : [batch]));

  /** Nothing before this offset is needed again by this follower. */
  const position = (followed: Offset): Offset =>
    [...openBatches(), ...outbox].reduce((first, { from }) => (from < first ? from : first), followed);

  const close = async (signal: AbortSignal): Promise<void> => {
    for (const batch of openBatches()) seal(batch);
    await flush(signal);
  };

  const follow = async (signal: AbortSignal): Promise<void> => {
    let committedAt = clock.mono();
    for await (const { entries, end } of journal.follow('attest', FOLLOW, signal)) {
      for (const entry of entries) step(entry);
      if (outbox.length >= OUTBOX_MAX) await flush(signal);
      if (elapsedMs(committedAt, clock.mono()) < COMMIT_MS) continue;
      committedAt = clock.mono();
      await journal.commit('attest', position(end));
    }
  };

  const closeAged = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      await clock.sleep(LOOK_MS, signal);
      for (const batch of openBatches()) {
        if (elapsedMs(batch.openedAt, clock.mono()) >= parts.everyMs) seal(batch);
      }
      await flush(signal);
    }
  };

  return {
    async catchUp(to, signal) {
      for await (const entry of journal.read(journal.position('attest'), to)) step(entry);
      await close(signal);
      await journal.commit('attest', to);
    },
    run: (signal) => together(signal, follow, closeAged),
    close,
  };
};

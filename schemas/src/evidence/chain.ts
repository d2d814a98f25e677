import { equalBytes, type StreamId, toHex } from '../words/index.ts';
import { type CheckedBatch, placeOf } from './check-batch.ts';
import { type Findings, short } from './problem.ts';
import type { Head, Statement } from './statement.ts';

/** The attestations of one epoch, each counter once, in the order of their counters. */
export type EpochRun = ReadonlyMap<number, CheckedBatch>;

/** Everything that one device key signed for one stream. */
export interface Chain {
  readonly deviceKey: Uint8Array;
  readonly stream: StreamId;
  /** By epoch in hex, in the order of the file. */
  readonly runs: ReadonlyMap<string, EpochRun>;
}

interface Node {
  readonly batch: CheckedBatch;
  /** Place in the file. */
  readonly index: number;
}

interface GatheredChain {
  readonly deviceKey: Uint8Array;
  readonly stream: StreamId;
  readonly epochs: Map<string, GatheredEpoch>;
}

interface GatheredEpoch {
  readonly byCounter: Map<number, Node>;
  /** The highest counter so far. */
  latest: number;
}

interface Gathered {
  readonly chains: Map<string, GatheredChain>;
  readonly byHash: Map<string, Node>;
}

const isHead = (previous: Statement['previous']): previous is Head =>
  previous !== null && !(previous instanceof Uint8Array);

const previousHash = ({ previous }: Statement): Uint8Array | null =>
  isHead(previous) ? previous.hash : previous;

const addNode = (gathered: Gathered, node: Node, findings: Findings): void => {
  const { statement, hash } = node.batch;
  const { deviceKey, stream, counter } = statement;
  const place = placeOf(statement);
  const name = toHex(hash);
  if (gathered.byHash.has(name)) {
    findings.add('chain.replay', 'The same attestation stands in the file twice.', place);
    return;
  }
  const chainName = `${toHex(deviceKey)} ${stream}`;
  const chain = gathered.chains.get(chainName) ?? { deviceKey, stream, epochs: new Map() };
  gathered.chains.set(chainName, chain);
  const epochName = toHex(statement.epoch);
  const epoch = chain.epochs.get(epochName) ?? { byCounter: new Map<number, Node>(), latest: -1 };
  chain.epochs.set(epochName, epoch);
  if (epoch.byCounter.has(counter)) {
    findings.add(
      'chain.fork',
      `The key ${short(deviceKey)} signed two different attestations with one epoch and counter: it is in two places.`,
      place,
    );
    return;
  }
  if (counter < epoch.latest) {
    findings.add('chain.reorder', `It stands after attestation ${epoch.latest}, which follows it.`, place);
  }
  epoch.latest = Math.max(epoch.latest, counter);
  epoch.byCounter.set(counter, node);
  gathered.byHash.set(name, node);
};

/** What may not change within an epoch. */
const sameConstants = (a: Statement, b: Statement): boolean =>
  a.epochReason === b.epochReason && a.keyKind === b.keyKind && equalBytes(a.gatewayKey, b.gatewayKey);

const checkNeighbours = (before: CheckedBatch, after: CheckedBatch, findings: Findings): void => {
  const [a, b] = [before.statement, after.statement];
  const place = placeOf(b);
  const missing = b.counter - a.counter - 1;
  if (!sameConstants(a, b)) {
    findings.add(
      'chain.epoch',
      'It states another gateway, key kind or reason than its epoch began with.',
      place,
    );
  }
  if (missing > 0) {
    findings.add(
      'chain.gap',
      `${missing} attestation(s) before it are missing or not to be believed.`,
      place,
    );
    return;
  }
  if (!(b.previous instanceof Uint8Array && equalBytes(b.previous, before.hash))) {
    findings.add('chain.previous', 'What it names as the one before it is not what stands before it.', place);
  }
  const expected = a.firstSequence + a.size;
  if (b.firstSequence > expected) {
    findings.add(
      'chain.sequence-gap',
      `${b.firstSequence - expected} reading(s) before it are missing.`,
      place,
    );
  } else if (b.firstSequence < expected) {
    findings.add('chain.sequence-replay', 'Its first readings were attested already.', place);
  }
  if (b.firstMono < a.lastMono)
    findings.add('chain.time', 'Its time lies before that of the one before it.', place);
};

/** How an epoch hangs on what came before it. */
const checkOpening = (first: Node, isFirstRun: boolean, gathered: Gathered, findings: Findings): void => {
  const { statement } = first.batch;
  const place = placeOf(statement);
  if (statement.counter > 0) {
    if (isFirstRun)
      findings.add('start.cut', `The file begins with attestation ${statement.counter}.`, place);
    else
      findings.add(
        'chain.gap',
        `The first ${statement.counter} attestation(s) of the epoch are missing.`,
        place,
      );
    return;
  }
  if (statement.firstSequence !== 0) {
    findings.add(
      'chain.sequence-gap',
      `The epoch begins with reading ${statement.firstSequence}, not 0.`,
      place,
    );
  }
  const { previous } = statement;
  if (!isHead(previous)) return;
  const parent = gathered.byHash.get(toHex(previous.hash));
  if (parent === undefined) {
    const known = knownAt(gathered, statement, previous);
    if (known) {
      const words = 'The attestation that its epoch continues has other bytes than the one in the file.';
      findings.add('chain.previous', words, place);
    } else if (isFirstRun) {
      findings.add('start.cut', 'The file begins with an epoch that continues an earlier one.', place);
    } else {
      findings.add('chain.gap', 'The attestation that its epoch continues is missing.', place);
    }
    return;
  }
  const from = parent.batch.statement;
  const fits = from.counter === previous.counter && equalBytes(from.epoch, previous.epoch);
  if (!fits || from.stream !== statement.stream) {
    findings.add(
      'chain.previous',
      'Its epoch continues an attestation under another name than that has.',
      place,
    );
  }
  if (parent.index > first.index) {
    findings.add('chain.reorder', 'Its epoch stands before the one that it continues.', place);
  }
};

/** Whether the file has an attestation of this stream with the parent's epoch and counter, under any key. */
const knownAt = (gathered: Gathered, { stream }: Statement, { epoch, counter }: Head): boolean => {
  for (const chain of gathered.chains.values()) {
    if (chain.stream === stream && chain.epochs.get(toHex(epoch))?.byCounter.has(counter)) return true;
  }
  return false;
};

/** Reasons for an epoch that admit that another continuation may exist. */
const isExplained = ({ counter, epochReason }: Statement): boolean =>
  counter === 0 && (epochReason === 'restored' || epochReason === 'imported' || epochReason === 'tail-lost');

const checkBranches = (gathered: Gathered, findings: Findings): void => {
  const children = new Map<string, CheckedBatch[]>();
  for (const { batch } of gathered.byHash.values()) {
    const { statement } = batch;
    const hash = previousHash(statement);
    const root = `${toHex(statement.deviceKey)} ${statement.stream}`;
    const parent = hash === null ? root : `${toHex(hash)} ${statement.stream}`;
    children.set(parent, [...(children.get(parent) ?? []), batch]);
  }
  for (const siblings of children.values()) {
    const [, ...others] = siblings;
    if (others.length === 0) continue;
    const unexplained = siblings.filter(({ statement }) => !isExplained(statement));
    const place = placeOf((others.at(-1) as CheckedBatch).statement);
    const epochs = siblings.map(({ statement }) => `${short(statement.epoch)} (${statement.epochReason})`);
    const words = `The chain goes on in ${siblings.length} ways from one point, in the epochs ${epochs.join(', ')}`;
    if (unexplained.length > 1) {
      findings.add('chain.branch', `${words}: a restored card, a lost tail or a copied key.`, place);
    } else {
      findings.add('chain.branch-explained', `${words}; the gateway says itself why.`, place);
    }
  }
};

const runOf = ({ byCounter }: GatheredEpoch): readonly Node[] =>
  [...byCounter.values()].sort((a, b) => a.batch.statement.counter - b.batch.statement.counter);

const checkRun = (
  nodes: readonly Node[],
  isFirstRun: boolean,
  gathered: Gathered,
  findings: Findings,
): EpochRun => {
  for (const [at, { batch }] of nodes.entries()) {
    const before = nodes[at - 1];
    if (before !== undefined) checkNeighbours(before.batch, batch, findings);
  }
  if (nodes[0] !== undefined) checkOpening(nodes[0], isFirstRun, gathered, findings);
  return new Map(nodes.map(({ batch }) => [batch.statement.counter, batch]));
};

/**
 * Loss, replay, reordering, forks and branches among attestations whose own signatures hold, in the order in which
 * they stand in the file.
 */
export const checkChains = (batches: readonly CheckedBatch[], findings: Findings): readonly Chain[] => {
  const gathered: Gathered = { chains: new Map(), byHash: new Map() };
  for (const [index, batch] of batches.entries()) addNode(gathered, { batch, index }, findings);
  const chains = [...gathered.chains.values()].map(({ deviceKey, stream, epochs }): Chain => {
    const runs = new Map<string, EpochRun>();
    for (const [name, epoch] of epochs) {
      runs.set(name, checkRun(runOf(epoch), runs.size === 0, gathered, findings));
    }
    return { deviceKey, stream, runs };
  });
  checkBranches(gathered, findings);
  return chains;
};

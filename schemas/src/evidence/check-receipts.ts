import { equalBytes, type StreamId, toHex, type WallNs } from '../words/index.ts';
import type { Chain } from './chain.ts';
import { type CheckedBatch, placeOf } from './check-batch.ts';
import type { SeenAt } from './check-signers.ts';
import type { Verify } from './ed25519.ts';
import { type Findings, short } from './problem.ts';
import type { Receipt } from './receipt.ts';

export interface ReceiptParts {
  readonly verify: Verify;
  /** Keys that networks are known by; undefined where none were given. */
  readonly networkKeys: readonly Uint8Array[] | undefined;
  /** Where the file says that it is an extract, the end of its period: later attestations are not missed. */
  readonly to: WallNs | null;
  readonly findings: Findings;
}

/** What networks said about the attestations of a file. */
export interface Received {
  /** By network name. */
  readonly networks: ReadonlyMap<string, NetworkTally>;
  readonly seenAt: SeenAt;
}

export interface NetworkTally {
  readonly receipts: number;
  readonly acceptedReadings: number;
  readonly refusedReadings: number;
}

const NO_TALLY: NetworkTally = { receipts: 0, acceptedReadings: 0, refusedReadings: 0 };

/** Receipts whose signature holds and whose network is one of those that were asked for. */
const believed = (receipts: readonly Receipt[], parts: ReceiptParts): readonly Receipt[] =>
  receipts.filter(({ content, signed }) => {
    const { networkKey, network } = content;
    if (!parts.verify(signed.key, signed.message, signed.signature)) {
      parts.findings.add('receipt.signature', `The signature of a receipt by ${network} does not hold.`);
      return false;
    }
    if (parts.networkKeys?.some((key) => equalBytes(key, networkKey)) ?? true) return true;
    const words = `Receipts by ${network} with the key ${short(networkKey)} count for nothing: it was not given.`;
    parts.findings.once('receipt.unpinned', words);
    return false;
  });

const checkAgainst = ({ statement }: CheckedBatch, { content }: Receipt, findings: Findings): boolean => {
  const last = content.refused.at(-1);
  const fits =
    equalBytes(content.deviceKey, statement.deviceKey) &&
    content.stream === statement.stream &&
    (last === undefined || last.first + last.count <= statement.size);
  if (fits) return true;
  const words = `A receipt by ${content.network} speaks of another key, stream or number of readings.`;
  findings.add('receipt.mismatch', words, placeOf(statement));
  return false;
};

const chainName = (deviceKey: Uint8Array, stream: StreamId): string => `${toHex(deviceKey)} ${stream}`;

/** By how much a network's clock and a box's may differ before an end is taken for a cut. */
const CLOCKS_DIFFER_NS = 60_000_000_000n;

/**
 * Whether what the network had seen by then should be in the file. A box whose clock was never set cannot have known
 * which of its attestations lie within a period.
 */
const isMissed = (seenAt: WallNs, near: CheckedBatch | undefined, to: WallNs | null): boolean =>
  to === null || (near?.statement.anchor.trust !== 'none' && seenAt + CLOCKS_DIFFER_NS <= to);

/** What is missing at the end: the network has seen more of this key and stream than the file holds. */
const checkTail = (
  { content }: Receipt,
  chain: Chain,
  batch: CheckedBatch | undefined,
  { findings, to }: ReceiptParts,
): void => {
  const { highest, stream, network, time } = content;
  const place = { stream, epoch: highest.epoch, counter: highest.counter };
  const run = chain.runs.get(toHex(highest.epoch));
  const same = run?.get(highest.counter);
  if (same !== undefined) {
    if (equalBytes(same.hash, highest.hash)) return;
    const words = `${network} has seen another attestation with this epoch and counter: the key is in two places.`;
    findings.add('chain.fork', words, place);
    return;
  }
  const last = run === undefined ? batch : [...run.values()].at(-1);
  // A receipt for something that is not in the file may speak of an epoch before all that is.
  if (last === undefined || (run !== undefined && last.statement.counter > highest.counter)) return;
  const words =
    run === undefined
      ? `${network} has seen an epoch of this stream that is not in the file.`
      : `${network} has seen ${highest.counter - last.statement.counter} attestation(s) after the last one of the file.`;
  findings.once(isMissed(time, last, to) ? 'tail.cut' : 'tail.beyond-extract', words, place);
};

/** Everything before what a network has seen was there by then too, because each names the one before it. */
const spreadBack = (batches: readonly CheckedBatch[], seenAt: Map<string, WallNs>): void => {
  for (const { statement, hash } of batches.toReversed()) {
    const at = seenAt.get(toHex(hash));
    if (at === undefined || statement.previous === null) continue;
    const { previous } = statement;
    const before = toHex(previous instanceof Uint8Array ? previous : previous.hash);
    const known = seenAt.get(before);
    if (known === undefined || at < known) seenAt.set(before, at);
  }
};

/** Holds the receipts of a file against its attestations. */
export const checkReceipts = (
  receipts: readonly Receipt[],
  batches: readonly CheckedBatch[],
  chains: readonly Chain[],
  parts: ReceiptParts,
): Received => {
  const byHash = new Map(batches.map((batch) => [toHex(batch.hash), batch]));
  const byName = new Map(chains.map((chain) => [chainName(chain.deviceKey, chain.stream), chain]));
  const networks = new Map<string, NetworkTally>();
  const seenAt = new Map<string, WallNs>();
  for (const receipt of believed(receipts, parts)) {
    const { content } = receipt;
    const name = toHex(content.attestation);
    const batch = byHash.get(name);
    const chain = byName.get(chainName(content.deviceKey, content.stream));
    if (chain !== undefined) checkTail(receipt, chain, batch, parts);
    if (batch === undefined || !checkAgainst(batch, receipt, parts.findings)) continue;
    const refused = content.refused.reduce((sum, { count }) => sum + count, 0);
    const tally = networks.get(content.network) ?? NO_TALLY;
    networks.set(content.network, {
      receipts: tally.receipts + 1,
      acceptedReadings: tally.acceptedReadings + batch.statement.size - refused,
      refusedReadings: tally.refusedReadings + refused,
    });
    for (const { count, code, words } of content.refused) {
      const text = `${content.network} refused ${count} reading(s): ${code}, ${words}.`;
      parts.findings.add('receipt.refused', text, placeOf(batch.statement));
    }
    // A thief can be a network too: only one whose key was given dates anything.
    if (parts.networkKeys === undefined) continue;
    const known = seenAt.get(name);
    if (known === undefined || content.time < known) seenAt.set(name, content.time);
  }
  spreadBack(batches, seenAt);
  return { networks, seenAt };
};

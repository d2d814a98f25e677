import { ok, type Result, type StreamId, toHex, type WallNs, wallAt } from '../words/index.ts';
import { checkChains } from './chain.ts';
import {
  type BatchParts,
  type CheckedBatch,
  type OpenBatch,
  openBatch,
  type Redecode,
  type SeeLeaf,
} from './check-batch.ts';
import { type CheckedProof, checkProof } from './check-proof.ts';
import { checkReceipts } from './check-receipts.ts';
import { checkLifetimes, type Identification, identify } from './check-signers.ts';
import { strictVerifier, type Verify } from './ed25519.ts';
import type { EvidenceItem } from './evidence-file.ts';
import { type Hash, sha256 } from './hash.ts';
import { checkKeyRecords, type KeyGraph } from './key-graph.ts';
import { type KeyRecord, readKeyRecord } from './key-record.ts';
import { type Findings, newFindings, PROBLEMS, type ProblemCode } from './problem.ts';
import { type Receipt, readReceipt } from './receipt.ts';
import {
  type Checked,
  type Claimed,
  type ProvenReading,
  type Report,
  remark,
  remarkChain,
  summariseStream,
  type Verdict,
} from './report.ts';

/** Attestations, proofs, receipts and key records that one verification holds in memory; verify longer files in parts. */
export const EVIDENCE_RECORDS_MAX = 1_000_000;

export interface VerifyOptions {
  /** The gateway's or the device's public key, 32 bytes, from somewhere else than the file. */
  readonly key?: Uint8Array;
  /** Keys that networks are known by. Where none are given, any network's receipt counts. */
  readonly networkKeys?: readonly Uint8Array[];
  /** The Ed25519 rule; by default the one in JavaScript. A platform's goes behind `strictVerifier`. */
  readonly verify?: Verify;
  readonly hash?: Hash;
  readonly redecode?: Redecode;
  readonly see?: SeeLeaf;
}

/** Takes the items of one file in their order. */
export interface Verification {
  take(item: Result<EvidenceItem>): void;
  finish(): Report;
}

const CODES = new Set<string>(Object.keys(PROBLEMS));
const isProblemCode = (code: string): code is ProblemCode => CODES.has(code);

/** What was read of a file and is judged at its end. */
interface Gathered {
  readonly records: KeyRecord[];
  readonly batches: CheckedBatch[];
  readonly receipts: Receipt[];
  readonly proofs: CheckedProof[];
}

type Tally = { -readonly [Name in keyof Checked]: number };

/** The same as a batch without leaves, for what is asked of every statement. */
const asBatch = ({ statement, attestation }: CheckedProof): CheckedBatch => ({
  statement,
  hash: attestation,
  leaves: 0,
  gaps: [],
});

const signerName = (deviceKey: Uint8Array, stream: StreamId): string => `${toHex(deviceKey)} ${stream}`;

/** Who signed each stream; one signer who is not the given one spoils it. */
const identifyAll = (
  batches: readonly CheckedBatch[],
  key: Uint8Array | undefined,
  graph: KeyGraph,
  findings: Findings,
): ReadonlyMap<string, Identification> => {
  const signers = new Map<string, Identification>();
  const asked = new Set<string>();
  for (const { statement } of batches) {
    const { deviceKey, gatewayKey, stream, keyKind } = statement;
    const name = signerName(deviceKey, stream);
    const question = `${name} ${toHex(gatewayKey)} ${keyKind}`;
    if (asked.has(question)) continue;
    asked.add(question);
    const found = identify(statement, key, graph, findings);
    if (signers.get(name) !== 'unknown') signers.set(name, found);
  }
  return signers;
};

const judge = (gathered: Gathered, options: VerifyOptions, to: WallNs | null, parts: BatchParts) => {
  const { findings, verify, hash } = parts;
  const { networkKeys, key } = options;
  const graph = checkKeyRecords(gathered.records, { verify, hash, findings });
  const chains = checkChains(gathered.batches, findings);
  const all = [...gathered.batches, ...gathered.proofs.map(asBatch)];
  const receiptParts = { verify, networkKeys, to, findings };
  const received = checkReceipts(gathered.receipts, all, chains, receiptParts);
  const signers = identifyAll(all, key, graph, findings);
  checkLifetimes(all, graph, received.seenAt, findings);
  for (const { statement } of all) remark(statement, findings);
  for (const chain of chains) remarkChain(chain, findings);
  return {
    streams: chains.map((chain) =>
      summariseStream(chain, signers.get(signerName(chain.deviceKey, chain.stream)) ?? 'unidentified'),
    ),
    proven: gathered.proofs.map(provenReading),
    networks: received.networks,
  };
};

const provenReading = ({ statement, leaf }: CheckedProof): ProvenReading => ({
  statement,
  sequence: leaf.sequence,
  wall: wallAt(statement.anchor, leaf.mono),
});

const verdictOf = (findings: Findings, key: Uint8Array | undefined): Verdict => {
  for (const code of findings.counts.keys()) if (PROBLEMS[code] === 'failure') return 'fails';
  return key === undefined ? 'unidentified' : 'holds';
};

const newTally = (): Tally => ({
  attestations: 0,
  leaves: 0,
  proofs: 0,
  signatures: 0,
  redecoded: 0,
  keyRecords: 0,
  receipts: 0,
});

const held = ({ records, batches, receipts, proofs }: Gathered): number =>
  records.length + batches.length + receipts.length + proofs.length;

/** Takes records and proofs; attestations and leaves have an order and are taken by the verification itself. */
const takeRecord = (item: EvidenceItem, gathered: Gathered, parts: BatchParts, tally: Tally): void => {
  const { findings } = parts;
  if (item.kind === 'key-record') {
    tally.keyRecords += 1;
    const read = readKeyRecord(item.bytes);
    if (read.ok) gathered.records.push(read.value);
    else findings.add('key-record.malformed', read.fault.words);
  } else if (item.kind === 'receipt') {
    tally.receipts += 1;
    const read = readReceipt(item.bytes);
    if (read.ok) gathered.receipts.push(read.value);
    else findings.add('receipt.malformed', read.fault.words);
  } else if (item.kind === 'proof') {
    tally.proofs += 1;
    const proof = checkProof(item.leaf, item.receipt, parts);
    if (proof !== undefined) gathered.proofs.push(proof);
  }
};

/** Judges one file, item by item. What it reports, and under which codes, stands in docs/evidence.md. */
export const openVerification = (options: VerifyOptions = {}): Verification => {
  const { key, hash = sha256, redecode, see } = options;
  const findings = newFindings();
  const tally = newTally();
  const rule = options.verify ?? strictVerifier();
  const verify: Verify = (...signed) => {
    tally.signatures += 1;
    return rule(...signed);
  };
  const parts: BatchParts = { verify, hash, redecode, see, findings, tally };
  const gathered: Gathered = { records: [], batches: [], receipts: [], proofs: [] };
  let claimed: Claimed = { from: null, to: null, notes: 0 };
  let batch: OpenBatch | undefined;
  let full = false;

  const takeLeaf = (bytes: Uint8Array): void => {
    if (batch !== undefined) batch.leaf(bytes);
    else findings.add('evidence.order', 'A leaf stands in the file without an attestation before it.');
  };

  const closeBatch = (): void => {
    const closed = batch?.close();
    batch = undefined;
    if (closed !== undefined) gathered.batches.push(closed);
  };

  const takeItem = (item: EvidenceItem): void => {
    if (item.kind === 'leaf') {
      takeLeaf(item.bytes);
      return;
    }
    closeBatch();
    if (held(gathered) >= EVIDENCE_RECORDS_MAX) {
      full = true;
      findings.add(
        'evidence.too-long',
        `The file holds more than ${EVIDENCE_RECORDS_MAX} records; split it.`,
      );
    } else if (item.kind === 'header') {
      claimed = { ...claimed, from: item.from, to: item.to };
    } else if (item.kind === 'note') {
      claimed = { ...claimed, notes: claimed.notes + 1 };
    } else if (item.kind === 'attestation') {
      batch = openBatch(item.bytes, parts);
    } else {
      takeRecord(item, gathered, parts, tally);
    }
  };

  return {
    take: (item) => {
      if (full) return;
      if (item.ok) takeItem(item.value);
      else
        findings.add(
          isProblemCode(item.fault.code) ? item.fault.code : 'evidence.malformed',
          item.fault.words,
        );
    },
    finish: () => {
      closeBatch();
      if (tally.attestations + tally.proofs === 0) {
        findings.add('evidence.empty', 'The file holds no attestation and no proof.');
      }
      const judged = judge(gathered, options, claimed.to, parts);
      const { problems, counts } = findings;
      return { verdict: verdictOf(findings, key), checked: tally, problems, counts, claimed, ...judged };
    },
  };
};

/** Judges a file whose items are all at hand. */
export const verifyEvidence = (items: Iterable<EvidenceItem>, options: VerifyOptions = {}): Report => {
  const verification = openVerification(options);
  for (const item of items) verification.take(ok(item));
  return verification.finish();
};

import type { outpostWire, Signer } from '@outpost/gateway';
import {
  type Head,
  type Redecode,
  readAttestation,
  sealReceipt,
  sha256,
  type Verify,
} from '@outpost/schemas/evidence';
import { type Clock, toHex } from '@outpost/schemas/words';
import { type Judgement, judge } from './judge.ts';
import type { LedgerEntry } from './ledger.ts';
import { ATTESTATIONS_MAX, type Memory, refusal } from './memory.ts';

type WireItem = outpostWire.WireItem;
type WireVerdict = outpostWire.WireVerdict;
type WireDelivery = outpostWire.WireDelivery;

/** Counts since the start. */
export interface VerdictTally {
  /** Attestations settled for the first time, and the readings under them. */
  settled: number;
  readings: number;
  /** Answered for before, and answered the same way. */
  repeated: number;
  again: number;
  /** By code; a refusal that is repeated counts as repeated. */
  readonly refused: Map<string, number>;
}

export const newVerdictTally = (): VerdictTally => ({
  settled: 0,
  readings: 0,
  repeated: 0,
  again: 0,
  refused: new Map(),
});

export interface VerdictParts {
  readonly name: string;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly verify: Verify;
  readonly redecode: Redecode | undefined;
  readonly acceptSimulated: boolean;
  readonly memory: Memory;
  readonly tally: VerdictTally;
}

export interface Refusal {
  readonly code: string;
  readonly words: string;
}

/** What the fault script wants of one delivery. */
export interface Interference {
  /** @param index of the attestation in the delivery. */
  refusalOf(index: number): Refusal | undefined;
  /** Signs the receipts instead of the network; such are not remembered. */
  readonly impostor: Signer | undefined;
}

/** An answer for each item, and what must be durable before the answer may be given. */
export interface Decision {
  readonly verdicts: readonly WireVerdict[];
  readonly entries: readonly LedgerEntry[];
}

interface Single {
  readonly verdict: WireVerdict;
  readonly entries: readonly LedgerEntry[];
  /** It was said before. */
  readonly repeated?: boolean;
}

type Authentic = Extract<Judgement, { readonly kind: 'authentic' }>;

const AGAIN_MS = 1_000;

const putOff = (code: string, words: string): Single => ({
  verdict: { kind: 'again', afterMs: AGAIN_MS, code, words },
  entries: [],
});

/** Codes that depend on nothing but chains, which are remembered, so that they are said again without looking. */
const LASTING: ReadonlySet<string> = new Set(['fork', 'branch', 'broken-chain']);

/** Why something authentic is not accepted, and whether that is the last word; undefined where it is accepted. */
const objectionTo = (
  { objection, statement }: Authentic,
  scripted: Refusal | undefined,
  { acceptSimulated }: VerdictParts,
): (Refusal & { readonly lasting: boolean }) | undefined => {
  if (scripted !== undefined) return { ...scripted, lasting: true };
  if (objection !== undefined) return { ...objection, lasting: LASTING.has(objection.code) };
  const { origin, keyKind } = statement;
  if (acceptSimulated || (origin === 'live' && keyKind !== 'demo')) return undefined;
  const words = `This network takes live readings under real keys; this is ${origin} under a key of kind ${keyKind}.`;
  return { code: 'simulated-not-accepted', words, lasting: false };
};

const receiptFor = (
  { statement, hash }: Authentic,
  whole: boolean,
  signer: Signer,
  { name, clock, memory }: VerdictParts,
): Uint8Array => {
  const own: Head = { epoch: statement.epoch, counter: statement.counter, hash };
  const none = { first: 0, count: statement.size, code: 'no-leaves', words: 'It came without its leaves.' };
  const { deviceKey, stream } = statement;
  const content = {
    networkKey: signer.publicKey,
    network: name,
    attestation: hash,
    deviceKey,
    stream,
    time: clock.wall(),
    refused: whole ? [] : [none],
    highest: memory.chains.head(statement) ?? own,
  };
  return sealReceipt(content, signer.sign);
};

const decideAuthentic = (
  { attestation, leaves }: WireItem,
  found: Authentic,
  scripted: Refusal | undefined,
  impostor: Signer | undefined,
  parts: VerdictParts,
): Single => {
  const { memory, tally } = parts;
  const { hash, statement } = found;
  const entries: LedgerEntry[] = [];
  const remember = (entry: LedgerEntry): void => {
    entries.push(entry);
    memory.apply(entry);
  };
  if (found.hasPlace && memory.chains.find(hash) === undefined) {
    remember({ kind: 'link', attestation, tainted: found.tainted });
  }
  const objection = objectionTo(found, scripted, parts);
  if (objection !== undefined) {
    const { code, words, lasting } = objection;
    if (lasting) remember({ kind: 'refused', hash, code, words });
    return { verdict: refusal(code, words), entries };
  }
  // A header alone is settled with all its leaves refused, and may still be followed by the leaves.
  const whole = leaves.length > 0;
  const receipt = receiptFor(found, whole, impostor ?? parts.signer, parts);
  if (whole && impostor === undefined) {
    remember({ kind: 'settled', hash, receipt });
    tally.settled += 1;
    tally.readings += statement.size;
  }
  return { verdict: { kind: 'settled', receipt }, entries };
};

const decideOne = (
  item: WireItem,
  index: number,
  doubt: string | undefined,
  interference: Interference,
  parts: VerdictParts,
): Single => {
  const { memory, verify, redecode } = parts;
  const { chains, keys } = memory;
  const known = memory.answerFor(sha256(item.attestation));
  if (known !== undefined) return { verdict: known, entries: [], repeated: true };
  if (chains.size >= ATTESTATIONS_MAX) {
    return putOff('full', `This network remembers ${ATTESTATIONS_MAX} attestations and no more.`);
  }
  const found = judge(item.attestation, item.leaves, { keys, chains, verify, redecode });
  switch (found.kind) {
    case 'worthless':
      return { verdict: refusal(found.code, found.words), entries: [] };
    case 'stranger':
      return putOff('records-wanted', doubt ?? found.words);
    case 'authentic': {
      const { refusalOf, impostor } = interference;
      return decideAuthentic(item, found, refusalOf(index), impostor, parts);
    }
  }
};

const takeRecords = (records: readonly Uint8Array[], { keys }: Memory) => {
  const entries: LedgerEntry[] = [];
  let doubt: string | undefined;
  for (const bytes of records) {
    const taken = keys.take(bytes);
    if (taken.kind === 'new') entries.push({ kind: 'key-record', bytes });
    if (taken.kind === 'doubted') doubt ??= taken.words;
  }
  return { entries, doubt };
};

const streamOf = (attestation: Uint8Array): string | undefined => {
  const read = readAttestation(attestation);
  return read.ok ? `${toHex(read.value.statement.deviceKey)} ${read.value.statement.stream}` : undefined;
};

const addTo = (tally: VerdictTally, { verdict, repeated = false }: Single): void => {
  if (repeated) tally.repeated += 1;
  else if (verdict.kind === 'again') tally.again += 1;
  else if (verdict.kind === 'refused') {
    tally.refused.set(verdict.code, (tally.refused.get(verdict.code) ?? 0) + 1);
  }
};

/** Judges a delivery in its order. The memory is changed at once; the answer waits for the ledger. */
export const decide = (
  { records, items }: WireDelivery,
  interference: Interference,
  parts: VerdictParts,
): Decision => {
  const taken = takeRecords(records, parts.memory);
  const entries: LedgerEntry[] = [...taken.entries];
  const verdicts: WireVerdict[] = [];
  /** Streams of which something was put off: what follows it would seem to leave a hole. */
  const waiting = new Set<string>();
  for (const [index, item] of items.entries()) {
    const stream = streamOf(item.attestation);
    const single =
      stream !== undefined && waiting.has(stream)
        ? putOff('behind', 'One before it in its stream has to come first.')
        : decideOne(item, index, taken.doubt, interference, parts);
    if (single.verdict.kind === 'again' && stream !== undefined) waiting.add(stream);
    addTo(parts.tally, single);
    verdicts.push(single.verdict);
    entries.push(...single.entries);
  }
  return { verdicts, entries };
};

import { objectionOf, problemsOf } from '@outpost/gateway';
import {
  type EvidenceItem,
  type ProblemCode,
  type Redecode,
  readAttestation,
  type Statement,
  sha256,
  TREE_LEAVES_MAX,
  type Verify,
  verifyEvidence,
} from '@outpost/schemas/evidence';
import type { Chains } from './chains.ts';
import type { KeyLogs } from './key-logs.ts';

/** What is found out about one attestation and its leaves, apart from what the network wants. */
export type Judgement =
  /** Nothing can be said of it: it does not read, or nobody's signature stands under it. */
  | { readonly kind: 'worthless'; readonly code: string; readonly words: string }
  /** Whoever signed is not known yet. */
  | { readonly kind: 'stranger'; readonly words: string }
  | {
      readonly kind: 'authentic';
      readonly statement: Statement;
      readonly hash: Uint8Array;
      /** Why it is not to be accepted all the same. */
      readonly objection: { readonly code: string; readonly words: string } | undefined;
      /** Whether it may stand in its chain: it is a rival to nothing that is there. */
      readonly hasPlace: boolean;
      readonly tainted: boolean;
    };

export interface JudgeParts {
  readonly keys: KeyLogs;
  readonly chains: Chains;
  readonly verify: Verify;
  readonly redecode: Redecode | undefined;
}

/** Places that contradict what is there already; a place after a hole does not. */
const RIVALS: ReadonlySet<ProblemCode> = new Set([
  'chain.fork',
  'chain.previous',
  'chain.replay',
  'chain.reorder',
]);

/** What the box's log and its neighbours in the chain are laid beside for: nothing is judged here, evidence judges. */
const evidenceOf = (
  attestation: Uint8Array,
  statement: Statement,
  leaves: readonly Uint8Array[],
  { keys, chains }: JudgeParts,
): readonly EvidenceItem[] => {
  const hash = sha256(attestation);
  // One that stands in its chain was judged against its neighbours when it came; this time it brings its leaves.
  const links = chains.find(hash) === undefined ? chains.around(statement) : [];
  const logs = new Set(
    [statement, ...links.map((link) => link.statement)].map((each) => keys.logOf(each.gatewayKey)),
  );
  return [
    ...[...logs].flat().map((bytes) => ({ kind: 'key-record' as const, bytes })),
    ...links.map(({ bytes }) => ({ kind: 'attestation' as const, bytes })),
    { kind: 'attestation', bytes: attestation },
    ...leaves.map((bytes) => ({ kind: 'leaf' as const, bytes })),
  ];
};

export const judge = (
  attestation: Uint8Array,
  leaves: readonly Uint8Array[],
  parts: JudgeParts,
): Judgement => {
  const { chains, verify, redecode } = parts;
  const read = readAttestation(attestation);
  if (!read.ok) return { kind: 'worthless', code: 'malformed', words: read.fault.words };
  const { statement } = read.value;
  if (leaves.length > TREE_LEAVES_MAX) {
    return { kind: 'worthless', code: 'too-large', words: `It has more than ${TREE_LEAVES_MAX} leaves.` };
  }
  const items = evidenceOf(attestation, statement, leaves, parts);
  const report = verifyEvidence(items, { verify, ...(redecode === undefined ? {} : { redecode }) });
  const problems = problemsOf(report.problems, statement);
  const found = objectionOf(problems);
  if (found?.code === 'bad-signature') return { kind: 'worthless', ...found };
  const stranger = problems.find(({ code }) => code === 'endorsement.missing');
  if (stranger !== undefined) return { kind: 'stranger', words: stranger.words };
  const failures = problems.filter(({ severity }) => severity === 'failure');
  let objection = found;
  const tainted = objection?.code === 'branch' || chains.isTainted(statement);
  if (tainted) {
    const words = 'It continues a chain that already went on another way, and nobody explained why.';
    objection ??= { code: 'branch', words };
  }
  const hasPlace = !failures.some(({ code }) => RIVALS.has(code));
  return { kind: 'authentic', statement, hash: sha256(attestation), objection, hasPlace, tainted };
};

import type { Problem, ProblemCode, Statement } from '@outpost/schemas/evidence';
import { equalBytes } from '@outpost/schemas/words';

/** Why a network of this wire does not accept something, as it says it. */
export interface Objection {
  readonly code: string;
  readonly words: string;
}

/** Refusal codes by what evidence found, the gravest first (docs/networks/outpost.md, Codes). */
const REFUSALS: readonly (readonly [code: string, found: (problem: ProblemCode) => boolean])[] = [
  ['bad-signature', (problem) => problem === 'attestation.signature'],
  ['not-endorsed', (problem) => problem === 'endorsement.mismatch'],
  ['fork', (problem) => problem === 'chain.fork'],
  ['branch', (problem) => problem === 'chain.branch'],
  ['revoked-key', (problem) => problem === 'key.revoked'],
  ['rotated-key', (problem) => problem === 'key.rotated'],
  ['bad-leaves', (problem) => /^(leaf\.|leaves\.count|attestation\.root)/.test(problem)],
  ['broken-chain', (problem) => problem.startsWith('chain.')],
];

/** A problem of this attestation, not of one that was only laid beside it. */
const concerns = ({ place }: Problem, { epoch, counter }: Statement): boolean =>
  place.epoch === undefined || (equalBytes(place.epoch, epoch) && place.counter === counter);

/** What a verification of an attestation beside its neighbours says of it alone. */
export const problemsOf = (problems: readonly Problem[], statement: Statement): readonly Problem[] =>
  problems.filter((problem) => concerns(problem, statement));

/** The gravest reason to refuse; undefined where there is none. */
export const objectionOf = (problems: readonly Problem[]): Objection | undefined => {
  const failures = problems.filter(({ severity }) => severity === 'failure');
  for (const [code, found] of REFUSALS) {
    const problem = failures.find((each) => found(each.code));
    if (problem !== undefined) return { code, words: problem.words };
  }
  return undefined;
};

import {
  type EvidenceItem,
  readAttestation,
  TREE_LEAVES_MAX,
  verifyEvidence,
} from '@outpost/schemas/evidence';
import type { Delivery, Prediction, PredictionContext, Sending } from '../contract.ts';
import { REQUEST_MAX_BYTES } from './codec.ts';
import { objectionOf, problemsOf } from './objections.ts';

const refused = (code: string, words: string): Prediction => ({
  expect: 'refused',
  words: `${code}: ${words}`,
});

const evidenceOf = (
  { attestation, leaves }: Delivery,
  { keyRecords, before }: PredictionContext,
): readonly EvidenceItem[] => [
  ...keyRecords.map((bytes) => ({ kind: 'key-record' as const, bytes })),
  ...(before === undefined ? [] : [{ kind: 'attestation' as const, bytes: before }]),
  { kind: 'attestation', bytes: attestation },
  ...leaves.map((bytes) => ({ kind: 'leaf' as const, bytes })),
];

/**
 * What a network of this wire will say: the same checks in the same order as it makes them (docs/networks/outpost.md,
 * Codes), as far as this box can know. What else a network wants is its own affair.
 */
export const predict = (sending: Sending, context: PredictionContext): Prediction | undefined => {
  if (sending.of !== 'attestation') return undefined;
  const { delivery } = sending;
  const read = readAttestation(delivery.attestation);
  if (!read.ok) return refused('malformed', read.fault.words);
  const { statement } = read.value;
  const bytes = delivery.leaves.reduce((sum, leaf) => sum + leaf.length, delivery.attestation.length);
  if (delivery.leaves.length > TREE_LEAVES_MAX || bytes > REQUEST_MAX_BYTES)
    return refused('too-large', `it has ${delivery.leaves.length} leaves and ${bytes} bytes.`);
  const { verify, redecode } = context;
  const options = { verify, ...(redecode === undefined ? {} : { redecode }) };
  const problems = problemsOf(verifyEvidence(evidenceOf(delivery, context), options).problems, statement);
  const objection = objectionOf(problems);
  const stranger = problems.find(({ code }) => code === 'endorsement.missing');
  if (stranger !== undefined && objection?.code !== 'bad-signature')
    return { expect: 'unsure', words: `records-wanted: ${stranger.words}` };
  if (objection !== undefined) return refused(objection.code, objection.words);
  const isSimulated = delivery.origin !== 'live' || delivery.keyKind === 'demo';
  const words = isSimulated
    ? 'every check holds; it is not live, which this network is configured to take.'
    : 'every check holds.';
  return { expect: 'accepted', words };
};

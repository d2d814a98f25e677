import { type Epoch, type StreamId, toHex } from '../words/index.ts';

/** A failure means that the evidence does not hold; a warning has to be read; a note is good to know. */
export type Severity = 'failure' | 'warning' | 'note';

/** Everything that a verification can find, by its stable code. docs/evidence.md explains each. */
export const PROBLEMS = {
  'evidence.malformed': 'failure',
  'evidence.version': 'failure',
  'evidence.cut': 'failure',
  'evidence.order': 'failure',
  'evidence.empty': 'failure',
  'evidence.too-long': 'failure',
  'attestation.malformed': 'failure',
  'attestation.signature': 'failure',
  'attestation.root': 'failure',
  'leaves.count': 'failure',
  'leaves.withheld': 'note',
  'leaf.malformed': 'failure',
  'leaf.replay': 'failure',
  'leaf.gap': 'failure',
  'leaf.reorder': 'failure',
  'leaf.time': 'failure',
  'leaf.anchor': 'failure',
  'leaf.redecode': 'failure',
  'proof.malformed': 'failure',
  'proof.path': 'failure',
  'proof.signature': 'failure',
  'proof.leaf': 'failure',
  'chain.replay': 'failure',
  'chain.reorder': 'failure',
  'chain.gap': 'failure',
  'chain.fork': 'failure',
  'chain.branch': 'failure',
  'chain.branch-explained': 'warning',
  'chain.previous': 'failure',
  'chain.epoch': 'failure',
  'chain.sequence-gap': 'failure',
  'chain.sequence-replay': 'failure',
  'chain.time': 'failure',
  'start.cut': 'note',
  'tail.cut': 'failure',
  'tail.beyond-extract': 'warning',
  'key-record.malformed': 'failure',
  'key-record.signature': 'failure',
  'key-record.replay': 'failure',
  'key-record.gap': 'failure',
  'key-record.fork': 'failure',
  'key-record.signer': 'failure',
  'key.rotated': 'failure',
  'key.revoked': 'failure',
  'key.demo': 'warning',
  'signer.unknown': 'failure',
  'endorsement.missing': 'warning',
  'endorsement.mismatch': 'failure',
  'receipt.malformed': 'failure',
  'receipt.signature': 'failure',
  'receipt.mismatch': 'failure',
  'receipt.unpinned': 'warning',
  'receipt.refused': 'note',
  'origin.simulated': 'warning',
  'origin.replayed': 'warning',
  'clock.untrusted': 'warning',
  'clock.step': 'note',
  'gap.stated': 'note',
} as const satisfies Record<string, Severity>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Where in the evidence: as much of it as is known. */
export interface Place {
  readonly stream?: StreamId;
  readonly epoch?: Epoch;
  readonly counter?: number;
  readonly sequence?: number;
}

export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** One whole sentence. */
  readonly words: string;
  readonly place: Place;
}

/** Problems that a report spells out; the rest is counted. */
export const PROBLEMS_MAX = 1_000;

/** Gathers what is found. */
export interface Findings {
  add(code: ProblemCode, words: string, place?: Place): void;
  /** The same code in the same stream is spelled out once. */
  once(code: ProblemCode, words: string, place?: Place): void;
  readonly problems: readonly Problem[];
  readonly counts: ReadonlyMap<ProblemCode, number>;
}

export const newFindings = (): Findings => {
  const problems: Problem[] = [];
  const counts = new Map<ProblemCode, number>();
  const said = new Set<string>();
  const add = (code: ProblemCode, words: string, place: Place = {}): void => {
    counts.set(code, (counts.get(code) ?? 0) + 1);
    if (problems.length < PROBLEMS_MAX) problems.push({ code, severity: PROBLEMS[code], words, place });
  };
  return {
    add,
    once: (code, words, place = {}) => {
      const key = `${code} ${place.stream ?? ''}`;
      if (said.has(key)) return;
      said.add(key);
      add(code, words, place);
    },
    problems,
    counts,
  };
};

/** The first 8 bytes in hex: enough for a person to tell keys, epochs and hashes apart. */
export const short = (bytes: Uint8Array): string => toHex(bytes.subarray(0, 8));

/** `car/telemetry, epoch 0011223344556677, attestation 5`, as far as each is known. */
export const placeText = ({ stream, epoch, counter, sequence }: Place): string =>
  [
    stream,
    epoch === undefined ? undefined : `epoch ${short(epoch)}`,
    counter === undefined ? undefined : `attestation ${counter}`,
    sequence === undefined ? undefined : `reading ${sequence}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');

/** The one line that a person reads. */
export const problemText = ({ words, place }: Problem): string => {
  const where = placeText(place);
  return where === '' ? words : `${where}: ${words}`;
};

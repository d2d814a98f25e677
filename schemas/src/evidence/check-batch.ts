import {
  type Body,
  type ClockAnchor,
  equalBytes,
  type GapReason,
  isOwnBody,
  type MonoNs,
  type StreamId,
} from '../words/index.ts';
import { type Attestation, attestationHash, readAttestation } from './attestation.ts';
import { writeBody } from './body.ts';
import { sinkOf, written } from './cbor.ts';
import type { Verify } from './ed25519.ts';
import type { Hash } from './hash.ts';
import { decodeLeaf, type Leaf } from './leaf.ts';
import type { Findings, Place } from './problem.ts';
import type { Statement } from './statement.ts';
import { leafHash, TREE_LEAVES_MAX, treeRoot } from './tree.ts';

/**
 * What a frame says when it is decoded again, so that a signed value can be held against its own raw bytes.
 * Undefined where this verifier does not know the device's language.
 */
export type Redecode = (stream: StreamId, raw: Uint8Array) => readonly Body[] | undefined;

/** An attestation whose signature holds, for the checks that need more than one. */
export interface CheckedBatch {
  readonly statement: Statement;
  /** SHA-256 of the attestation's bytes. */
  readonly hash: Uint8Array;
  /** Leaves that came with it: all of them or none. */
  readonly leaves: number;
  readonly gaps: readonly StatedGap[];
}

/** A hole that the box itself has signed. */
export interface StatedGap {
  readonly reason: GapReason;
  /** 0 where the number is not known. */
  readonly count: number;
}

/** Told of every leaf that can be read, before anything is known to hold; what it makes of it waits for the report. */
export type SeeLeaf = (statement: Statement, leaf: Leaf) => void;

export interface BatchParts {
  readonly verify: Verify;
  readonly hash: Hash;
  readonly redecode: Redecode | undefined;
  readonly see: SeeLeaf | undefined;
  readonly findings: Findings;
  readonly tally: BatchTally;
}

export interface BatchTally {
  attestations: number;
  leaves: number;
  redecoded: number;
}

/** An attestation with its leaves coming in. */
export interface OpenBatch {
  leaf(bytes: Uint8Array): void;
  /** Undefined where the attestation itself is not to be believed. */
  close(): CheckedBatch | undefined;
}

export const placeOf = ({ stream, epoch, counter }: Statement): Place => ({ stream, epoch, counter });

const bodyBytes = (body: Body): Uint8Array => {
  const sink = sinkOf(64);
  writeBody(sink, body);
  return written(sink);
};

/** What the box itself says has no frame. */
export const checkRedecoded = (stream: StreamId, leaf: Leaf, parts: Omit<BatchParts, 'verify'>): void => {
  if (isOwnBody(leaf.body)) return;
  const bodies = parts.redecode?.(stream, leaf.raw);
  if (bodies === undefined) return;
  parts.tally.redecoded += 1;
  const said = bodyBytes(leaf.body);
  if (bodies.some((body) => equalBytes(bodyBytes(body), said))) return;
  const words = `Reading ${leaf.sequence} of ${stream} does not say what its own raw frame says.`;
  parts.findings.add('leaf.redecode', words, { stream, sequence: leaf.sequence });
};

/** What is wrong with the order of the leaves' sequences; undefined where it is as it should be. */
const orderProblem = (
  { firstSequence, size }: Statement,
  sequences: readonly number[],
): 'leaf.replay' | 'leaf.gap' | 'leaf.reorder' | undefined => {
  const inOrder = sequences.every((sequence, index) => sequence === firstSequence + index);
  if (inOrder && sequences.length === size) return undefined;
  const distinct = new Set(sequences);
  if (distinct.size < sequences.length) return 'leaf.replay';
  for (let i = 0; i < size; i += 1) if (!distinct.has(firstSequence + i)) return 'leaf.gap';
  return 'leaf.reorder';
};

const ORDER_WORDS = {
  'leaf.replay': 'A leaf stands in it twice',
  'leaf.gap': 'A leaf that it is over is missing',
  'leaf.reorder': 'Its leaves stand in another order than they were signed in',
} as const;

const sameAnchor = (a: ClockAnchor, b: ClockAnchor): boolean =>
  a.wall === b.wall && a.mono === b.mono && a.trust === b.trust;

/** What is needed of the leaves once each was looked at by itself. */
interface Seen {
  readonly hashes: Uint8Array[];
  readonly sequences: number[];
  readonly gaps: StatedGap[];
  first: MonoNs | undefined;
  last: MonoNs | undefined;
  falling: boolean;
}

const see = (seen: Seen, { sequence, mono, body }: Leaf): void => {
  seen.sequences.push(sequence);
  seen.falling ||= seen.last !== undefined && mono < seen.last;
  seen.first ??= mono;
  seen.last = mono;
  if (body.kind === 'gap') seen.gaps.push({ reason: body.reason, count: body.count });
};

const checkLeaves = ({ statement, root }: Attestation, seen: Seen, parts: BatchParts): void => {
  const { findings, hash } = parts;
  const place = placeOf(statement);
  if (seen.hashes.length !== statement.size) {
    const words = `It is over ${statement.size} leaves, but ${seen.hashes.length} follow it.`;
    findings.add('leaves.count', words, place);
  }
  const order = orderProblem(statement, seen.sequences);
  if (order !== undefined) findings.add(order, `${ORDER_WORDS[order]}.`, place);
  if (!equalBytes(treeRoot(seen.hashes, hash), root)) {
    findings.add('attestation.root', 'The leaves are not those that were signed: their root differs.', place);
  }
  if (seen.falling || seen.first !== statement.firstMono || seen.last !== statement.lastMono) {
    findings.add('leaf.time', 'The times of the leaves go back or are not those that it states.', place);
  }
};

/** Begins with an attestation; its leaves follow one by one. */
export const openBatch = (bytes: Uint8Array, parts: BatchParts): OpenBatch => {
  const { findings, hash, tally, verify } = parts;
  const read = readAttestation(bytes);
  const seen: Seen = {
    hashes: [],
    sequences: [],
    gaps: [],
    first: undefined,
    last: undefined,
    falling: false,
  };
  tally.attestations += 1;
  if (!read.ok) {
    findings.add('attestation.malformed', read.fault.words);
    return { leaf: () => undefined, close: () => undefined };
  }
  const { statement, signed } = read.value;
  const place = placeOf(statement);
  const holds = verify(signed.key, signed.message, signed.signature);
  if (!holds) findings.add('attestation.signature', 'Its signature does not hold.', place);

  const take = (leafBytes: Uint8Array): void => {
    tally.leaves += 1;
    // Beyond the largest batch only the count matters, and that is wrong already.
    if (seen.hashes.length > TREE_LEAVES_MAX) return;
    seen.hashes.push(leafHash(leafBytes, hash));
    const leaf = decodeLeaf(leafBytes);
    if (!leaf.ok) {
      findings.add('leaf.malformed', leaf.fault.words, place);
      return;
    }
    see(seen, leaf.value);
    parts.see?.(statement, leaf.value);
    const { body } = leaf.value;
    if (body.kind === 'anchor' && !sameAnchor(body.anchor, statement.anchor)) {
      findings.add('leaf.anchor', 'A clock anchor among its leaves is not the one that it states.', place);
    }
    checkRedecoded(statement.stream, leaf.value, parts);
  };

  return {
    leaf: take,
    close: () => {
      if (seen.hashes.length > TREE_LEAVES_MAX) {
        findings.add('leaves.count', `More than ${TREE_LEAVES_MAX} leaves follow it.`, place);
      } else if (seen.hashes.length > 0) {
        checkLeaves(read.value, seen, parts);
      } else {
        findings.once('leaves.withheld', 'The file does not hold the leaves of every attestation.', place);
      }
      if (!holds) return undefined;
      return { statement, hash: attestationHash(bytes, hash), leaves: seen.hashes.length, gaps: seen.gaps };
    },
  };
};

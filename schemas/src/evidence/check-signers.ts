import { type StreamId, toHex, type WallNs, wallAt } from '../words/index.ts';
import { type CheckedBatch, placeOf } from './check-batch.ts';
import type { KeyGraph } from './key-graph.ts';
import type { Revocation } from './key-record.ts';
import { type Findings, short } from './problem.ts';
import type { Statement } from './statement.ts';

/** Whether the signer of a stream is the one whose key was given: not asked, found, or not found. */
export type Identification = 'unidentified' | 'identified' | 'unknown';

const deviceOf = (stream: StreamId): string => stream.slice(0, stream.indexOf('/'));

const checkEndorsements = (statement: Statement, graph: KeyGraph, findings: Findings): void => {
  const { deviceKey, gatewayKey, stream, keyKind } = statement;
  const place = { stream };
  const endorsements = graph.endorsementsOf(deviceKey);
  if (endorsements.length === 0) {
    const words = `No gateway in the file vouches for the device key ${short(deviceKey)}.`;
    findings.once('endorsement.missing', words, place);
    return;
  }
  const fitting = endorsements.filter(
    (endorsement) => graph.same(endorsement.gatewayKey, gatewayKey) && endorsement.name === deviceOf(stream),
  );
  if (fitting.length > 0 && graph.kindOf(deviceKey) === keyKind) return;
  const words = `The device key ${short(deviceKey)} is endorsed for another device, gateway or kind of key.`;
  findings.once('endorsement.mismatch', words, place);
};

/** Whether `key`, or a key of the same identity, signed or endorsed the signer. */
export const identify = (
  statement: Statement,
  key: Uint8Array | undefined,
  graph: KeyGraph,
  findings: Findings,
): Identification => {
  checkEndorsements(statement, graph, findings);
  if (key === undefined) return 'unidentified';
  const { deviceKey, stream } = statement;
  const vouched = graph.endorsementsOf(deviceKey).some(({ gatewayKey }) => graph.same(gatewayKey, key));
  if (vouched || graph.same(deviceKey, key)) return 'identified';
  const words = `Signed by the key ${toHex(deviceKey)}, for which the given key ${toHex(key)} does not vouch.`;
  findings.once('signer.unknown', words, { stream });
  return 'unknown';
};

/** Attestations that a network vouches to have seen, by the SHA-256 of their bytes in hex, with the earliest time. */
export type SeenAt = ReadonlyMap<string, WallNs>;

/** The latest time that a statement claims for itself. */
const claimedTime = ({ anchor, lastMono }: Statement): WallNs => wallAt(anchor, lastMono);

const isRevoked = (batch: CheckedBatch, revocation: Revocation, seenAt: SeenAt): boolean => {
  // Whoever has a stolen key can date its statements as they like; only a network's receipt says when they were.
  if (revocation.reason === 'compromised') {
    const seen = seenAt.get(toHex(batch.hash));
    return seen === undefined || seen > revocation.time;
  }
  return claimedTime(batch.statement) > revocation.time;
};

/**
 * Gateway keys whose revocation also takes what they endorsed. One that was replaced before does not: its successor
 * signed the log that its endorsements stand in, and answers for them.
 */
const endorsersInForce = (deviceKey: Uint8Array, graph: KeyGraph): readonly Uint8Array[] =>
  graph
    .endorsementsOf(deviceKey)
    .map(({ gatewayKey }) => gatewayKey)
    .filter((gatewayKey) => graph.rotatedAt(gatewayKey) === undefined);

/** Attestations made by a key after it was replaced or revoked. */
export const checkLifetimes = (
  batches: readonly CheckedBatch[],
  graph: KeyGraph,
  seenAt: SeenAt,
  findings: Findings,
): void => {
  const gatewaysOf = new Map<string, readonly Uint8Array[]>();
  for (const batch of batches) {
    const { deviceKey } = batch.statement;
    const place = placeOf(batch.statement);
    const rotatedAt = graph.rotatedAt(deviceKey);
    if (rotatedAt !== undefined && claimedTime(batch.statement) > rotatedAt) {
      findings.add('key.rotated', `Signed by the key ${short(deviceKey)} after that was replaced.`, place);
    }
    const name = toHex(deviceKey);
    const gateways = gatewaysOf.get(name) ?? endorsersInForce(deviceKey, graph);
    gatewaysOf.set(name, gateways);
    for (const key of [deviceKey, ...gateways]) {
      const revocation = graph.revocationsOf(key).find((each) => isRevoked(batch, each, seenAt));
      if (revocation === undefined) continue;
      const words = `The key ${short(key)} was revoked (${revocation.reason}) and vouches for this no longer.`;
      findings.add('key.revoked', words, place);
      break;
    }
  }
};

import { equalBytes, toHex, type WallNs } from '../words/index.ts';
import type { KeyKind } from './codes.ts';
import type { Verify } from './ed25519.ts';
import type { Hash } from './hash.ts';
import type { Endorsement, KeyRecord, Revocation, Rotation } from './key-record.ts';
import { type Findings, short } from './problem.ts';

/** What the key records of a file establish: who vouches for whom, what replaced what, what is believed no longer. */
export interface KeyGraph {
  /** Whether the two keys are one identity, joined by rotations. */
  same(a: Uint8Array, b: Uint8Array): boolean;
  /** Endorsements of this device key or of a key of the same identity. */
  endorsementsOf(deviceKey: Uint8Array): readonly Endorsement[];
  /** How the key is kept, by the record that introduced exactly this key. */
  kindOf(deviceKey: Uint8Array): KeyKind | undefined;
  /** When exactly this key was replaced. */
  rotatedAt(key: Uint8Array): WallNs | undefined;
  revocationsOf(key: Uint8Array): readonly Revocation[];
}

interface KeyLog {
  /** The gateway key that may sign now; undefined once it was revoked, which ends the log. */
  gateway: Uint8Array | undefined;
  /** Device keys that may sign now. */
  readonly devices: Set<string>;
  /** Every key that was ever of this box. */
  readonly keys: Set<string>;
  /** Records that another one follows. */
  readonly followed: Set<string>;
}

interface Known {
  readonly log: KeyLog;
  readonly number: number;
}

interface Graph {
  /** Towards the key that stands for the identity. */
  readonly towards: Map<string, string>;
  readonly endorsements: Endorsement[];
  readonly rotations: Rotation[];
  readonly revocations: Revocation[];
  readonly kinds: Map<string, KeyKind>;
}

const identityOf = (graph: Graph, key: Uint8Array): string => {
  let name = toHex(key);
  for (let next = graph.towards.get(name); next !== undefined; next = graph.towards.get(name)) name = next;
  return name;
};

/** The gateway key by which a log begins. */
const firstGateway = ({ content }: KeyRecord): Uint8Array => {
  switch (content.kind) {
    case 'endorsement':
      return content.gatewayKey;
    case 'rotation':
      return content.from;
    case 'revocation':
      return content.by;
  }
};

const isGateway = (key: Uint8Array, log: KeyLog): boolean =>
  log.gateway !== undefined && equalBytes(key, log.gateway);

/**
 * Whether the record's signer had the right to say this at this place of its log. Keys that were replaced or revoked
 * say nothing more but their own revocation: whoever has stolen one could otherwise appoint a successor.
 */
const isAuthorised = ({ content }: KeyRecord, log: KeyLog): boolean => {
  switch (content.kind) {
    case 'endorsement':
      return isGateway(content.gatewayKey, log);
    case 'rotation':
      return content.role === 'gateway' ? isGateway(content.from, log) : log.devices.has(toHex(content.from));
    case 'revocation':
      return (
        log.keys.has(toHex(content.key)) &&
        (equalBytes(content.by, content.key) || isGateway(content.by, log))
      );
  }
};

const applyRotation = (content: Rotation, log: KeyLog, graph: Graph): void => {
  const [from, to] = [toHex(content.from), toHex(content.to)];
  if (content.role === 'gateway') {
    log.gateway = content.to;
  } else {
    log.devices.delete(from);
    log.devices.add(to);
  }
  log.keys.add(to);
  graph.rotations.push(content);
  graph.kinds.set(to, content.keyKind);
  const [old, next] = [identityOf(graph, content.from), identityOf(graph, content.to)];
  if (old !== next) graph.towards.set(old, next);
};

const apply = ({ content }: KeyRecord, log: KeyLog, graph: Graph): void => {
  switch (content.kind) {
    case 'endorsement': {
      const name = toHex(content.deviceKey);
      log.devices.add(name);
      log.keys.add(name);
      graph.endorsements.push(content);
      graph.kinds.set(name, content.keyKind);
      return;
    }
    case 'rotation':
      applyRotation(content, log, graph);
      return;
    case 'revocation':
      if (isGateway(content.key, log)) log.gateway = undefined;
      log.devices.delete(toHex(content.key));
      graph.revocations.push(content);
      return;
  }
};

const graphOf = (graph: Graph): KeyGraph => ({
  same: (a, b) => identityOf(graph, a) === identityOf(graph, b),
  endorsementsOf: (deviceKey) => {
    const identity = identityOf(graph, deviceKey);
    return graph.endorsements.filter((known) => identityOf(graph, known.deviceKey) === identity);
  },
  kindOf: (deviceKey) => graph.kinds.get(toHex(deviceKey)),
  rotatedAt: (key) => graph.rotations.find(({ from }) => equalBytes(from, key))?.time,
  revocationsOf: (key) => graph.revocations.filter((revocation) => equalBytes(revocation.key, key)),
});

/**
 * Checks the key records of a file in the order in which they stand: signatures, one unbroken log for each gateway,
 * and the right of each signer. What does not hold changes nothing in the graph.
 */
export const checkKeyRecords = (
  records: readonly KeyRecord[],
  parts: { readonly verify: Verify; readonly hash: Hash; readonly findings: Findings },
): KeyGraph => {
  const { verify, hash, findings } = parts;
  const graph: Graph = {
    towards: new Map(),
    endorsements: [],
    rotations: [],
    revocations: [],
    kinds: new Map(),
  };
  const known = new Map<string, Known>();
  const begun = new Set<string>();

  /** The log that the record continues; undefined where it continues none. */
  const logOf = (record: KeyRecord, name: string): KeyLog | undefined => {
    const { number, previous, kind } = record.content;
    if (previous === null) {
      const gateway = firstGateway(record);
      if (begun.has(toHex(gateway))) {
        findings.add('key-record.fork', `The key ${short(gateway)} began its log of key records twice.`);
        return undefined;
      }
      begun.add(toHex(gateway));
      return { gateway, devices: new Set(), keys: new Set([toHex(gateway)]), followed: new Set() };
    }
    const before = known.get(toHex(previous));
    if (before === undefined || before.number + 1 !== number) {
      findings.add('key-record.gap', `Key record ${number} (${kind}) does not follow any in the file.`);
      return undefined;
    }
    if (before.log.followed.has(toHex(previous))) {
      findings.add(
        'key-record.fork',
        `Key record ${number} (${kind}, ${name.slice(0, 16)}) is one of two with its number.`,
      );
      return undefined;
    }
    before.log.followed.add(toHex(previous));
    return before.log;
  };

  for (const record of records) {
    const { kind, number } = record.content;
    const name = toHex(hash(record.bytes));
    if (!record.signed.every(({ key, message, signature }) => verify(key, message, signature))) {
      findings.add('key-record.signature', `A signature of key record ${number} (${kind}) does not hold.`);
      continue;
    }
    if (known.has(name)) {
      findings.add('key-record.replay', `Key record ${number} (${kind}) stands in the file twice.`);
      continue;
    }
    const log = logOf(record, name);
    if (log === undefined) continue;
    known.set(name, { log, number });
    if (!isAuthorised(record, log)) {
      findings.add(
        'key-record.signer',
        `Key record ${number} (${kind}) is signed by a key that may not say so.`,
      );
      continue;
    }
    apply(record, log, graph);
  }
  return graphOf(graph);
};

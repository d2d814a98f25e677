import {
  decodeLeaf,
  readKeyRecord,
  readLeafReceipt,
  rootByReceipt,
  type Statement,
  signedByReceipt,
  type Verify,
} from '@outpost/schemas/evidence';
import { equalBytes, fromHex, wallAt } from '@outpost/schemas/words';
import { fromBase64Url } from './base64-url.ts';
import { CLAIM_KINDS, claimText, FORMS, type Witness } from './claims.ts';
import { type EventType, type Header, headerMark, headerObjection } from './codec.ts';
import { bindingFrom, checkBinding } from './identity.ts';
import { rawMember } from './raw-member.ts';
import { checksummed, erc191Digest, plainDigest, signerOf } from './signatures.ts';

/** What is wrong with an event of ours as somebody got it back from DIMO. */
export type EventProblem =
  | 'malformed'
  /** `data` is not what the key signed. */
  | 'signature'
  /** The header is not the one that `data` was signed for. */
  | 'header'
  /** A type that this data does not have. */
  | 'type'
  /** The readings that stand beside it are not signed by the box. */
  | 'evidence'
  /** What is stated does not follow from these readings. */
  | 'claim'
  /** The same event was seen before. */
  | 'replayed';

export interface EventCheck {
  readonly verify: Verify;
  /** Of the key that signs status events; attestations name theirs as their source. */
  readonly address: string;
  /** Ids that were seen; what is checked here and holds is added. */
  readonly seen: Set<string>;
}

const TEXTS = ['type', 'source', 'subject', 'id', 'time', 'dataversion', 'producer', 'signature'] as const;
const KNOWN: ReadonlySet<string> = new Set(['specversion', ...TEXTS, 'tags', 'data']);

interface Parsed {
  readonly header: Header;
  readonly signature: Uint8Array;
  readonly data: string;
  readonly members: Readonly<Record<string, unknown>>;
}

const parse = (text: string): Parsed | undefined => {
  let event: Readonly<Record<string, unknown>>;
  try {
    event = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const data = rawMember(text, 'data');
  if (typeof event !== 'object' || event === null || data === undefined) return undefined;
  if (event['specversion'] !== '1.0' || Object.keys(event).some((name) => !KNOWN.has(name))) return undefined;
  if (TEXTS.some((name) => typeof event[name] !== 'string')) return undefined;
  const tags = event['tags'];
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')))
    return undefined;
  const signature = /^0x([0-9a-f]{130})$/.exec(event['signature'] as string)?.[1];
  const members = event['data'];
  if (signature === undefined || typeof members !== 'object' || members === null) return undefined;
  const text8 = Object.fromEntries(TEXTS.map((name) => [name, event[name] as string]));
  const { type, source, subject, id, time, dataversion, producer } = text8 as Record<
    (typeof TEXTS)[number],
    string
  >;
  const header = { type: type as EventType, source, subject, id, time, dataversion, producer };
  return {
    header: tags === undefined ? header : { ...header, tags: tags as readonly string[] },
    signature: fromHex(signature) ?? new Uint8Array(0),
    data,
    members: members as Readonly<Record<string, unknown>>,
  };
};

interface Shown {
  readonly witnesses: readonly Witness[];
  readonly statement: Statement;
}

/** The readings beside a claim, each proven to stand under a signature of one device key; undefined where not. */
const shownBy = (evidence: unknown, verify: Verify): Shown | undefined => {
  const { readings } = (evidence ?? {}) as { readonly readings?: unknown };
  if (!Array.isArray(readings) || readings.length === 0) return undefined;
  const witnesses: Witness[] = [];
  let first: Statement | undefined;
  for (const each of readings as readonly { readonly leaf?: unknown; readonly receipt?: unknown }[]) {
    const [leafBytes, receiptBytes] = [each?.leaf, each?.receipt].map((text) => fromBase64Url(String(text)));
    if (leafBytes === undefined || receiptBytes === undefined) return undefined;
    const [leaf, receipt] = [decodeLeaf(leafBytes), readLeafReceipt(receiptBytes)];
    if (!leaf.ok || !receipt.ok) return undefined;
    const root = rootByReceipt(receipt.value, leafBytes);
    if (root === undefined) return undefined;
    const { key, message, signature } = signedByReceipt(receipt.value, root);
    if (!verify(key, message, signature)) return undefined;
    const { statement } = receipt.value;
    first ??= statement;
    if (!equalBytes(first.deviceKey, statement.deviceKey) || first.origin !== statement.origin)
      return undefined;
    witnesses.push({ body: leaf.value.body, wall: wallAt(statement.anchor, leaf.value.mono) });
  }
  return first === undefined ? undefined : { witnesses, statement: first };
};

/** Whether the box of the readings and the address that attests are one, by their binding and the endorsement. */
const isOneBox = (evidence: unknown, { statement }: Shown, source: string, verify: Verify): boolean => {
  const { identity, endorsement } = (evidence ?? {}) as Readonly<Record<string, unknown>>;
  const binding = bindingFrom(identity);
  const bound = binding === undefined ? undefined : checkBinding(binding, verify);
  const record = readKeyRecord(fromBase64Url(String(endorsement)) ?? new Uint8Array(0));
  if (bound === undefined || !record.ok || record.value.content.kind !== 'endorsement') return false;
  const { content, signed } = record.value;
  return (
    bound.address === source &&
    equalBytes(bound.gatewayKey, statement.gatewayKey) &&
    equalBytes(content.gatewayKey, statement.gatewayKey) &&
    equalBytes(content.deviceKey, statement.deviceKey) &&
    signed.every(({ key, message, signature }) => verify(key, message, signature))
  );
};

const attestationProblem = ({ header, members, data }: Parsed, verify: Verify): EventProblem | undefined => {
  if (header.type === 'dimo.tombstone') return undefined;
  const { evidence } = members;
  const shown = shownBy(evidence, verify);
  if (shown === undefined || !isOneBox(evidence, shown, header.source, verify)) return 'evidence';
  const kind = CLAIM_KINDS.find((each) => FORMS[each].dataversion === header.dataversion);
  const claim = kind === undefined ? undefined : claimText(kind, shown.witnesses, header, shown.statement);
  return claim !== undefined && data.startsWith(`{${claim},"evidence":`) ? undefined : 'claim';
};

const typeFits = ({ header: { type }, members }: Parsed): boolean => {
  const { signals, events, vin } = members;
  if (type === 'dimo.status') return Array.isArray(signals) && signals.length > 0;
  if (type === 'dimo.events') return Array.isArray(events) && events.length > 0;
  if (type === 'dimo.fingerprint') return typeof vin === 'string';
  return type === 'dimo.attestation' || type === 'dimo.tombstone';
};

/**
 * Whether an event of ours is what the box said: undefined where it is, else the first thing that is not. DIMO's own
 * signature check leaves the header open; the mark within `data` closes that.
 */
export const checkEvent = (text: string, { verify, address, seen }: EventCheck): EventProblem | undefined => {
  const parsed = parse(text);
  if (parsed === undefined) return 'malformed';
  const { header, signature, data, members } = parsed;
  const bytes = new TextEncoder().encode(data);
  const attests = header.type === 'dimo.attestation' || header.type === 'dimo.tombstone';
  const signer = signerOf(attests ? erc191Digest(bytes) : plainDigest(bytes), signature);
  if (signer === undefined || signer !== (attests ? checksummed(header.source) : address)) return 'signature';
  if (members['header'] !== headerMark(header) || headerObjection(header) !== undefined) return 'header';
  if (!typeFits(parsed)) return 'type';
  const problem = attests ? attestationProblem(parsed, verify) : undefined;
  if (problem !== undefined) return problem;
  const name = `${header.type} ${header.id}`;
  if (seen.has(name)) return 'replayed';
  seen.add(name);
  return undefined;
};

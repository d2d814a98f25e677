import { readAttestation } from '@outpost/schemas/evidence';
import type { Journal, Kept, Offset } from '../journal/contract.ts';
import type { Delivery } from '../networks/contract.ts';
import { type Attested, originOfKind, readAttested } from '../record/entry.ts';
import type { DeliverParts } from './attempt.ts';

/** An attestation of the journal on its way to the network. */
export interface Waiting {
  readonly item: Delivery;
  readonly bytes: number;
  readonly offset: Offset;
  readonly entry: Kept;
}

const leavesOf = async (
  journal: Pick<Journal, 'read'>,
  stream: number,
  { from, to }: Attested,
): Promise<Uint8Array[]> => {
  const leaves: Uint8Array[] = [];
  for await (const entry of journal.read(from, to)) {
    if (entry.stream === stream && originOfKind(entry.kind) !== undefined) leaves.push(entry.bytes);
  }
  return leaves;
};

/** What an attestation entry asks to be delivered; undefined where the entry does not read (damaged). */
export const waitingOf = async (
  parts: { readonly journal: Pick<Journal, 'read'>; readonly hash: DeliverParts['hash'] },
  entry: Kept,
): Promise<Waiting | undefined> => {
  const attested = readAttested(entry.bytes);
  const attestation = attested.ok ? readAttestation(attested.value.bytes) : attested;
  if (!attested.ok || !attestation.ok) return undefined;
  const { statement } = attestation.value;
  // Another stream may have taken the same number within the range in an earlier run; the size tells.
  const leaves = (await leavesOf(parts.journal, entry.stream, attested.value)).slice(-statement.size);
  const { stream, deviceKey, origin, keyKind } = statement;
  const item = {
    hash: parts.hash(attested.value.bytes),
    attestation: attested.value.bytes,
    leaves,
    stream,
    deviceKey,
    origin,
    keyKind,
  };
  const bytes = leaves.reduce((sum, leaf) => sum + leaf.length, item.attestation.length);
  return { item, bytes, offset: entry.offset, entry };
};

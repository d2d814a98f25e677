import { attestationHash, type Head, readAttestation } from '@outpost/schemas/evidence';
import { equalBytes, type StreamId } from '@outpost/schemas/words';
import type { Journal } from '../journal/contract.ts';
import { KIND, readAttested } from './entry.ts';

/**
 * Whether this box signed that attestation: false where it signed another one under the same epoch and counter, or
 * has others of the epoch around it; undefined where the journal does not reach back far enough to tell. Reads the
 * whole journal, so it is for alarms only.
 */
export const hasSigned = async (
  journal: Pick<Journal, 'start' | 'end' | 'read'>,
  stream: StreamId,
  head: Head,
): Promise<boolean | undefined> => {
  let earlier = false;
  for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
    const attested = kind === KIND.attestation ? readAttested(bytes) : undefined;
    const read = attested?.ok ? readAttestation(attested.value.bytes) : undefined;
    if (!attested?.ok || !read?.ok || read.value.statement.stream !== stream) continue;
    const { epoch, counter } = read.value.statement;
    if (!equalBytes(epoch, head.epoch)) continue;
    if (counter === head.counter) return equalBytes(attestationHash(attested.value.bytes), head.hash);
    if (counter < head.counter) earlier = true;
  }
  return earlier ? false : undefined;
};

import {
  type Head,
  type Receipt,
  readAttestation,
  readReceipt,
  type Verify,
} from '@outpost/schemas/evidence';
import { equalBytes, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Delivery, NetworkContext } from '../contract.ts';

/** A receipt that is the pinned network's own and about exactly this delivery; anything else is `untrusted`. */
export const checkReceipt = (
  bytes: Uint8Array,
  item: Delivery,
  pinned: { readonly key: Uint8Array; readonly verify: Verify; readonly where: string },
): Result<Receipt> => {
  const untrusted = (code: string, words: string): Result<never> =>
    fail(fault('untrusted', code, pinned.where, words));
  const read = readReceipt(bytes);
  if (!read.ok) return untrusted('outpost.receipt-malformed', 'its receipt does not read.');
  const { content, signed } = read.value;
  if (!equalBytes(signed.key, pinned.key)) {
    const words =
      'its receipt is signed by another key than the configured one; ask the network whether its key changed.';
    return untrusted('outpost.receipt-key', words);
  }
  if (!pinned.verify(signed.key, signed.message, signed.signature)) {
    return untrusted('outpost.receipt-signature', 'the signature of its receipt does not hold.');
  }
  const isAboutIt =
    equalBytes(content.attestation, item.hash) &&
    equalBytes(content.deviceKey, item.deviceKey) &&
    content.stream === item.stream;
  return isAboutIt
    ? ok(read.value)
    : untrusted(
        'outpost.receipt-other',
        'its receipt is about another attestation than the one that was sent.',
      );
};

/** Where a delivery stands in its chain; undefined where it does not read, which no journal of ours holds. */
const headOf = (item: Delivery): Head | undefined => {
  const read = readAttestation(item.attestation);
  if (!read.ok) return undefined;
  const { epoch, counter } = read.value.statement;
  return { epoch, counter, hash: item.hash };
};

/**
 * A fault where the network has seen an attestation by our key that this box knows nothing of: another box signs with
 * it. What the network saw of us after this delivery stands in the journal after it, so what is not there is not ours.
 * @param sent everything of this delivery, which is ours without asking.
 */
export const foreignHead = async (
  receipt: Receipt,
  sent: readonly Delivery[],
  context: NetworkContext,
  where: string,
): Promise<Fault | undefined> => {
  const { highest, stream } = receipt.content;
  const own = sent
    .map(headOf)
    .find((head) => head?.counter === highest.counter && equalBytes(head.epoch, highest.epoch));
  const isOurs =
    own === undefined ? await context.signed(stream, highest) : equalBytes(own.hash, highest.hash);
  if (isOurs === true) return undefined;
  const words =
    `it has seen attestation ${highest.counter} of ${stream} by this box's key that this box never made: ` +
    'another box has the key. Find it, then rotate or revoke.';
  return fault('untrusted', 'outpost.foreign-head', where, words);
};

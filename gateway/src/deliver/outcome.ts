import type { Receipt } from '@outpost/schemas/evidence';
import type { StreamId } from '@outpost/schemas/words';
import type { Entry } from '../journal/contract.ts';
import type { Delivery, Outcome, Reward } from '../networks/contract.ts';
import { type SettlementKind, settlementEntry } from '../record/entry.ts';
import type { DeliverParts } from './attempt.ts';

const settlement = (
  parts: Pick<DeliverParts, 'network' | 'clock'>,
  item: { readonly stream: StreamId; readonly hash: Uint8Array },
  kind: SettlementKind,
  words: {
    readonly code: string;
    readonly words: string;
    readonly receipt?: Receipt | undefined;
    readonly reward?: Reward | undefined;
  },
): Entry =>
  settlementEntry({
    network: parts.network.name,
    stream: item.stream,
    attestation: item.hash,
    kind,
    code: words.code,
    words: words.words,
    receipt: words.receipt?.bytes,
    reward: words.reward,
    wall: parts.clock.wall(),
  });

/** The journal entry of an outcome that ends the matter; undefined where it does not. */
export const entryOf = (
  parts: Pick<DeliverParts, 'network' | 'clock'>,
  item: Delivery,
  outcome: Outcome,
): Entry | undefined => {
  switch (outcome.kind) {
    case 'settled':
      return settlement(parts, item, 'settled', { ...outcome, code: '', words: outcome.words ?? '' });
    case 'refused':
      return settlement(parts, item, 'refused', outcome);
    case 'expired':
      return settlement(parts, item, 'expired', { code: 'expired', words: 'too old for this network' });
    case 'unknown':
      return settlement(parts, item, 'unknown', { code: 'unknown', words: outcome.words });
    case 'kept':
      return undefined;
  }
};

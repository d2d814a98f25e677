import { readAttestation, readReceipt } from '@outpost/schemas/evidence';
import type { StreamId, WallNs } from '@outpost/schemas/words';
import { platformHash } from '../hash.ts';
import type { Kept } from '../journal/contract.ts';
import { KIND, readAside, readAttested, readSettlement, type SettlementKind } from '../record/entry.ts';
import type { Reward } from '../record/reward.ts';
import type { Fate } from './lines.ts';

/** How an attestation's way to one network ended. */
export interface End {
  readonly network: string;
  readonly stream: StreamId;
  readonly hash: Uint8Array;
  readonly kind: SettlementKind;
  readonly code: string;
  readonly words: string;
  /** Undefined for what this program set aside: nobody noted when. */
  readonly wall: WallNs | undefined;
  readonly hasReceipt: boolean;
  readonly refusedReadings: number;
  readonly reward: Reward | undefined;
}

const refusedIn = (bytes: Uint8Array): number => {
  const receipt = readReceipt(bytes);
  return receipt.ok ? receipt.value.content.refused.reduce((sum, { count }) => sum + count, 0) : 0;
};

const settlementEnd = ({ bytes }: Kept): End | undefined => {
  const read = readSettlement(bytes);
  if (!read.ok) return undefined;
  const { network, stream, attestation: hash, kind, code, words, wall, receipt, reward } = read.value;
  const hasReceipt = receipt !== undefined;
  const refusedReadings = hasReceipt ? refusedIn(receipt) : 0;
  return { network, stream, hash, kind, code, words, wall, reward, hasReceipt, refusedReadings };
};

/** What this program gave up after it had failed at it again and again, in the quarantine's words. */
const setAsideEnd = ({ bytes }: Kept): End | undefined => {
  const aside = readAside(bytes);
  if (!aside.ok || aside.value.code !== 'network.dead-letter') return undefined;
  const attested = readAttested(aside.value.raw);
  const attestation = attested.ok ? readAttestation(attested.value.bytes) : attested;
  if (!attested.ok || !attestation.ok) return undefined;
  const { device: network, code, words } = aside.value;
  return {
    network,
    stream: attestation.value.statement.stream,
    hash: platformHash(attested.value.bytes),
    kind: 'unknown',
    code,
    words,
    wall: undefined,
    hasReceipt: false,
    refusedReadings: 0,
    reward: undefined,
  };
};

/** How an attestation's way ended, by the entry that says so; undefined where it says nothing of that, or does not read. */
export const endOf = (entry: Kept): End | undefined => {
  if (entry.kind === KIND.settlement) return settlementEnd(entry);
  return entry.kind === KIND.quarantined ? setAsideEnd(entry) : undefined;
};

export const fateOf = ({ stream: _, hash: __, ...end }: End): Fate => ({ ...end, predicted: undefined });

export const without = (network: string, kind: 'withheld' | 'pending', words: string): Fate => ({
  network,
  kind,
  code: '',
  words,
  wall: undefined,
  hasReceipt: false,
  refusedReadings: 0,
  reward: undefined,
  predicted: undefined,
});

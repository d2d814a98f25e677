import { toHex } from '@outpost/schemas/words';
import type { Kept, Offset } from '../journal/contract.ts';
import { KIND, readSettlement } from '../record/entry.ts';
import { readIntents, readReadingsSettled } from '../record/live-entry.ts';
import type { Left } from './recall.ts';

const intendedBy = (network: string, bytes: Uint8Array): Left<never> | undefined => {
  const intents = readIntents(bytes);
  return intents?.network === network ? { ended: [], intended: intents.readings } : undefined;
};

/** What an entry says of attestations that this network was brought, by the hex of their hash. */
export const leftOfAttestations = (network: string, { kind, bytes }: Kept): Left<string> | undefined => {
  if (kind === KIND.intents) return intendedBy(network, bytes);
  const settlement = kind === KIND.settlement ? readSettlement(bytes) : undefined;
  if (settlement?.ok !== true || settlement.value.network !== network) return undefined;
  return { ended: [toHex(settlement.value.attestation)], intended: [] };
};

/** What an entry says of readings that this network was brought, by their place. */
export const leftOfReadings = (network: string, { kind, bytes }: Kept): Left<Offset> | undefined => {
  if (kind === KIND.intents) return intendedBy(network, bytes);
  const ends = kind === KIND.readingsSettled ? readReadingsSettled(bytes) : undefined;
  if (ends?.network !== network) return undefined;
  return { ended: [...ends.settled, ...ends.others].map(({ reading }) => reading), intended: [] };
};

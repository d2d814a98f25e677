import type { Delivery } from '../networks/contract.ts';

/** Why a delivery is not even offered to a network that pays for the real thing. */
export const withheldBecause = (
  item: Pick<Delivery, 'keyKind' | 'origin'>,
  acceptSimulated: boolean,
): string | undefined => {
  if (acceptSimulated) return undefined;
  if (item.keyKind === 'demo') return 'demo-key';
  return item.origin === 'live' ? undefined : item.origin;
};

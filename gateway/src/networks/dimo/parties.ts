import { addressDid, tokenDid } from './codec.ts';
import type { DimoSettings } from './settings.ts';
import type { Parties } from './status.ts';

/** From whom and about what, for a device of ours; undefined where it is no vehicle of this network. */
export const partiesOf = (
  { chain, vehicles }: DimoSettings,
  device: string,
  address: string,
  source: string,
): Parties | undefined => {
  const vehicle = vehicles.get(device);
  if (vehicle === undefined) return undefined;
  const producer =
    vehicle.device === undefined
      ? addressDid(chain.id, address)
      : tokenDid(chain.id, chain.aftermarketDevice, vehicle.device);
  return { source, subject: tokenDid(chain.id, chain.vehicle, vehicle.token), producer };
};

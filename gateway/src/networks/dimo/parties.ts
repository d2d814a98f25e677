import { tokenDid } from './codec.ts';
import type { DimoSettings } from './settings.ts';
import type { Parties } from './status.ts';

/**
 * From whom and about what, for a device of ours; undefined where it is no vehicle of this network. The newer ingest
 * takes no producer that is not the DID of a token, an address among them, so that without a token of its own the
 * vehicle itself is named.
 */
export const partiesOf = (
  { chain, vehicles }: Pick<DimoSettings, 'chain' | 'vehicles'>,
  device: string,
  source: string,
): Parties | undefined => {
  const vehicle = vehicles.get(device);
  if (vehicle === undefined) return undefined;
  const subject = tokenDid(chain.id, chain.vehicle, vehicle.token);
  const { producer } = vehicle;
  if (producer === undefined) return { source, subject, producer: subject };
  const contract = producer.kind === 'device' ? chain.aftermarketDevice : chain.syntheticDevice;
  return { source, subject, producer: tokenDid(chain.id, contract, producer.token) };
};

import type { LiveDelivery } from '../networks/contract.ts';
import type { Placed } from '../trips/stream-readings.ts';

/** A reading of the journal as networks are given it. */
export const deliveryOf = ({ stream, reading, raw, opened }: Placed): LiveDelivery => {
  const { epoch, sequence, wall, trust, origin, body } = reading;
  const { gatewayKey, deviceKey, keyKind } = opened;
  return { stream, gatewayKey, deviceKey, epoch, sequence, wall, trust, origin, keyKind, body, raw };
};

import type { NetworkSettings, Prediction, Sending } from '../contract.ts';
import { addressDid, HEADER_MAX_BYTES, headerObjection, timeText, tokenDid } from './codec.ts';
import { checkSettings } from './settings.ts';
import { isEmpty, readDelivery, STATUS_VERSION, statusOf } from './status.ts';
import { weekOf } from './week.ts';

/** Any address is as long as another. */
const SOME_ADDRESS = `0x${'0'.repeat(40)}`;

const refused = (words: string): Prediction => ({ expect: 'refused', words });

/**
 * What DIMO's published code would answer to the status of an attestation. Its pay is by the week, for a paired
 * vehicle with a VIN attestation of DIMO's own, so no single one is worth anything by itself.
 */
export const predict = (settings: NetworkSettings, sending: Sending): Prediction | undefined => {
  const checked = checkSettings(settings);
  if (!checked.ok || sending.of !== 'attestation') return undefined;
  const { delivery } = sending;
  const { vehicles, chain } = checked.value;
  const [device = ''] = delivery.stream.split('/');
  const vehicle = vehicles.get(device);
  const read = readDelivery(delivery);
  if (vehicle === undefined || read === undefined) return undefined;
  if (read.statement.anchor.trust === 'none')
    return refused('the box did not know the time, and DIMO drops what lies five minutes ahead of its own.');
  const status = statusOf(delivery, read, checked.value);
  if (isEmpty(status)) return undefined;
  const header = {
    type: 'dimo.status' as const,
    source: SOME_ADDRESS,
    subject: tokenDid(chain.id, chain.vehicle, vehicle.token),
    producer: addressDid(chain.id, SOME_ADDRESS),
    id: status.id,
    time: timeText(status.wall),
    dataversion: STATUS_VERSION,
  };
  const objection = headerObjection(header);
  if (objection !== undefined) return refused(`${objection}.`);
  const count = status.signals.length;
  if (count === 0)
    return { expect: 'accepted', words: 'a VIN alone is taken as a fingerprint and earns no week.' };
  const { number } = weekOf(status.wall);
  const words =
    `${count} signals that DIMO has names for, in a header under ${HEADER_MAX_BYTES} bytes; ` +
    `it pays by the week, and the first signal that comes within week ${number} qualifies for it.`;
  return { expect: 'accepted', words };
};

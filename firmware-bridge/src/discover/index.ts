import { endianness, networkInterfaces } from 'node:os';
import type { Clock } from '@outpost/schemas/words';
import { acceptsConnection } from './accepts-connection.ts';
import type { Found } from './found.ts';
import { type NetworkPlaces, networkDevices } from './network-devices.ts';
import { type SerialPlaces, serialDevices } from './serial-devices.ts';

export type { Found, FoundNetwork, FoundSerial, UsbIdentity } from './found.ts';
export type { SerialPlaces } from './serial-devices.ts';
export { type Guess, guessWords } from './usb-ids.ts';
export { isAtAddress, type WatchSerialParts, watchSerial } from './watch-serial.ts';

export interface DiscoverContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where lines are, if not below /dev. */
  readonly dev?: string | undefined;
}

const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ family, internal, cidr }) => (family === 'IPv4' && !internal && cidr !== null ? [cidr] : []));

/** Where Linux shows its serial lines. `dev` is elsewhere where a container was given its lines elsewhere. */
export const serialPlaces = (dev = '/dev'): SerialPlaces => ({ sys: '/sys', dev, proc: '/proc' });

const systemPlaces = (context: DiscoverContext): SerialPlaces & NetworkPlaces => ({
  ...serialPlaces(context.dev),
  own: ownAddresses(),
  littleEndian: endianness() === 'LE',
  answers: (host, port) => acceptsConnection(host, port, context),
});

/** What is known first, then what is possible, then what is merely there. */
const RANK: readonly Found['certainty'][] = ['known', 'possible', 'seen'];

/**
 * What could be attached to this machine: serial lines by what USB says of them, dongles at their factory
 * addresses, and neighbours. Opens no serial line and writes not one byte to anything. An address that a gateway is
 * using shows only if its dongle accepts a second connection.
 */
export const discover = async (
  context: DiscoverContext,
  places: SerialPlaces & NetworkPlaces = systemPlaces(context),
): Promise<readonly Found[]> => {
  const [serial, network] = await Promise.all([serialDevices(places), networkDevices(places)]);
  context.signal.throwIfAborted();
  return [...serial, ...network].sort((a, b) => RANK.indexOf(a.certainty) - RANK.indexOf(b.certainty));
};

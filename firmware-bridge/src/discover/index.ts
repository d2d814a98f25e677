import { connect } from 'node:net';
import { endianness, networkInterfaces } from 'node:os';
import type { Clock } from '@outpost/schemas/words';
import { abortScope } from '../abort-scope.ts';
import type { Found } from './found.ts';
import { type NetworkPlaces, networkDevices } from './network-devices.ts';
import { type SerialPlaces, serialDevices } from './serial-devices.ts';

export type { Found, FoundNetwork, FoundSerial, UsbIdentity } from './found.ts';
export { type Guess, guessWords } from './usb-ids.ts';

/** A dongle on the own Wi-Fi accepts within a few milliseconds. */
const ANSWER_WITHIN_MS = 1_000;

export interface DiscoverContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Opens a connection and closes it again: no byte is written, whoever answers. */
const answers = (host: string, port: number, { clock, signal }: DiscoverContext): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const timeout = abortScope(signal);
    const finish = (answered: boolean): void => {
      resolve(answered);
      timeout.release();
      timeout.abort(undefined);
      socket.destroy();
    };
    socket.once('connect', () => finish(true));
    socket.on('error', () => finish(false));
    clock.sleep(ANSWER_WITHIN_MS, timeout.signal).then(
      () => finish(false),
      () => finish(false),
    );
  });

const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ family, internal, cidr }) => (family === 'IPv4' && !internal && cidr !== null ? [cidr] : []));

const systemPlaces = (context: DiscoverContext): SerialPlaces & NetworkPlaces => ({
  sys: '/sys',
  dev: '/dev',
  proc: '/proc',
  own: ownAddresses(),
  littleEndian: endianness() === 'LE',
  answers: (host, port) => answers(host, port, context),
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

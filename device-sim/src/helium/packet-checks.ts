import { type Message, PACKET_UP } from '@outpost/gateway/helium';
import { type Clock, elapsedMs, type MonoNs, toHex } from '@outpost/schemas/words';
import { packetKind } from './packet-kind.ts';
import type { DropReason } from './router-words.ts';
import type { IsSigned } from './signed.ts';

const PER_SECOND = 25;

/** Who sends on a stream. */
export interface Sender {
  /** The gateway that registered, hex. */
  readonly gateway: string | undefined;
  readonly sessionKey: Uint8Array | undefined;
}

/** Counts in whole seconds of the router's own clock, as its throttle does. */
const createThrottle = (clock: Clock, perSecond: number) => {
  const counts = new Map<string, number>();
  let since: MonoNs = clock.mono();
  return (key: string): boolean => {
    if (elapsedMs(since, clock.mono()) >= 1_000) {
      counts.clear();
      since = clock.mono();
    }
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= perSecond;
  };
};

/** The checks of one packet in the router's order; undefined where it is taken. */
export const createChecks = (clock: Clock, denied: ReadonlySet<string>, isSigned: IsSigned) => {
  const gatewayThrottle = createThrottle(clock, PER_SECOND);
  const packetThrottle = createThrottle(clock, 1);
  return (held: Sender, bytes: Uint8Array, packet: Message<typeof PACKET_UP>): DropReason | undefined => {
    const gateway = toHex(packet.gateway);
    if (packetKind(packet.payload) === undefined) return 'invalid_packet_type';
    if (held.gateway !== gateway) return 'wrong_gateway';
    if (denied.has(gateway)) return 'gateway_denied';
    const key = held.sessionKey ?? packet.gateway;
    if (!isSigned(key, bytes, PACKET_UP.signature.number)) return 'bad_signature';
    if (!gatewayThrottle(gateway)) return 'gateway_limit_exceeded';
    return packetThrottle(`${gateway} ${toHex(packet.payload)}`) ? undefined : 'packet_limit_exceeded';
  };
};

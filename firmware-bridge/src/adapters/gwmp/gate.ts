import { monoAfterMs } from '@outpost/schemas/words';
import type { Peer } from '../../port.ts';
import { draw, type Pace } from './bucket.ts';
import type { From } from './datagram.ts';
import { heardFrom, newHealth } from './health.ts';
import { type Gateway, type Stranger, withEntry } from './state.ts';
import { change, changeGateway, happen, happenOnceIn, type Turn } from './turn.ts';

/** Gateways that wait for approval. */
export const STRANGERS_MAX = 64;
/** Those of one address. */
export const STRANGERS_PER_ADDRESS_MAX = 16;
/** A stranger who is silent for so long is forgotten. */
const STRANGER_FORGOTTEN_MS = 3_600_000;
/** Addresses that claim one EUI and are remembered. */
const CLAIMS_MAX = 4;
/** Addresses of strangers whose pace is watched; the one that was silent longest makes room. */
const STRANGER_ADDRESSES_MAX = 256;
const STRANGER_PACE: Pace = { perSecond: 5, burst: 20 };
/** A stranger's last word is noted this seldom: noting it costs more than dropping it. */
const STRANGER_NOTED_MS = 10_000;

const TOLD_AGAIN_MS = 60_000;
const FULL_TOLD_AGAIN_MS = 600_000;

/** An IPv4 address in IPv6's clothes is itself; without a peer there is one address, the empty one. */
export const addressOf = (peer: Peer | undefined): string =>
  (peer?.address ?? '').toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');

/** Whether a datagram is heard, and as whose; or why it is not. */
export type Admission = { readonly gateway: Gateway } | { readonly reason: string };

const RATE_LIMITED: Admission = { reason: 'rate-limited' };

const tellRate = (turn: Turn, who: string): Admission => {
  happenOnceIn(
    turn,
    `rate ${who}`,
    TOLD_AGAIN_MS,
    'rate-limited',
    `${who} sends more than it may; the rest is dropped.`,
  );
  return RATE_LIMITED;
};

/** Whether an address to which some gateway is bound may send one more. */
const drawAddress = (turn: Turn, address: string): boolean => {
  const { addressPerSecondMax } = turn.options;
  const pace = { perSecond: addressPerSecondMax, burst: 2 * addressPerSecondMax };
  const { bucket, allowed } = draw(turn.state.addresses.get(address), pace, turn.now);
  change(turn, { addresses: withEntry(turn.state.addresses, address, bucket) });
  return allowed;
};

const bound = (turn: Turn, gateway: Gateway, address: string): Gateway => {
  if (gateway.address !== undefined) return gateway;
  happen(turn, 'address-bound', `gateway ${gateway.eui} speaks, and is bound to ${address} from now on.`);
  return { ...gateway, address };
};

const admitKnown = (turn: Turn, known: Gateway, { version }: From, address: string): Admission => {
  if (!drawAddress(turn, address)) return tellRate(turn, address);
  const { gatewayPerSecondMax } = turn.options;
  const pace = { perSecond: gatewayPerSecondMax, burst: 2 * gatewayPerSecondMax };
  const { bucket, allowed } = draw(known.bucket, pace, turn.now);
  const gateway = { ...bound(turn, known, address), bucket, version };
  if (!allowed) {
    changeGateway(turn, gateway);
    return tellRate(turn, `gateway ${known.eui}`);
  }
  const health = heardFrom(gateway.health ?? newHealth(turn.now), turn.now);
  const admitted = { ...gateway, health };
  changeGateway(turn, admitted);
  return { gateway: admitted };
};

/** False where this address is too fast even to be dropped with care. */
const drawStranger = (turn: Turn, address: string): boolean => {
  const { strangerAddresses } = turn.state;
  const { bucket, allowed } = draw(strangerAddresses.get(address), STRANGER_PACE, turn.now);
  // Also where it is not allowed: the bucket's time moves on, and its order is that of who spoke last.
  const next = new Map(strangerAddresses);
  next.delete(address);
  next.set(address, bucket);
  const oldest = next.size > STRANGER_ADDRESSES_MAX ? next.keys().next().value : undefined;
  if (oldest !== undefined) next.delete(oldest);
  change(turn, { strangerAddresses: next });
  return allowed;
};

const tellStranger = (turn: Turn, eui: string, address: string): void => {
  const known = turn.state.gateways.get(eui);
  if (known === undefined) {
    happen(turn, 'stranger', `gateway ${eui} at ${address} wants to speak; approve it, or forbid it.`);
    return;
  }
  const words = `gateway ${eui} is bound to ${known.address} and now something at ${address} speaks for it; nothing of that is taken. Approve it if the gateway has moved.`;
  happen(turn, 'address-changed', words);
};

/** Whoever has been silent for so long is no longer listed. */
export const forgetStrangers = (turn: Turn): void => {
  const isForgotten = ({ heardAt }: Stranger): boolean =>
    monoAfterMs(heardAt, STRANGER_FORGOTTEN_MS) <= turn.now;
  const { strangers } = turn.state;
  if (![...strangers.values()].some(isForgotten)) return;
  change(turn, { strangers: new Map([...strangers].filter(([, each]) => !isForgotten(each))) });
};

const hasRoom = ({ state: { strangers } }: Turn, address: string): boolean => {
  const here = [...strangers.values()].filter(({ addresses }) => addresses[0] === address);
  return strangers.size < STRANGERS_MAX && here.length < STRANGERS_PER_ADDRESS_MAX;
};

const admitNobody = (turn: Turn, eui: string, address: string): Admission => {
  const { state, now } = turn;
  const pending = { reason: 'pending-approval' };
  const stranger = state.strangers.get(eui);
  if (stranger === undefined) {
    if (!hasRoom(turn, address)) {
      const words = `${STRANGERS_MAX} gateways wait for approval, or ${STRANGERS_PER_ADDRESS_MAX} of ${address}; more are not listed.`;
      happenOnceIn(turn, 'strangers-full', FULL_TOLD_AGAIN_MS, 'strangers-full', words);
      return { reason: 'strangers-full' };
    }
    change(turn, { strangers: withEntry(state.strangers, eui, { eui, addresses: [address], heardAt: now }) });
    tellStranger(turn, eui, address);
    return pending;
  }
  const isNew = !stranger.addresses.includes(address) && stranger.addresses.length < CLAIMS_MAX;
  if (!isNew && monoAfterMs(stranger.heardAt, STRANGER_NOTED_MS) > now) return pending;
  const addresses = isNew ? [...stranger.addresses, address] : stranger.addresses;
  change(turn, { strangers: withEntry(state.strangers, eui, { eui, addresses, heardAt: now }) });
  if (isNew) tellStranger(turn, eui, address);
  return pending;
};

/** Decides on one datagram of a gateway by who it says it is and where it came from. */
export const admit = (turn: Turn, from: From, peer: Peer | undefined): Admission => {
  const { gateways, forbidden } = turn.state;
  const address = addressOf(peer);
  if (forbidden.has(from.eui)) return { reason: 'forbidden' };
  const known = gateways.get(from.eui);
  if (known !== undefined && (known.address === undefined || known.address === address))
    return admitKnown(turn, known, from, address);
  return drawStranger(turn, address) ? admitNobody(turn, from.eui, address) : tellRate(turn, address);
};

/** Whether bytes that are no datagram of this protocol are worth keeping: only those of somebody who may speak. */
export const admitNoise = (turn: Turn, peer: Peer | undefined): string | undefined => {
  const address = addressOf(peer);
  if (!turn.state.addresses.has(address)) return 'stranger';
  if (drawAddress(turn, address)) return undefined;
  tellRate(turn, address);
  return 'rate-limited';
};

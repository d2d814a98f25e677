import { readFile } from 'node:fs/promises';
import { type Clock, elapsedMs, fail, fault, ok, type Result, sentence } from '@outpost/schemas/words';
import { errorCode } from '../../store/whole-file.ts';
import type { LiveDelivery, LiveNetwork, LiveOutcome, NetworkContext, NetworkKind } from '../contract.ts';
import { isEui } from './gateway-keys.ts';
import { createGateways, type Gateway, type Gateways } from './gateways.ts';
import type { Sent } from './outbox.ts';
import { packetUp, predictPacket, type RoutablePacket, rewardOf, routable } from './packets.ts';
import { checkSettings, type HeliumSettings } from './settings.ts';

/** Packets of all gateways that are on their way at once. */
export const WINDOW_MAX = 256;
/** How long a packet waits for its gateway's session: while others have one, and while none has. */
const SESSION_WAIT_MS = 8_000;
const OUTAGE_WAIT_MS = 1_000;
/** A packet that is older is not heard in a receive window any more, and may wait for its turn. */
const FRESH_MS = 2_000;
/** How long a fresh one may wait for its turn: it would hold up those of other gateways. */
const FRESH_TURN_MS = 250;

const refused = (code: string, words: string): LiveOutcome => ({ kind: 'refused', code, words });

const REPEATED = refused(
  'repeated',
  'the same frame went out for this gateway within the last second; the router would drop it.',
);
const TOO_MANY = refused('too-many', 'the router takes 25 packets a second of a gateway; this was one more.');
const DOUBT: LiveOutcome = {
  kind: 'unknown',
  words: 'the way to the router broke before it said that it has the packet.',
};

/** Everything that a packet meets on its way. */
interface Way {
  readonly clock: Clock;
  readonly settings: HeliumSettings;
  readonly gateways: Gateways;
}

/** What became of it, in the words of the ledger. */
const outcomeOf = (
  sent: Sent,
  packet: RoutablePacket,
  { link }: Gateway,
  gateways: Gateways,
): LiveOutcome => {
  switch (sent) {
    case 'there':
      return { kind: 'settled', reward: rewardOf(packet) };
    case 'doubt':
      return DOUBT;
    case 'expired':
      return { kind: 'expired' };
    case 'repeated':
      return REPEATED;
    case 'too-many':
      return TOO_MANY;
    case 'no-session':
      // Where others are let in it is this gateway that is not, and it must not hold them up.
      return gateways.isRunning && gateways.isAnyUp()
        ? refused('no-session', `the router gives this gateway no session: ${sentence(link.why())}`)
        : { kind: 'kept', retryAfterMs: 0, fault: link.why() };
  }
};

const sendPacket = (
  { clock, settings, gateways }: Way,
  gateway: Gateway,
  packet: RoutablePacket,
  { wall, trust }: LiveDelivery,
): Promise<LiveOutcome> =>
  new Promise((resolve) => {
    const { link, watch, key, tally } = gateway;
    const since = clock.mono();
    const ageMs = trust === 'none' ? 0 : Math.max(0, Number(clock.wall() - wall) / 1e6);
    const leftMs = Math.max(0, settings.expiresAfterMs - ageMs);
    const sender = { gateway: key, region: watch.params?.region ?? settings.region };
    link.send({
      payload: packet.payload,
      make: (now) => packetUp(packet, sender, ageMs + elapsedMs(since, now)),
      since,
      sessionMs: () => (gateways.isAnyUp() ? SESSION_WAIT_MS : OUTAGE_WAIT_MS),
      turnMs: ageMs < FRESH_MS ? FRESH_TURN_MS : leftMs,
      leftMs,
      settle: (sent) => {
        if (sent === 'there') {
          tally.sent += 1;
          tally.heardAt = wall;
        }
        resolve(outcomeOf(sent, packet, gateway, gateways));
      },
    });
  });

const networkOver = (
  settings: HeliumSettings,
  ca: string | undefined,
  context: NetworkContext,
): LiveNetwork => {
  const { name, expiresAfterMs, gatewaysMax } = settings;
  const { clock } = context;
  const gateways = createGateways(settings, ca, context);
  const way: Way = { clock, settings, gateways };
  const full = refused(
    'too-many-gateways',
    `this network takes ${gatewaysMax} gateways; set options.gatewaysMax for more.`,
  );
  /** The gateway's first, which makes its key. */
  const deliverFirst = async (packet: RoutablePacket, delivery: LiveDelivery): Promise<LiveOutcome> => {
    if (!isEui(packet.eui)) throw new Error('A gateway without an EUI.');
    const found = await gateways.find(packet.eui, delivery.stream);
    if (found === undefined) return full;
    if (!found.ok) return refused('no-key', sentence(found.fault));
    return await sendPacket(way, found.value, packet, delivery);
  };
  return {
    follows: 'readings',
    name,
    windowMax: WINDOW_MAX,
    expiresAfterMs,
    // The router pays for each copy, and a network server takes a second one for a replay.
    takesOnce: true,
    links: gateways.links,
    wants: ({ body }) => routable(body).ok,
    deliver: (delivery) => {
      const packet = routable(delivery.body);
      if (!packet.ok) throw new Error('A reading that was not wanted.');
      const known = gateways.known(packet.value.eui, delivery.stream);
      return known === undefined
        ? deliverFirst(packet.value, delivery)
        : sendPacket(way, known, packet.value, delivery);
    },
    run: gateways.run,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
};

const readAuthorities = async ({ name, caFile }: HeliumSettings): Promise<Result<string | undefined>> => {
  if (caFile === undefined) return ok(undefined);
  try {
    return ok(await readFile(caFile, 'utf8'));
  } catch (error) {
    const words = `the file ${caFile} cannot be read (${errorCode(error)}).`;
    return fail(fault('misconfigured', 'helium.ca', `network ${name}, options.caFile`, words));
  }
};

/** Helium's packet router: uplinks that are paid for by the packet, downlinks back. */
export const helium: NetworkKind = {
  kind: 'helium',
  follows: 'readings',
  open: async (settings, context) => {
    const checked = checkSettings(settings);
    if (!checked.ok) return checked;
    const ca = await readAuthorities(checked.value);
    return ca.ok ? ok(networkOver(checked.value, ca.value, context)) : ca;
  },
  predict: (_settings, sending) => (sending.of === 'reading' ? predictPacket(sending.delivery) : undefined),
};

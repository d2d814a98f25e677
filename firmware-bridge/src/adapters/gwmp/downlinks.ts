import { itemAirtimeUs, permit, withdrawEmission } from '@outpost/schemas/radio';
import {
  type DownlinkItem,
  elapsedMs,
  type MonoNs,
  monoAfterMs,
  type Order,
  type OrderId,
} from '@outpost/schemas/words';
import type { Peer } from '../../port.ts';
import { commandWire } from './codec.ts';
import type { From } from './datagram.ts';
import type { GwmpCommand } from './event.ts';
import { sentBody, sentRaw } from './redecode.ts';
import type { Flight, Gateway } from './state.ts';
import { change, changeGateway, drop, happenOnceIn, type Turn } from './turn.ts';
import type { TxAck } from './tx-ack.ts';
import { wholeDbm } from './txpk.ts';

export type DownlinkOrder = Extract<Order, { readonly kind: 'downlink' | 'beacon' }>;

/** A forwarder that finds a transmission malformed says nothing, so somebody has to give up. */
export const ANSWER_TIMEOUT_MS = 3_000;
/** The queue of the reference forwarder (jitqueue.h); more are refused here. */
const FLIGHTS_PER_GATEWAY_MAX = 32;
const ITEMS_MAX = 16;
/** Routers forget a way back that nothing uses; a forwarder asks every 5 to 60 s. */
const ROUTE_MAX_AGE_MS = 180_000;

const TOKENS = 65_536;
const COUNTER = 2 ** 32;
/** What a forwarder needs before a transmission, and how far ahead it plans, in microseconds (jitqueue.c). */
const LEAD_MIN_US = 42_500;
const LEAD_MAX_US = 512_000_000;
/** An older count has drifted by more than the time that a forwarder needs. */
const COUNT_MAX_AGE_MS = 600_000;

const UNMATCHED_TOLD_AGAIN_MS = 60_000;

const refuse = (turn: Turn, id: OrderId, code: string, words: string, items?: readonly string[]): void => {
  turn.outcomes.push({ id, kind: 'refused', code, words, ...(items === undefined ? {} : { items }) });
};

/** Hard to guess without the order, which nobody outside knows (FNV-1a); and none that is under way. */
const tokenFor = ({ flights }: Turn['state'], gateway: string, id: string, at: number): number => {
  let hash = 0x811c9dc5;
  for (const letter of `${id}/${at}`) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  let token = ((hash ^ (hash >>> 16)) >>> 0) % TOKENS;
  while (flights.some((each) => each.gateway === gateway && each.token === token))
    token = (token + 1) % TOKENS;
  return token;
};

/** Microseconds from now until the counter shows it, −2^31 to 2^31; what the arrival of a frame took is not in it. */
const leadUs = ({ counter }: Gateway, tmst: number, now: MonoNs): number | undefined => {
  if (counter === undefined || elapsedMs(counter.at, now) > COUNT_MAX_AGE_MS) return undefined;
  const elapsed = Math.round(elapsedMs(counter.at, now) * 1_000);
  const ahead = (((tmst - counter.tmst - elapsed) % COUNTER) + COUNTER) % COUNTER;
  return ahead >= COUNTER / 2 ? ahead - COUNTER : ahead;
};

interface Plan {
  readonly start: MonoNs;
  /** Sure to be refused by the gateway: the count can only be later than it seems here. */
  readonly code: string | undefined;
}

const planOf = (gateway: Gateway, { at }: DownlinkItem, now: MonoNs): Plan => {
  const lead = at.kind === 'count' ? leadUs(gateway, at.tmst, now) : undefined;
  if (lead === undefined) return { start: now, code: undefined };
  const code = lead <= LEAD_MIN_US ? 'too-late' : lead > LEAD_MAX_US + 1_000_000 ? 'too-early' : undefined;
  return { start: lead > 0 ? monoAfterMs(now, lead / 1_000) : now, code };
};

/** Sends one item, or says why it may not be sent. */
const send = (
  turn: Turn,
  flight: Omit<Flight, 'emission' | 'token' | 'deadline'>,
  to: Peer,
): string | undefined => {
  const { state, options, now } = turn;
  const gateway = state.gateways.get(flight.gateway);
  const item = flight.items[flight.at];
  if (gateway === undefined || item === undefined) throw new Error('A downlink without gateway or item.');
  const airtime = itemAirtimeUs(item);
  if (airtime === undefined) return 'unsendable';
  const { start, code } = planOf(gateway, item, now);
  if (code !== undefined) return code;
  const wish = {
    frequencyHz: item.frequencyHz,
    rate: item.modulation,
    eirpDbm: wholeDbm(item.powerDbm),
    airtimeUs: Math.ceil(airtime),
    start,
  };
  const permission = permit(options.region, wish, gateway.ledger, now);
  if (!permission.ok) return permission.fault.code.replace(/^radio\./, '');
  const { emission, ledger } = permission.value;
  const token = tokenFor(state, gateway.eui, flight.order, flight.at);
  changeGateway(turn, { ...gateway, ledger });
  const sent: Flight = { ...flight, token, emission, deadline: monoAfterMs(now, ANSWER_TIMEOUT_MS) };
  turn.commands.push({ kind: 'pull-resp', version: gateway.version, token, item, to });
  if (gateway.version === 1) {
    const words = 'sent; a gateway of version 1 of the protocol confirms nothing.';
    turn.outcomes.push({ id: flight.order, kind: 'done', words, item: flight.at });
  } else change(turn, { flights: [...turn.state.flights, sent] });
  return undefined;
};

const routeOf = ({ route }: Gateway, now: MonoNs): Peer | undefined =>
  route === undefined || elapsedMs(route.at, now) > ROUTE_MAX_AGE_MS ? undefined : route.peer;

/** Tries the items from `at` on, until one can be sent. */
const trySending = (turn: Turn, begun: Omit<Flight, 'emission' | 'token' | 'deadline'>): void => {
  const gateway = turn.state.gateways.get(begun.gateway);
  const to = gateway === undefined ? undefined : routeOf(gateway, turn.now);
  if (to === undefined) {
    const words = `gateway ${begun.gateway} has not asked for transmissions lately.`;
    refuse(turn, begun.order, 'no-route', words);
    return;
  }
  let flight = begun;
  while (flight.at < flight.items.length) {
    const code = send(turn, flight, to);
    if (code === undefined) return;
    flight = { ...flight, at: flight.at + 1, refusals: [...flight.refusals, code] };
  }
  const { order, refusals } = flight;
  refuse(turn, order, refusals.at(-1) ?? 'items', `nothing was sent: ${refusals.join(', ')}.`, refusals);
};

const problemOf = (turn: Turn, order: DownlinkOrder): readonly [code: string, words: string] | undefined => {
  const { state, options } = turn;
  const eui = order.gateway.toLowerCase();
  const gateway = state.gateways.get(eui);
  if (gateway === undefined)
    return ['not-approved', `gateway ${eui} may not speak, so nothing is sent to it.`];
  if (options.region === undefined)
    return [
      'no-region',
      'nothing is sent because no region is set; set options.region to that of this country.',
    ];
  if (order.items.length === 0 || order.items.length > ITEMS_MAX)
    return ['items', `a transmission has 1 to ${ITEMS_MAX} alternatives.`];
  if (order.kind === 'beacon' && gateway.version === 1)
    return ['unconfirmed', 'a gateway of version 1 of the protocol never says whether it sent a beacon.'];
  if (state.flights.filter((each) => each.gateway === eui).length >= FLIGHTS_PER_GATEWAY_MAX)
    return ['queue-full', `${FLIGHTS_PER_GATEWAY_MAX} transmissions wait for this gateway’s answer.`];
  return undefined;
};

/** A transmission that is wanted. */
export const startDownlink = (turn: Turn, order: DownlinkOrder): void => {
  const problem = problemOf(turn, order);
  if (problem !== undefined) {
    refuse(turn, order.id, ...problem);
    return;
  }
  trySending(turn, {
    order: order.id,
    isEvidence: order.kind === 'beacon',
    gateway: order.gateway.toLowerCase(),
    items: order.items,
    at: 0,
    refusals: [],
  });
};

/** `TOO_LATE` is `too-late` here. */
const codeOf = (error: string): string => error.toLowerCase().replaceAll('_', '-');

const withoutFlight = (turn: Turn, flight: Flight): void =>
  change(turn, { flights: turn.state.flights.filter((each) => each !== flight) });

/** It was not sent, so its time on air is free again. */
const withdraw = (turn: Turn, { gateway: eui, emission }: Flight): void => {
  const gateway = turn.state.gateways.get(eui);
  if (gateway !== undefined)
    changeGateway(turn, { ...gateway, ledger: withdrawEmission(gateway.ledger, emission) });
};

const observe = (turn: Turn, flight: Flight, raw: Uint8Array, simulated: boolean): boolean => {
  const { gateways } = turn.state;
  const item = flight.items[flight.at];
  const version = gateways.get(flight.gateway)?.version ?? 2;
  if (item === undefined) return false;
  const resp: GwmpCommand = { kind: 'pull-resp', version, token: flight.token, item, to: undefined };
  const evidence = sentRaw(commandWire.encode(resp), raw);
  const body = sentBody(evidence);
  if (body === undefined) return false;
  turn.said.push({ body, raw: evidence, origin: simulated ? 'simulated' : 'live' });
  return true;
};

/** What a gateway that may speak said to a transmission. Only its own word on its own token settles anything. */
export const settleDownlink = (
  turn: Turn,
  { eui, token }: From,
  ack: TxAck,
  raw: Uint8Array,
  simulated: boolean,
): void => {
  const flight = turn.state.flights.find((each) => each.gateway === eui && each.token === token);
  if (flight === undefined) {
    const words = `gateway ${eui} answers a transmission that it was not asked for; somebody may speak in its name.`;
    happenOnceIn(turn, `unmatched ${eui}`, UNMATCHED_TOLD_AGAIN_MS, 'ack-unmatched', words);
    drop(turn, 'unmatched-ack');
    return;
  }
  withoutFlight(turn, flight);
  if (ack.error === undefined) {
    const warned = ack.warning === undefined ? '' : `, with a warning: ${codeOf(ack.warning)}`;
    const words = `gateway ${eui} took it${warned}.`;
    turn.outcomes.push({ id: flight.order, kind: 'done', words, item: flight.at });
    const observed = flight.isEvidence && observe(turn, flight, raw, simulated);
    turn.fates.push({ kind: observed ? 'observed' : 'control' });
    return;
  }
  turn.fates.push({ kind: 'control' });
  withdraw(turn, flight);
  const { order, isEvidence, gateway, items, at, refusals } = flight;
  trySending(turn, {
    order,
    isEvidence,
    gateway,
    items,
    at: at + 1,
    refusals: [...refusals, codeOf(ack.error)],
  });
};

/** Gives up what was not answered in time. Its time on air stays used: it may have been sent all the same. */
export const expireDownlinks = (turn: Turn): void => {
  for (const flight of turn.state.flights) {
    if (flight.deadline > turn.now) continue;
    withoutFlight(turn, flight);
    const words = `gateway ${flight.gateway} did not answer within ${ANSWER_TIMEOUT_MS / 1_000} s.`;
    refuse(turn, flight.order, 'time-out', words, [...flight.refusals, 'time-out']);
  }
};

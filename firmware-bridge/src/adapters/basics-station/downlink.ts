import { itemAirtimeUs, permit, withdrawEmission } from '@outpost/schemas/radio';
import {
  type DownlinkItem,
  type MonoNs,
  monoAfterMs,
  type Order,
  type OrderOutcome,
} from '@outpost/schemas/words';
import type { StationCommand, StationEvent } from './event.ts';
import type { StationOptions } from './options.ts';
import { routerPath } from './path.ts';
import { type Flight, type State, type Station, withStation } from './state.ts';
import { dataRateOf } from './write.ts';

/** A station says when it has sent, and nothing where it cannot: class A is at most some seconds ahead. */
export const SENT_WITHIN_MS = 20_000;

const COUNTER_SPAN = 2n ** 32n;
const US_PER_S = 1_000_000n;
const RX2_AFTER_US = 1_000_000;
const US_PER_MS = 1_000;
/** A station drops a downlink for a device without an identifier, and does nothing else with it. */
const ANY_DEVICE = '00-00-00-00-00-00-00-01';

/** The 63-bit time of a counter, nearest to the last frame of the same run of the concentrator. */
export const xtimeOf = (last: bigint, tmst: number): bigint => {
  const base = last - (last % COUNTER_SPAN) + BigInt(tmst);
  const near = [base - COUNTER_SPAN, base, base + COUNTER_SPAN];
  const apart = (xtime: bigint): bigint => (xtime > last ? xtime - last : last - xtime);
  return near.reduce((best, each) => (apart(each) < apart(best) ? each : best));
};

type Timing = Readonly<Record<string, unknown>> | string;

const sameBytes = (a: DownlinkItem, b: DownlinkItem): boolean =>
  a.phy.length === b.phy.length && a.phy.every((byte, at) => byte === b.phy[at]);

/** The first item and, where it is its second receive window, the second one; a string says why not. */
const timing = (region: string, { heard }: Station, items: readonly DownlinkItem[]): Timing => {
  const [first, second] = items;
  if (first === undefined) return 'items';
  const dataRate = dataRateOf(region, 'downlink', first.modulation);
  if (dataRate === undefined) return 'no-such-rate';
  if (first.modulation.kind === 'lora' && !first.invertPolarity) return 'polarity';
  const rctx = heard?.rctx ?? 0n;
  if (first.at.kind === 'immediately') return { dC: 2, RX2DR: dataRate, RX2Freq: first.frequencyHz, rctx };
  if (first.at.kind === 'gps') {
    return { dC: 1, DR: dataRate, Freq: first.frequencyHz, gpstime: first.at.tmms * US_PER_MS, rctx };
  }
  if (heard === undefined) return 'no-counter';
  const window = { dC: 0, RxDelay: 1, RX1DR: dataRate, RX1Freq: first.frequencyHz, rctx };
  const xtime = xtimeOf(heard.xtime, first.at.tmst) - US_PER_S;
  const isSecond =
    second?.at.kind === 'count' &&
    (second.at.tmst - first.at.tmst + 2 ** 32) % 2 ** 32 === RX2_AFTER_US &&
    sameBytes(first, second);
  const secondRate = isSecond ? dataRateOf(region, 'downlink', second.modulation) : undefined;
  return secondRate === undefined || second === undefined
    ? { ...window, xtime }
    : { ...window, RX2DR: secondRate, RX2Freq: second.frequencyHz, xtime };
};

export interface Begun {
  readonly state: State;
  readonly command: StationCommand | undefined;
  readonly outcome: OrderOutcome | undefined;
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const WORDS: ReadonlyMap<string, string> = new Map([
  ['not-heard', 'the station is not connected.'],
  ['no-counter', 'the station has heard nothing since it connected, so that no moment can be named.'],
  ['polarity', 'a station sends downlinks alone, which gateways do not hear.'],
  ['no-such-rate', 'the region has no such data rate for downlinks.'],
]);

/** Begins a downlink, or says why not. Its time on air counts from now, for the first of its items. */
export const beginDownlink = (
  { region }: StationOptions,
  state: State,
  { id, gateway, items }: Extract<Order, { kind: 'downlink' }>,
  now: MonoNs,
): Begun => {
  const no = (code: string): Begun => {
    const words = WORDS.get(code) ?? 'the region does not allow it.';
    return { state, command: undefined, outcome: { id, kind: 'refused', code, words } };
  };
  const station = state.stations.get(gateway);
  const [first] = items;
  if (station === undefined) return no('not-heard');
  if (first === undefined) return no('items');
  const when = timing(region.name, station, items);
  if (typeof when === 'string') return no(when);
  const airtime = itemAirtimeUs(first);
  if (airtime === undefined) return no('no-such-rate');
  const { frequencyHz, modulation: rate, powerDbm: eirpDbm } = first;
  const wish = { frequencyHz, rate, eirpDbm, airtimeUs: Math.ceil(airtime), start: now };
  const allowed = permit(region, wish, station.ledger, now);
  if (!allowed.ok) return no(allowed.fault.code.replace('radio.', ''));
  const { emission, ledger } = allowed.value;
  const diid = state.nextDiid;
  const crc = first.noCrc ? {} : { addcrc: 1 };
  const said = {
    msgtype: 'dnmsg',
    DevEui: ANY_DEVICE,
    diid,
    pdu: hexOf(first.phy),
    priority: 0,
    ...when,
    ...crc,
  };
  const deadline = monoAfterMs(now, SENT_WITHIN_MS);
  const flight: Flight = { order: id, gateway, diid, items, emission, deadline };
  const charged = withStation(state, station.from, station.peer, { ledger });
  return {
    state: { ...charged, flights: [...state.flights, flight], nextDiid: diid + 1 },
    command: { to: station.peer, path: routerPath(station.from), said },
    outcome: undefined,
  };
};

/** How a station's word ends a downlink; undefined where it belongs to none. */
export const endDownlink = (
  state: State,
  { from, diid, frequencyHz }: Extract<StationEvent, { kind: 'sent' }>,
): { readonly state: State; readonly outcome: OrderOutcome } | undefined => {
  const flight = state.flights.find((each) => each.diid === diid && each.gateway === from.gateway);
  if (flight === undefined) return undefined;
  const found = flight.items.findIndex((each) => each.frequencyHz === frequencyHz);
  const item = Math.max(found, 0);
  return {
    state: { ...state, flights: state.flights.filter((each) => each !== flight) },
    outcome: { id: flight.order, kind: 'done', words: 'the station has sent it.', item },
  };
};

/** Ends what no station has spoken of in time: it says so where it has sent, so it has not. */
export const expireDownlinks = (
  state: State,
  now: MonoNs,
): { readonly state: State; readonly outcomes: readonly OrderOutcome[] } => {
  const late = state.flights.filter(({ deadline }) => deadline <= now);
  if (late.length === 0) return { state, outcomes: [] };
  let after: State = { ...state, flights: state.flights.filter(({ deadline }) => deadline > now) };
  for (const { gateway, emission } of late) {
    const station = after.stations.get(gateway);
    if (station === undefined) continue;
    const ledger = withdrawEmission(station.ledger, emission);
    after = withStation(after, station.from, station.peer, { ledger });
  }
  const words = `the station did not say within ${SENT_WITHIN_MS / 1_000} s that it has sent it.`;
  return {
    state: after,
    outcomes: late.map(({ order: id }) => ({ id, kind: 'refused', code: 'time-out', words })),
  };
};

import { type DutyLedger, itemAirtimeUs, permit, withdrawEmission } from '@outpost/schemas/radio';
import { wholeDbm, writeDownlink } from '@outpost/schemas/radio/gw';
import {
  type DownlinkItem,
  type Fault,
  type MonoNs,
  monoAfterMs,
  type Order,
  type OrderOutcome,
} from '@outpost/schemas/words';
import type { GwEvent } from './event.ts';
import type { ChirpstackOptions } from './options.ts';
import { type Flight, type Gateway, type State, withGateway } from './state.ts';

/** A bridge forgets a downlink after 15 s (chirpstack-gateway-bridge, cmd/root.go): later there is no answer. */
export const ACK_WITHIN_MS = 15_000;

/** Items of one order; those of LoRaWAN have one for each receive window. */
const ITEMS_MAX = 8;

type Transmission = Extract<Order, { kind: 'downlink' | 'beacon' }>;

export interface Given {
  readonly state: State;
  readonly flight: Flight | undefined;
  readonly outcome: OrderOutcome | undefined;
}

const refused = (id: OrderOutcome['id'], code: string, words: string, items?: readonly string[]) =>
  ({ id, kind: 'refused', code, words, ...(items === undefined ? {} : { items }) }) as const;

const codeOf = ({ code }: Fault): string => code.replace('radio.', '');

const NO_COUNTER = 'no-counter';

interface Allowed {
  readonly at: number;
  readonly item: DownlinkItem;
  readonly emission: Flight['emission'];
  readonly ledger: DutyLedger;
}

/** When a gateway sends by its counter is not known here; it counts from now. */
const allow = (
  { region }: ChirpstackOptions,
  { counts, ledger }: Gateway,
  item: DownlinkItem,
  now: MonoNs,
): Omit<Allowed, 'at' | 'item'> | string => {
  if (item.at.kind === 'count' && counts === false) return NO_COUNTER;
  const airtime = itemAirtimeUs(item);
  if (airtime === undefined) return 'no-such-rate';
  const { frequencyHz, modulation: rate, powerDbm } = item;
  const wish = { frequencyHz, rate, eirpDbm: wholeDbm(powerDbm), airtimeUs: Math.ceil(airtime), start: now };
  const allowed = permit(region, wish, ledger, now);
  return allowed.ok ? allowed.value : codeOf(allowed.fault);
};

const WORDS: ReadonlyMap<string, string> = new Map([
  ['no-region', 'nothing is sent because no region is set; set options.region of this device.'],
  [NO_COUNTER, 'this gateway does not tell the counter of its radio, so that no moment can be named by it.'],
]);

/** Begins a downlink, or says why not. The time on air of the first item that is allowed counts from now. */
export const beginDownlink = (
  options: ChirpstackOptions,
  state: State,
  order: Transmission,
  now: MonoNs,
): Given => {
  const { id, gateway: eui, items } = order;
  const gateway = state.gateways.get(eui);
  const no = (code: string, words: string, codes?: readonly string[]): Given => ({
    state,
    flight: undefined,
    outcome: refused(id, code, words, codes),
  });
  if (gateway === undefined) {
    return no('not-heard', `gateway ${eui} has not spoken since the connection began.`);
  }
  if (items.length === 0 || items.length > ITEMS_MAX)
    return no('items', `there must be 1 to ${ITEMS_MAX} items.`);
  const checked = items.map((item, at) => ({ at, item, allowed: allow(options, gateway, item, now) }));
  const codes = checked.map(({ allowed }) => (typeof allowed === 'string' ? allowed : ''));
  const fine = checked.flatMap(({ at, item, allowed }): readonly Allowed[] =>
    typeof allowed === 'string' ? [] : [{ at, item, ...allowed }],
  );
  const [first] = fine;
  if (first === undefined) {
    const code = codes[0] ?? '';
    return no(code, WORDS.get(code) ?? 'the region does not allow it.', codes);
  }
  // Some bridges know a downlink by the lower 16 bits of its number alone: these go up one by one.
  const downlinkId = state.nextId ?? (Number((now / 1_000n) % 2n ** 32n) || 1);
  const sent = fine.map(({ item }) => item);
  const command = { to: gateway.from, frame: writeDownlink(eui, downlinkId, sent) };
  const flight: Flight = {
    order: id,
    isEvidence: order.kind === 'beacon',
    command,
    downlinkId,
    items: fine.map(({ at, item }) => ({ at, item })),
    codes,
    emission: first.emission,
    deadline: monoAfterMs(now, ACK_WITHIN_MS),
  };
  const charged = withGateway(state, gateway.from, { ledger: first.ledger });
  const nextId = (downlinkId + 1) % 2 ** 32 || 1;
  return { state: { ...charged, flights: [...state.flights, flight], nextId }, flight, outcome: undefined };
};

const statusCode = (status: string | number): string =>
  typeof status === 'string' ? status.toLowerCase().replaceAll('_', '-') : `status-${status}`;

const without = (state: State, flight: Flight): State => ({
  ...state,
  flights: state.flights.filter((each) => each !== flight),
});

/** Nothing of it was sent: its time on air is free again. */
const withdrawn = (state: State, { command, emission }: Flight): State => {
  const gateway = state.gateways.get(command.to.gateway);
  if (gateway === undefined) return state;
  return withGateway(state, gateway.from, { ledger: withdrawEmission(gateway.ledger, emission) });
};

/** Another item than the one that was counted went out. */
const recounted = (
  options: ChirpstackOptions,
  state: State,
  flight: Flight,
  sent: number,
  now: MonoNs,
): State => {
  const item = flight.items[sent]?.item;
  if (sent === 0 || item === undefined) return state;
  const free = withdrawn(state, flight);
  const gateway = free.gateways.get(flight.command.to.gateway);
  const allowed = gateway === undefined ? '' : allow(options, gateway, item, now);
  // What is on the air cannot be refused any more: without room for it the first item's time stays counted.
  if (gateway === undefined || typeof allowed === 'string') return state;
  return withGateway(free, gateway.from, { ledger: allowed.ledger });
};

export interface Answered {
  readonly state: State;
  readonly flight: Flight;
  readonly outcome: OrderOutcome;
  /** What was sent, undefined where nothing was. */
  readonly item: DownlinkItem | undefined;
}

/** How an answer ends its downlink; undefined where it belongs to none. */
export const endDownlink = (
  options: ChirpstackOptions,
  state: State,
  ack: Extract<GwEvent, { kind: 'ack' }>,
  now: MonoNs,
): Answered | undefined => {
  const flight = state.flights.find(
    ({ downlinkId, command }) => downlinkId === ack.downlinkId && command.to.gateway === ack.from.gateway,
  );
  if (flight === undefined) return undefined;
  const left = without(state, flight);
  const sent = ack.statuses.indexOf('OK');
  const chosen = flight.items[sent];
  if (chosen !== undefined) {
    const outcome = {
      id: flight.order,
      kind: 'done',
      words: 'the gateway has taken it.',
      item: chosen.at,
    } as const;
    return { state: recounted(options, left, flight, sent, now), flight, outcome, item: chosen.item };
  }
  const codes = [...flight.codes];
  for (const [place, { at }] of flight.items.entries())
    codes[at] = statusCode(ack.statuses[place] ?? 'IGNORED');
  const code = codes.findLast((each) => each !== 'ignored') ?? 'ignored';
  const outcome = refused(flight.order, code, 'the gateway does not send it.', codes);
  return { state: withdrawn(left, flight), flight, outcome, item: undefined };
};

/** Ends what was not answered in time; whether it was sent is not known, so its time on air stays counted. */
export const expireDownlinks = (
  state: State,
  now: MonoNs,
): { readonly state: State; readonly outcomes: readonly OrderOutcome[] } => {
  const late = state.flights.filter(({ deadline }) => deadline <= now);
  if (late.length === 0) return { state, outcomes: [] };
  const words = `the gateway did not answer within ${ACK_WITHIN_MS / 1_000} s; whether it sent it is not known.`;
  return {
    state: { ...state, flights: state.flights.filter(({ deadline }) => deadline > now) },
    outcomes: late.map(({ order }) => refused(order, 'time-out', words)),
  };
};

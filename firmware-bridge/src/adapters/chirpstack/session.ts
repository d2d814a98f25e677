import { sentBody } from '@outpost/schemas/radio/gw';
import { fromHex, type MonoNs, type Order, type OrderOutcome } from '@outpost/schemas/words';
import type { DeviceStatus, Fate, Happening, Input, Said, Session, Step } from '../../session.ts';
import { commandWire } from './codec.ts';
import type { GwCommand, GwEvent } from './event.ts';
import type { ChirpstackOptions } from './options.ts';
import { sentRaw } from './sent.ts';
import { EMPTY_STATE, type State, withGateway } from './state.ts';
import { beginDownlink, endDownlink, expireDownlinks } from './transmit.ts';

/** What one item does to the conversation. */
interface Turn {
  readonly state: State;
  readonly fates: readonly Fate[];
  readonly said?: readonly Said[];
  readonly outcomes?: readonly OrderOutcome[];
  readonly happenings?: readonly Happening[];
  readonly commands?: readonly GwCommand[];
}

const control = (state: State): Turn => ({ state, fates: [{ kind: 'control' }] });
const dropped = (state: State, reason: string): Turn => ({ state, fates: [{ kind: 'dropped', reason }] });

const takeConn = (state: State, event: Extract<GwEvent, { kind: 'conn' }>, isStored: boolean): Turn => {
  const { from, online } = event;
  const before = state.gateways.get(from.gateway)?.online;
  // Also where a gateway writes its state in another encoding than its events, downlinks are written as its events.
  const known = state.gateways.get(from.gateway)?.from ?? from;
  const turn = control(withGateway(state, known, { online }));
  if (online || before === false || isStored) return turn;
  const words = `gateway ${from.gateway} has lost its connection to the broker.`;
  return { ...turn, happenings: [{ what: 'gateway-offline', words }] };
};

const takeAck = (
  options: ChirpstackOptions,
  state: State,
  event: Extract<GwEvent, { kind: 'ack' }>,
  raw: Uint8Array,
  now: MonoNs,
): Turn => {
  const answered = endDownlink(options, state, event, now);
  if (answered === undefined) return dropped(state, 'no-such-downlink');
  const { flight, item, outcome } = answered;
  const eui = fromHex(event.from.gateway);
  const turn = { ...control(answered.state), outcomes: [outcome] };
  if (!flight.isEvidence || item === undefined || eui === undefined) return turn;
  const evidence = sentRaw(commandWire.encode(flight.command), raw);
  const said: Said = { body: sentBody(eui, item), raw: evidence, origin: 'live' };
  return { ...turn, fates: [{ kind: 'observed' }], said: [said] };
};

const takeEvent = (
  options: ChirpstackOptions,
  state: State,
  { event, raw, retained }: Extract<Input<GwEvent>, { kind: 'event' }>,
  now: MonoNs,
): Turn => {
  const { from, kind } = event;
  if (options.gateways !== undefined && !options.gateways.has(from.gateway))
    return dropped(state, 'not-listed');
  if (kind === 'conn') return takeConn(state, event, retained === true);
  // A broker that stored an event tells of the past, and cannot tell when that was.
  if (retained === true) return dropped(state, 'retained');
  if (kind === 'other') return dropped(state, 'not-used');
  if (kind === 'ack') return takeAck(options, state, event, raw, now);
  const { bodies, simulated, counts } = event;
  const learned = withGateway(state, from, counts === undefined ? {} : { counts });
  const origin = simulated ? 'simulated' : 'live';
  return {
    state: learned,
    fates: [{ kind: 'observed' }],
    said: bodies.map((body) => ({ body, raw, origin })),
  };
};

const takeInput = (options: ChirpstackOptions, state: State, input: Input<GwEvent>, now: MonoNs): Turn => {
  switch (input.kind) {
    case 'opened':
    case 'silence':
      return { state, fates: [] };
    case 'malformed':
      return { state, fates: [{ kind: 'quarantined', fault: input.fault, raw: input.raw }] };
    case 'event':
      return takeEvent(options, state, input, now);
  }
};

const gatewaysText = (count: number): string => (count === 1 ? '1 gateway' : `${count} gateways`);

const statusOf = ({ gateways }: State): DeviceStatus => {
  const offline = [...gateways.values()].filter(({ online }) => online === false).length;
  const facts = { gateways: gateways.size, offline };
  if (gateways.size === 0) {
    const words = 'No gateway has spoken yet; check the topic filter and the gateways’ broker.';
    return { phase: 'waiting', words, facts };
  }
  const away = offline === 0 ? '' : `, ${offline} of them without a connection to the broker`;
  return { phase: 'listening', words: `${gatewaysText(gateways.size)} heard${away}.`, facts };
};

const earliest = (state: State, now: MonoNs): number | undefined => {
  const [first] = state.flights.map(({ deadline }) => deadline).sort((a, b) => Number(a - b));
  return first === undefined ? undefined : Math.max(0, Number(first - now) / 1e6);
};

const stepOf = (before: State, turn: Turn, now: MonoNs): Step<State, GwCommand> => {
  const { fates, said = [], outcomes = [], happenings = [], commands = [] } = turn;
  const expired = expireDownlinks(turn.state, now);
  const isSame = turn.state.gateways === before.gateways && before.shown !== '';
  const status = isSame ? undefined : statusOf(expired.state);
  const shown = status?.words ?? turn.state.shown;
  const isNew = status !== undefined && shown !== turn.state.shown;
  const state = isNew ? { ...expired.state, shown } : expired.state;
  const ended = [...outcomes, ...expired.outcomes];
  return {
    state,
    commands,
    said,
    fates,
    whenKept: [],
    silenceAfterMs: earliest(state, now),
    ...(ended.length === 0 ? {} : { outcomes: ended }),
    ...(happenings.length === 0 ? {} : { happenings }),
    ...(isNew ? { status } : {}),
  };
};

const takeOrder = (options: ChirpstackOptions, state: State, order: Order, now: MonoNs): Turn => {
  if (order.kind !== 'downlink' && order.kind !== 'beacon') {
    throw new Error(`This adapter takes no order "${order.kind}".`);
  }
  const { state: after, flight, outcome } = beginDownlink(options, state, order, now);
  return {
    state: after,
    fates: [],
    commands: flight === undefined ? [] : [flight.command],
    outcomes: outcome === undefined ? [] : [outcome],
  };
};

/** Gateways behind an MQTT broker: what they hear is evidence, what they are told is answered or times out. */
export const chirpstackSession = (options: ChirpstackOptions): Session<State, GwCommand, GwEvent> => ({
  initial: EMPTY_STATE,
  step: (state, input, now) => stepOf(state, takeInput(options, state, input, now), now),
  order: (state, order, now) => stepOf(state, takeOrder(options, state, order, now), now),
});

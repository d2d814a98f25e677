import { sentBody } from '@outpost/schemas/radio/gw';
import { fromHex, type MonoNs, type Order } from '@outpost/schemas/words';
import {
  control,
  dropped,
  endTurn,
  type Turn as GatewayTurn,
  orderTurn,
  takeInput,
} from '../../lora-gateway/turn.ts';
import type { DeviceStatus, Input, Said, Session, Step } from '../../session.ts';
import { commandWire } from './codec.ts';
import type { GwCommand, GwEvent } from './event.ts';
import type { ChirpstackOptions } from './options.ts';
import { sentRaw } from './sent.ts';
import { EMPTY_STATE, type State, withGateway } from './state.ts';
import { beginDownlink, endDownlink, expireDownlinks } from './transmit.ts';

type Turn = GatewayTurn<State, GwCommand>;

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

const stepOf = (before: State, turn: Turn, now: MonoNs): Step<State, GwCommand> => {
  const expired = expireDownlinks(turn.state, now);
  const isSame = turn.state.gateways === before.gateways && before.shown !== '';
  const status = isSame ? undefined : statusOf(expired.state);
  const isNew = status !== undefined && status.words !== turn.state.shown;
  const state = isNew ? { ...expired.state, shown: status.words } : expired.state;
  const ending = { state, expired: expired.outcomes, status: isNew ? status : undefined };
  return endTurn(turn, { ...ending, flights: state.flights }, now);
};

const takeOrder = (options: ChirpstackOptions, state: State, order: Order, now: MonoNs): Turn => {
  if (order.kind !== 'downlink' && order.kind !== 'beacon') {
    throw new Error(`This adapter takes no order "${order.kind}".`);
  }
  const { state: after, flight, outcome } = beginDownlink(options, state, order, now);
  return orderTurn(after, flight?.command, outcome);
};

/** Gateways behind an MQTT broker: what they hear is evidence, what they are told is answered or times out. */
export const chirpstackSession = (options: ChirpstackOptions): Session<State, GwCommand, GwEvent> => ({
  initial: EMPTY_STATE,
  step: (state, input, now) =>
    stepOf(
      state,
      takeInput(state, input, (event) => takeEvent(options, state, event, now)),
      now,
    ),
  order: (state, order, now) => stepOf(state, takeOrder(options, state, order, now), now),
});

import { type MonoNs, monoAfterMs, monoNs } from '@outpost/schemas/words';
import { addressing, CAN_PROTOCOLS, latencyMs, replyId } from '../../car/bus.ts';
import { type ControlUnit, respond } from '../../car/ecu.ts';
import { heardTraffic, isAwake } from '../../car/network.ts';
import { type Broadcast, broadcastBytes } from './car-dbc.ts';
import { counted, type SlcanModel, type SlcanState, type UnitLink, WAITING_MAX } from './state.ts';
import {
  type CanFrame,
  dataFrame,
  encodeFlowControl,
  isFlowControl,
  receiveFrame,
  type SendRules,
  type Sent,
  sendDue,
  startSending,
  takeFlowControl,
} from './wire.ts';

/** The car's side of the bus: what does not change. */
export interface Side {
  readonly model: SlcanModel;
  readonly units: readonly ControlUnit[];
  readonly broadcasts: readonly Broadcast[];
}

/** How control units receive requests of several frames. */
const RECEIVE = { blockSize: 8, separationUs: 5_000, bytesMax: 255, consecutiveTimeoutMs: 150 } as const;

const monoOf = (ms: number): MonoNs => monoAfterMs(monoNs(0n), ms);

const sendRules = ({ model }: Side, unit: ControlUnit): SendRules => ({
  padding: unit.padding,
  flowTimeoutMs: model.flowTimeoutMs,
  waitsMax: 0,
});

/** How long a frame is on the bus, with some stuffing. */
const frameMs = ({ model }: Side, { extended, data }: CanFrame): number =>
  (1.1 * ((extended ? 67 : 47) + 8 * data.length)) / CAN_PROTOCOLS[model.protocol].kbps;

const withUnit = (state: SlcanState, index: number, change: Partial<UnitLink>): SlcanState => ({
  ...state,
  units: state.units.map((unit, at) => (at === index ? { ...unit, ...change } : unit)),
});

const enqueue = (side: Side, state: SlcanState, unit: number, frames: readonly Uint8Array[]): SlcanState => {
  const { address } = side.units[unit]!;
  const { protocol } = side.model;
  const extended = CAN_PROTOCOLS[protocol].bits === 29;
  const fresh = frames.map((data) => ({
    atMs: state.nowMs,
    unit,
    frame: dataFrame(replyId(address, protocol), extended, data),
  }));
  return { ...state, waiting: [...state.waiting, ...fresh].slice(0, WAITING_MAX) };
};

/** What a sender came to: its frames go onto the bus, and what it gave up is counted. */
const takeSent = (side: Side, state: SlcanState, unit: number, sent: Sent): SlcanState => {
  const next = enqueue(side, withUnit(state, unit, { sending: sent.sending }), unit, sent.frames);
  return sent.fault === undefined ? next : counted(next, { givenUp: 1 });
};

const answer = (
  side: Side,
  state: SlcanState,
  index: number,
  request: Uint8Array,
  how: 'functional' | 'physical',
): SlcanState => {
  const unit = side.units[index]!;
  const { model } = side;
  const next = counted(state, { requests: 1 });
  const payload = respond(unit, request, how, { model: model.car, car: state.car });
  if (payload === undefined) return next;
  const thinksMs = latencyMs(unit.latency, model.car.seed, unit.number, next.tally.requests);
  return { ...next, thinking: [...next.thinking, { atMs: state.nowMs + thinksMs, unit: index, payload }] };
};

const hear = (side: Side, state: SlcanState, index: number, frame: CanFrame): SlcanState => {
  const unit = side.units[index]!;
  const how = addressing(unit.address, side.model.protocol, frame.id);
  if (how === undefined) return state;
  const now = monoOf(state.nowMs);
  const link = state.units[index]!;
  if (isFlowControl(frame.data)) {
    if (how === 'functional' || link.sending === undefined) return state;
    const sent = takeFlowControl(link.sending, frame.data, sendRules(side, unit), now);
    return takeSent(side, state, index, sent);
  }
  const received = receiveFrame(link.reception, { bytes: frame.data, line: 0 }, RECEIVE, now);
  // Only a message of one frame can be for everybody.
  if (how === 'functional' && received.reception !== undefined) return state;
  let next = withUnit(state, index, { reception: received.reception });
  if (received.flow !== undefined) {
    next = enqueue(side, next, index, [encodeFlowControl(received.flow, unit.padding)]);
  }
  const payload = received.assembled?.payload;
  return payload?.ok === true ? answer(side, next, index, payload.value, how) : next;
};

/** A frame of the tester is on the bus: everybody hears it, and a sleeping car wakes up. */
export const putOnBus = (side: Side, before: SlcanState, frame: CanFrame): SlcanState => {
  const { protocol } = side.model;
  const state = counted({ ...before, car: heardTraffic(before.car) }, { framesIn: 1 });
  if (frame.rtr || frame.extended !== (CAN_PROTOCOLS[protocol].bits === 29)) return state;
  // The frame that wakes the car is itself not answered.
  if (!isAwake(before.car)) return state;
  return side.units.reduce((next, _, index) => hear(side, next, index, frame), state);
};

/** When something on the car's side of the bus is due next. */
export const busDueMs = (side: Side, state: SlcanState): number => {
  let due = Number.POSITIVE_INFINITY;
  for (const { atMs } of state.thinking) due = Math.min(due, atMs);
  const [first] = state.waiting;
  if (first !== undefined) due = Math.min(due, Math.max(first.atMs, state.busFreeAtMs));
  for (const { sending } of state.units) {
    if (sending !== undefined) due = Math.min(due, Number(sending.due) / 1e6);
  }
  if (side.model.broadcasts) for (const atMs of state.broadcastDue) due = Math.min(due, atMs);
  return due;
};

const sayBroadcasts = (side: Side, before: SlcanState, heard: CanFrame[]): SlcanState => {
  if (!side.model.broadcasts) return before;
  let state = before;
  for (const [index, broadcast] of side.broadcasts.entries()) {
    const due = state.broadcastDue[index] ?? 0;
    if (due > state.nowMs) continue;
    const broadcastDue = state.broadcastDue.with(index, due + broadcast.everyMs);
    state = { ...state, broadcastDue };
    if (!isAwake(state.car)) continue;
    const { id, extended } = broadcast.message;
    const count = Math.round(due / broadcast.everyMs);
    heard.push(dataFrame(id, extended, broadcastBytes(broadcast, state.car, count)));
    state = counted(state, { broadcasts: 1 });
  }
  return state;
};

/** Everything on the car's side that is due at `nowMs`, and the frames that are then on the bus. */
export const stepBus = (
  side: Side,
  before: SlcanState,
): { readonly state: SlcanState; readonly heard: readonly CanFrame[] } => {
  const { nowMs } = before;
  const heard: CanFrame[] = [];
  let state = sayBroadcasts(side, before, heard);
  const ready = state.thinking.filter(({ atMs }) => atMs <= nowMs);
  state = { ...state, thinking: state.thinking.filter(({ atMs }) => atMs > nowMs) };
  for (const { unit, payload } of ready) {
    const rules = sendRules(side, side.units[unit]!);
    state = takeSent(side, state, unit, startSending(payload, rules, monoOf(nowMs)));
  }
  for (const [index, { sending }] of state.units.entries()) {
    if (sending === undefined) continue;
    const rules = sendRules(side, side.units[index]!);
    state = takeSent(side, state, index, sendDue(sending, rules, monoOf(nowMs)));
  }
  for (let [first] = state.waiting; first !== undefined; [first] = state.waiting) {
    if (Math.max(first.atMs, state.busFreeAtMs) > nowMs) break;
    const busFreeAtMs = Math.max(state.busFreeAtMs, first.atMs) + frameMs(side, first.frame);
    state = { ...state, waiting: state.waiting.slice(1), busFreeAtMs };
    heard.push(first.frame);
  }
  return { state, heard };
};

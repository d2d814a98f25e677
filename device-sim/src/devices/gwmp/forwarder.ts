import { gwmpWire } from '@outpost/firmware-bridge/wires';
import type { DownlinkItem, ReceptionBody } from '@outpost/schemas/words';
import { drawAt } from '../../random/draw-at.ts';
import type { Forwarder, ForwarderSocket } from './forwarder-model.ts';
import { isHandedOver, nextHandoverUs, type Planned } from './jit-queue.ts';
import { planItem } from './transmission.ts';

export { DEFAULT_FORWARDER, type Forwarder, type ForwarderSocket } from './forwarder-model.ts';

/** It waits so long for a PUSH_ACK and does nothing else meanwhile: two receives of 50 ms. */
const PUSH_WAIT_US = 100_000;
/** Frames that it takes from the concentrator at once. */
const FETCH_MAX = 255;
/** Frames that the concentrator holds while it waits; a further one is lost. */
const CONCENTRATOR_MAX = 512;

/** Pushes whose late answer is noticed. */
const OVERDUE_MAX = 16;

/** Of one interval of statistics; they begin anew with each. */
interface Counts {
  readonly received: number;
  readonly receivedOk: number;
  readonly forwarded: number;
  readonly pushes: number;
  readonly acks: number;
  readonly downlinks: number;
  readonly transmitted: number;
}

const NO_COUNTS: Counts = {
  received: 0,
  receivedOk: 0,
  forwarded: 0,
  pushes: 0,
  acks: 0,
  downlinks: 0,
  transmitted: 0,
};

/** Of its whole life, for whoever compares. */
export interface Totals {
  readonly pushed: number;
  readonly acked: number;
  /** Answers to one of the last pushes after it had given up waiting; the reference forwarder takes them for nothing. */
  readonly late: number;
  readonly pullAcked: number;
  /** Frames that the concentrator had no room for. */
  readonly lost: number;
}

export interface ForwarderState {
  readonly draws: number;
  readonly frames: readonly ReceptionBody[];
  readonly push: { readonly token: number; readonly untilUs: number } | undefined;
  /** Tokens of the last pushes that it no longer waits for. */
  readonly overdue: readonly number[];
  readonly pullToken: number | undefined;
  readonly pullAtUs: number;
  readonly statAtUs: number;
  readonly queue: readonly Planned[];
  readonly counts: Counts;
  readonly totals: Totals;
}

export type ForwarderInput =
  | { readonly kind: 'time' }
  | { readonly kind: 'heard'; readonly frames: readonly ReceptionBody[] }
  | { readonly kind: 'datagram'; readonly socket: ForwarderSocket; readonly bytes: Uint8Array };

export interface ForwarderStep {
  readonly state: ForwarderState;
  readonly sent: readonly { readonly socket: ForwarderSocket; readonly bytes: Uint8Array }[];
  /** What goes on the air, and when it begins, by the counter without its wraps. */
  readonly onAir: readonly Planned[];
  /** By the same counter: when it must be stepped again at the latest. */
  readonly wakeAtUs: number;
}

/** @param nowUs its counter without the wraps, as everywhere here */
export const newForwarder = (forwarder: Forwarder, nowUs: number): ForwarderState => ({
  draws: 0,
  frames: [],
  push: undefined,
  pullToken: undefined,
  pullAtUs: nowUs,
  statAtUs: nowUs + forwarder.statEveryMs * 1_000,
  queue: [],
  counts: NO_COUNTS,
  overdue: [],
  totals: { pushed: 0, acked: 0, late: 0, pullAcked: 0, lost: 0 },
});

/** One step on its way. */
interface Work {
  readonly forwarder: Forwarder;
  readonly nowUs: number;
  state: ForwarderState;
  readonly sent: { readonly socket: ForwarderSocket; readonly bytes: Uint8Array }[];
}

const TOKENS = 65_536;

const drawToken = (work: Work): number => {
  const { draws } = work.state;
  work.state = { ...work.state, draws: draws + 1 };
  return Math.floor(drawAt(work.forwarder.seed, 1, draws) * TOKENS);
};

const count = (work: Work, name: keyof Counts, times = 1): void => {
  const { counts } = work.state;
  work.state = { ...work.state, counts: { ...counts, [name]: counts[name] + times } };
};

const total = (work: Work, name: keyof Totals, times = 1): void => {
  const { totals } = work.state;
  work.state = { ...work.state, totals: { ...totals, [name]: totals[name] + times } };
};

const hear = (work: Work, frames: readonly ReceptionBody[]): void => {
  const room = Math.max(0, CONCENTRATOR_MAX - work.state.frames.length);
  const taken = frames.slice(0, room);
  total(work, 'lost', frames.length - taken.length);
  count(work, 'received', taken.length);
  count(work, 'receivedOk', taken.filter(({ crc }) => crc === 'ok').length);
  const passed = taken.filter(({ crc }) => work.forwarder.forwardsBad || crc !== 'bad');
  work.state = { ...work.state, frames: [...work.state.frames, ...passed] };
};

const statOf = ({ forwarder, state }: Work): gwmpWire.Stat => {
  const { received, receivedOk, forwarded, pushes, acks, downlinks, transmitted } = state.counts;
  const ackDecipercent = pushes === 0 ? 0 : Math.round((1_000 * acks) / pushes);
  const { temperatureDeciC, place } = forwarder;
  const counts = { received, receivedOk, forwarded, ackDecipercent, downlinks, transmitted };
  return { ...counts, temperatureDeciC, place, simulated: true };
};

/** All that waits, once nothing is unanswered. */
const push = (work: Work): void => {
  const { forwarder, nowUs } = work;
  const isStatDue = work.state.statAtUs <= nowUs;
  if (work.state.push !== undefined || (work.state.frames.length === 0 && !isStatDue)) return;
  const frames = work.state.frames.slice(0, FETCH_MAX);
  const stat = isStatDue ? statOf(work) : undefined;
  if (isStatDue) {
    const statAtUs = nowUs + forwarder.statEveryMs * 1_000;
    work.state = { ...work.state, counts: NO_COUNTS, statAtUs };
  }
  const token = drawToken(work);
  const from = { version: forwarder.version, token, eui: forwarder.eui };
  const bytes = gwmpWire.writePush({
    from,
    frames: frames.map((body) => ({ bodies: [body] })),
    stat,
    simulated: true,
  });
  work.sent.push({ socket: 'up', bytes });
  count(work, 'pushes');
  count(work, 'forwarded', frames.length);
  total(work, 'pushed');
  const rest = work.state.frames.slice(frames.length);
  work.state = { ...work.state, frames: rest, push: { token, untilUs: nowUs + PUSH_WAIT_US } };
};

const pull = (work: Work): void => {
  const { forwarder, nowUs } = work;
  if (work.state.pullAtUs > nowUs) return;
  const token = drawToken(work);
  const from = { version: forwarder.version, token, eui: forwarder.eui };
  work.sent.push({ socket: 'down', bytes: gwmpWire.gatewayDatagram(from, gwmpWire.ID.pullData) });
  work.state = { ...work.state, pullToken: token, pullAtUs: nowUs + forwarder.keepaliveMs * 1_000 };
};

const answer = (work: Work, token: number, ack: gwmpWire.TxAck): void => {
  const { eui, version, acksFromUp } = work.forwarder;
  // Version 1 has no such answer.
  if (version === 1) return;
  const event = { kind: 'tx-ack', from: { version, token, eui }, ack } as const;
  work.sent.push({ socket: acksFromUp ? 'up' : 'down', bytes: gwmpWire.gwmpCodec.event.encode(event) });
};

const transmit = (work: Work, token: number, item: DownlinkItem): void => {
  const { forwarder, nowUs } = work;
  count(work, 'downlinks');
  const taken = planItem(forwarder, work.state.queue, item, nowUs);
  if (typeof taken === 'string') {
    answer(work, token, { ...gwmpWire.TAKEN, error: taken });
    return;
  }
  const { queue, powerDbm } = taken;
  work.state = { ...work.state, queue };
  const warned = powerDbm === item.powerDbm ? {} : { warning: 'TX_POWER', powerDbm };
  answer(work, token, { ...gwmpWire.TAKEN, ...warned });
};

/** What a server says. What cannot be read is not answered, a malformed transmission neither. */
const take = (work: Work, socket: ForwarderSocket, bytes: Uint8Array): void => {
  const [item] = gwmpWire.gwmpCodec.command.decode(bytes);
  if (item === undefined || !item.result.ok) return;
  const command = item.result.value;
  const { push: waiting, pullToken, overdue } = work.state;
  if (command.kind === 'push-ack' && socket === 'up' && command.token === waiting?.token) {
    count(work, 'acks');
    total(work, 'acked');
    work.state = { ...work.state, push: undefined };
  } else if (command.kind === 'push-ack' && socket === 'up' && overdue.includes(command.token)) {
    total(work, 'late');
    work.state = { ...work.state, overdue: overdue.filter((each) => each !== command.token) };
  }
  if (command.kind === 'pull-ack' && socket === 'down' && command.token === pullToken) {
    total(work, 'pullAcked');
    work.state = { ...work.state, pullToken: undefined };
  }
  if (command.kind === 'pull-resp' && socket === 'down') transmit(work, command.token, command.item);
};

const handOver = (work: Work): readonly Planned[] => {
  const { queue } = work.state;
  const due = queue.filter((each) => isHandedOver(each, work.nowUs));
  if (due.length === 0) return due;
  work.state = { ...work.state, queue: queue.filter((each) => !due.includes(each)) };
  count(work, 'transmitted', due.length);
  return due.toSorted((a, b) => a.startUs - b.startUs);
};

const wakeAtUs = ({ push: waiting, pullAtUs, statAtUs, queue }: ForwarderState): number =>
  Math.min(waiting?.untilUs ?? statAtUs, pullAtUs, nextHandoverUs(queue) ?? pullAtUs);

/** It never sends anything twice: what is not answered in time is lost to it. */
const giveUp = (work: Work): void => {
  const { push: waiting, overdue } = work.state;
  if (waiting === undefined || waiting.untilUs > work.nowUs) return;
  work.state = { ...work.state, push: undefined, overdue: [...overdue, waiting.token].slice(-OVERDUE_MAX) };
};

/** One turn of its threads. */
export const stepForwarder = (
  forwarder: Forwarder,
  state: ForwarderState,
  input: ForwarderInput,
  nowUs: number,
): ForwarderStep => {
  const work: Work = { forwarder, nowUs, state, sent: [] };
  if (input.kind === 'heard') hear(work, input.frames);
  if (input.kind === 'datagram') take(work, input.socket, input.bytes);
  giveUp(work);
  pull(work);
  push(work);
  const onAir = handOver(work);
  return { state: work.state, sent: work.sent, onAir, wakeAtUs: wakeAtUs(work.state) };
};

import { elapsedMs, type MonoNs, monoAfterMs, type Order } from '@outpost/schemas/words';
import type { Peer } from '../../port.ts';
import type { DeviceStatus, Input, Remembered, Session, Step } from '../../session.ts';
import { approve, forbid } from './approval.ts';
import type { From } from './datagram.ts';
import { expireDownlinks, settleDownlink, startDownlink } from './downlinks.ts';
import type { GwmpCommand, GwmpEvent } from './event.ts';
import { admit, admitNoise, forgetStrangers } from './gate.ts';
import { checkHealth, withFrame, withStat } from './health.ts';
import { rememberedState } from './keep.ts';
import type { GwmpOptions } from './options.ts';
import { report } from './report.ts';
import { type Gateway, isSameSource, type State, type Waiting } from './state.ts';
import { beginTurn, change, changeGateway, drop, happenOnceIn, type Turn } from './turn.ts';
import type { TxAck } from './tx-ack.ts';

/** How often the health of gateways is looked at. */
const CHECK_EVERY_MS = 5_000;
const CLOCK_TOLD_AGAIN_MS = 86_400_000;

/** What one item of a datagram says of its gateway. */
const learn = (turn: Turn, gateway: Gateway, { event }: Waiting): Gateway => {
  const { now } = turn;
  const { health } = gateway;
  if (health === undefined || event.kind === 'bad') return gateway;
  if (event.kind === 'stat') {
    const simulated = gateway.simulated || event.stat.simulated;
    return { ...gateway, simulated, health: withStat(health, event.stat, now) };
  }
  const [body] = event.bodies;
  if (body === undefined) return gateway;
  if (event.clockDisagrees) {
    const words = `gateway ${gateway.eui}: its UTC and its GPS time differ; one of the two is wrong.`;
    happenOnceIn(turn, `clock ${gateway.eui}`, CLOCK_TOLD_AGAIN_MS, 'clock-disagrees', words);
  }
  return {
    ...gateway,
    frames: gateway.frames + 1,
    simulated: gateway.simulated || event.simulated,
    health: withFrame(health, body, now),
    counter: body.tmst === undefined ? gateway.counter : { tmst: body.tmst, at: now },
  };
};

const observe = (turn: Turn, { event, raw }: Waiting): void => {
  if (event.kind === 'bad') {
    turn.fates.push({ kind: 'quarantined', fault: event.fault, raw });
    return;
  }
  const simulated = event.kind === 'stat' ? event.stat.simulated : event.simulated;
  for (const body of event.bodies) turn.said.push({ body, raw, origin: simulated ? 'simulated' : 'live' });
  turn.fates.push({ kind: event.bodies.length > 0 ? 'observed' : 'control' });
};

/** The items of a datagram whose end never came: the shell has set it aside. */
const dropWaiting = (turn: Turn, reason: string): void => {
  for (const _ of turn.state.waiting) drop(turn, reason);
  if (turn.state.waiting.length > 0) change(turn, { waiting: [] });
};

/** The end of a PUSH_DATA: all of it is taken, or nothing. */
const takePush = (turn: Turn, from: From, peer: Peer | undefined): void => {
  const { waiting } = turn.state;
  const admission = admit(turn, from, peer);
  if ('reason' in admission) {
    dropWaiting(turn, admission.reason);
    drop(turn, admission.reason);
    return;
  }
  let { gateway } = admission;
  for (const each of waiting) {
    gateway = learn(turn, gateway, each);
    observe(turn, each);
  }
  if (waiting.length > 0) {
    change(turn, { waiting: [] });
    changeGateway(turn, gateway);
  }
  turn.fates.push({ kind: 'control' });
  turn.whenKept.push({ kind: 'push-ack', version: from.version, token: from.token, to: peer });
};

const takePull = (turn: Turn, from: From, peer: Peer | undefined): void => {
  const admission = admit(turn, from, peer);
  if ('reason' in admission) {
    drop(turn, admission.reason);
    return;
  }
  if (peer !== undefined) changeGateway(turn, { ...admission.gateway, route: { peer, at: turn.now } });
  turn.fates.push({ kind: 'control' });
  turn.commands.push({ kind: 'pull-ack', version: from.version, token: from.token, to: peer });
};

const takeTxAck = (turn: Turn, from: From, ack: TxAck, raw: Uint8Array, peer: Peer | undefined): void => {
  const admission = admit(turn, from, peer);
  if ('reason' in admission) drop(turn, admission.reason);
  else settleDownlink(turn, from, ack, raw, admission.gateway.simulated);
};

const wait = (turn: Turn, { event, raw }: Waiting): void => {
  const [first] = turn.state.waiting;
  if (first !== undefined && !isSameSource(first.event.from, event.from)) dropWaiting(turn, 'unfinished');
  change(turn, { waiting: [...turn.state.waiting, { event, raw }] });
};

type EventInput = Extract<Input<GwmpEvent>, { readonly kind: 'event' }>;

const takeEvent = (turn: Turn, { event, raw, peer }: EventInput): void => {
  switch (event.kind) {
    case 'heard':
    case 'stat':
    case 'bad':
      wait(turn, { event, raw });
      break;
    case 'push':
      takePush(turn, event.from, peer);
      break;
    case 'pull':
      takePull(turn, event.from, peer);
      break;
    case 'tx-ack':
      takeTxAck(turn, event.from, event.ack, raw, peer);
      break;
    case 'other':
      drop(turn, admitNoise(turn, peer) ?? 'unknown-kind');
      break;
  }
};

const takeInput = (turn: Turn, input: Input<GwmpEvent>): void => {
  if (input.kind === 'event') takeEvent(turn, input);
  if (input.kind !== 'malformed') return;
  const { fault, raw, peer } = input;
  const reason = admitNoise(turn, peer);
  if (reason === undefined) turn.fates.push({ kind: 'quarantined', fault, raw });
  else drop(turn, reason);
};

/** Looks at every gateway's health, forgets strangers who are gone, and the pace of addresses to which none is bound any more. */
const checkAll = (turn: Turn): void => {
  for (const gateway of turn.state.gateways.values()) {
    if (gateway.health === undefined) continue;
    const { health, happenings } = checkHealth(gateway.eui, gateway.health, turn.now);
    if (happenings.length === 0) continue;
    turn.happenings.push(...happenings);
    changeGateway(turn, { ...gateway, health });
  }
  forgetStrangers(turn);
  const bound = new Set([...turn.state.gateways.values()].map(({ address }) => address));
  const { addresses } = turn.state;
  if ([...addresses.keys()].some((each) => !bound.has(each)))
    change(turn, { addresses: new Map([...addresses].filter(([each]) => bound.has(each))) });
  change(turn, { checkAt: monoAfterMs(turn.now, CHECK_EVERY_MS) });
};

/** What time alone makes due. */
const tend = (turn: Turn): boolean => {
  expireDownlinks(turn);
  const { checkAt } = turn.state;
  const isDue = checkAt === undefined || checkAt <= turn.now;
  if (isDue) checkAll(turn);
  return isDue;
};

const silenceAfterMs = ({ checkAt, flights }: State, now: MonoNs): number => {
  const due = flights.reduce((first, { deadline }) => (deadline < first ? deadline : first), checkAt ?? now);
  return Math.max(1, Math.ceil(elapsedMs(now, due)));
};

const finish = (turn: Turn, status: DeviceStatus | undefined): Step<State, GwmpCommand> => ({
  state: turn.state,
  commands: turn.commands,
  said: turn.said,
  fates: turn.fates,
  whenKept: turn.whenKept,
  silenceAfterMs: silenceAfterMs(turn.state, turn.now),
  ...(turn.outcomes.length === 0 ? {} : { outcomes: turn.outcomes }),
  ...(turn.happenings.length === 0 ? {} : { happenings: turn.happenings }),
  ...(status === undefined ? {} : { status }),
});

/** The status is looked at when something happened, and where that takes its time. */
const step = (turn: Turn, act: () => void): Step<State, GwmpCommand> => {
  const isDue = tend(turn);
  act();
  const isNews = isDue || turn.happenings.length > 0 || turn.outcomes.length > 0;
  return finish(turn, isNews ? report(turn) : undefined);
};

const takeOrder = (turn: Turn, order: Order): void => {
  switch (order.kind) {
    case 'downlink':
    case 'beacon':
      startDownlink(turn, order);
      break;
    case 'approve':
      turn.outcomes.push(approve(turn, order.id, order.gateway));
      break;
    case 'forbid':
      turn.outcomes.push(forbid(turn, order.id, order.gateway));
      break;
    case 'output':
    case 'restart':
      throw new Error(`A gateway was given the order "${order.kind}".`);
  }
};

/** The server's side of the protocol, for many gateways at once: who may speak, what they say, what they send. */
export const gwmpSession = (
  options: GwmpOptions,
  remembered?: Remembered,
): Session<State, GwmpCommand, GwmpEvent> => ({
  initial: rememberedState(options, remembered?.text ?? ''),
  step: (state, input, now) => {
    const turn = beginTurn(options, state, now);
    return step(turn, () => takeInput(turn, input));
  },
  order: (state, order, now) => {
    const turn = beginTurn(options, state, now);
    return step(turn, () => takeOrder(turn, order));
  },
});

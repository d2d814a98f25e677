import { signalById } from '@outpost/schemas/vehicle';
import { type Body, elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { CanFrame } from '../../can/frame.ts';
import { j1939Bodies } from '../../obd/j1939-bodies.ts';
import { expireJ1939, type J1939Message, type Received, receiveJ1939 } from '../../obd/j1939-transport.ts';
import { quarantined, say, settle } from '../../obd/turn.ts';
import type { Broadcast, Heard } from './state.ts';
import type { Turn } from './turn.ts';

const keyOf = (body: Body): string => {
  const ecu = 'ecu' in body ? body.ecu : 0;
  if (body.kind === 'number') return `${body.signal}@${ecu}`;
  return body.kind === 'codes' ? `${body.status}@${ecu}` : `${body.kind}@${ecu}`;
};

const paceMs = ({ options }: Turn, body: Body): number => {
  if (body.kind === 'codes') return options.troubleCodesEveryMs;
  if (body.kind !== 'number') return options.identityEveryMs;
  return options.broadcast?.everyMs ?? signalById(body.signal)?.defaultIntervalMs ?? 1_000;
};

const isDue = (turn: Turn, due: MonoNs | undefined): boolean =>
  due === undefined || elapsedMs(turn.now, due) <= 0;

const takeMessage = (turn: Turn, phase: Broadcast, message: J1939Message): Broadcast => {
  const { carriers } = message;
  const drop = (reason: string): Broadcast => {
    settle(turn, carriers, () => ({ kind: 'dropped', reason }));
    return phase;
  };
  const bodies = j1939Bodies(message);
  if (!bodies.ok) {
    settle(turn, carriers, quarantined(bodies.fault));
    return phase;
  }
  if (bodies.value.length === 0) return drop('no-value');
  const due = bodies.value.filter((body) => isDue(turn, phase.spoken.get(keyOf(body))));
  if (due.length === 0) return drop('paced');
  say(turn, carriers, due);
  const spoken = new Map(phase.spoken);
  for (const body of due) spoken.set(keyOf(body), monoAfterMs(turn.now, paceMs(turn, body)));
  return { ...phase, spoken };
};

const takeBroken = (turn: Turn, { broken }: Pick<Received, 'broken'>): void => {
  if (broken !== undefined) settle(turn, broken.carriers, quarantined(broken.fault));
};

/** Gives up messages whose next packet has not come in time; all of them where the bus has gone quiet. */
export const expireMessages = (turn: Turn, phase: Broadcast): Broadcast => {
  const { transport, expired } = expireJ1939(phase.transport, turn.now);
  for (const broken of expired) takeBroken(turn, { broken });
  return { ...phase, transport };
};

/**
 * Takes one frame of the bus of a heavy vehicle (SAE J1939). A frame that is a part of a longer message waits for its
 * last packet; one that is meant for somebody else is dropped.
 */
export const j1939Overheard = (
  turn: Turn,
  phase: Broadcast,
  heard: Heard,
  { id, data }: CanFrame,
): Broadcast => {
  const fresh = expireMessages(turn, phase);
  const received = receiveJ1939(fresh.transport, { id, bytes: data, carrier: heard }, turn.now);
  takeBroken(turn, received);
  const next = { ...fresh, transport: received.transport };
  if (received.message !== undefined) return takeMessage(turn, next, received.message);
  const waits = received.transport !== fresh.transport || received.broken !== undefined;
  if (!waits) settle(turn, [heard], () => ({ kind: 'dropped', reason: 'not-mapped' }));
  return next;
};

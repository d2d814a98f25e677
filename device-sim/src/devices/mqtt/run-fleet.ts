import { setMaxListeners } from 'node:events';
import { type MqttConnection, openMqtt } from '@outpost/firmware-bridge';
import type { Clock, Fault } from '@outpost/schemas/words';
import { drawAt } from '../../random/draw-at.ts';
import { type Mishaps, mishapsOf } from './mishaps.ts';
import type { FleetDevice, FleetKind, Said } from './said.ts';

export interface FleetParts {
  readonly kind: FleetKind;
  /** `mqtt://host:port`. */
  readonly url: string;
  readonly count: number;
  /** Turns of each device a second. */
  readonly ratePerSecond: number;
  readonly seed: number;
  readonly mishaps: Mishaps;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Turns of each device, after which it goes; undefined until the signal aborts. */
  readonly turns?: number;
  /** How long a device waits before it connects anew; 1000 where not given. */
  readonly reconnectMs?: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of each message that left, and whether the broker has it (QoS 1) or could have it (QoS 0). */
  published?(said: Said, isGood: boolean): void;
}

export interface FleetTally {
  connections: number;
  /** Connections that could not be made, and messages that were not acknowledged. */
  failed: number;
  published: number;
  /** Of these, with QoS 1: the broker has them. */
  acknowledged: number;
  damaged: number;
  twice: number;
  churned: number;
  lastFault: Fault | undefined;
}

/** Draws of when a device connects first. */
const START = 20;

const RECONNECT_MS = 1_000;

type Running = FleetParts & { readonly tally: FleetTally };

const publish = async (
  parts: Running,
  connection: MqttConnection,
  said: Said,
  isGood: boolean,
): Promise<boolean> => {
  const { tally, signal } = parts;
  const { topic, payload, qos, retain } = said;
  const sent = await connection.publish(topic, payload, { qos, retain }, signal);
  if (!sent.ok) {
    tally.failed += 1;
    tally.lastFault = sent.fault;
    return false;
  }
  tally.published += 1;
  if (qos === 1) tally.acknowledged += 1;
  parts.published?.(said, isGood);
  return true;
};

/** Where a device is in its life, over all of its connections. */
interface Life {
  turn: number;
  message: number;
}

/** One connection, until the device churns, is done or loses it. */
const speak = async (
  parts: Running,
  device: FleetDevice,
  index: number,
  life: Life,
  connection: MqttConnection,
): Promise<End> => {
  const { clock, signal, seed, tally, ratePerSecond, turns = Number.POSITIVE_INFINITY } = parts;
  const draws = mishapsOf(parts.mishaps, seed, index);
  for (const said of device.greet()) if (!(await publish(parts, connection, said, true))) return 'lost';
  while (life.turn < turns) {
    const { turn } = life;
    life.turn += 1;
    const clockMs = draws.clockMs(Number(clock.wall() / 1_000_000n));
    for (const said of device.speak(turn, clockMs)) {
      const { message } = life;
      life.message += 1;
      const isBad = draws.isBad(message) && said.payload.length > 0;
      const leaving = isBad ? draws.damaged(said, message) : said;
      tally.damaged += isBad ? 1 : 0;
      if (!(await publish(parts, connection, leaving, !isBad))) return 'lost';
      if (!draws.isTwice(message)) continue;
      tally.twice += 1;
      if (!(await publish(parts, connection, leaving, !isBad))) return 'lost';
    }
    if (draws.isChurn(turn)) return 'churned';
    if (life.turn < turns) await clock.sleep(1_000 / ratePerSecond, signal);
  }
  return 'done';
};

/** The signal of one connection, which ends with that of the fleet too. A fleet makes thousands of them. */
const connectionScope = (signal: AbortSignal) => {
  const controller = new AbortController();
  const follow = (): void => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    abort: () => controller.abort(new Error('It went without a word.')),
    release: () => signal.removeEventListener('abort', follow),
  };
};

type End = 'churned' | 'done' | 'lost';

const connectOnce = async (parts: Running, device: FleetDevice, index: number, life: Life): Promise<End> => {
  const { url, credentials, clock, signal, tally } = parts;
  const { topic, payload, retain } = device.will;
  const settings = {
    address: url,
    version: '3.1.1',
    clientId: device.clientId,
    cleanSession: true,
    will: { topic, payload, retain },
    ...(credentials === undefined ? {} : { credentials }),
  } as const;
  const scope = connectionScope(signal);
  try {
    const opened = await openMqtt(settings, { clock, signal: scope.signal });
    if (!opened.ok) {
      tally.failed += 1;
      tally.lastFault = opened.fault;
      // A broker that knows who asks and says no will say no again.
      return opened.fault.kind === 'refused' ? 'done' : 'lost';
    }
    await using connection = opened.value;
    tally.connections += 1;
    const end = await speak(parts, device, index, life, connection);
    if (end === 'churned') {
      tally.churned += 1;
      scope.abort();
      await connection.closed;
    }
    return end;
  } finally {
    scope.release();
  }
};

const live = async (parts: Running, index: number): Promise<void> => {
  const { kind, clock, signal, seed, ratePerSecond, reconnectMs = RECONNECT_MS } = parts;
  const device = kind.device(seed, index);
  const life: Life = { turn: 0, message: 0 };
  // Not all at once: a fleet does not connect in one moment.
  await clock.sleep((drawAt(seed, START, index) * 1_000) / ratePerSecond, signal);
  while ((await connectOnce(parts, device, index, life)) !== 'done') await clock.sleep(reconnectMs, signal);
};

/** Runs a fleet until its turns are done or the signal aborts; what it did so far is in the tally at any time. */
export const runFleet = (
  parts: FleetParts,
): { readonly tally: FleetTally; readonly ended: Promise<void> } => {
  const tally: FleetTally = {
    connections: 0,
    failed: 0,
    published: 0,
    acknowledged: 0,
    damaged: 0,
    twice: 0,
    churned: 0,
    lastFault: undefined,
  };
  // Every device listens to it, several times while it waits.
  setMaxListeners(0, parts.signal);
  const running = { ...parts, tally };
  const lives = Array.from({ length: parts.count }, (_, index) => live(running, index));
  const ended = Promise.allSettled(lives).then((results) => {
    const failed = results.find((each) => each.status === 'rejected' && each.reason !== parts.signal.reason);
    if (failed?.status === 'rejected') throw failed.reason;
  });
  return { tally, ended };
};

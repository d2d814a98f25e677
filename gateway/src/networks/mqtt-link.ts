import {
  type Message,
  type MqttArrival,
  type MqttConnection,
  type MqttSettings,
  openMqtt,
} from '@outpost/firmware-bridge';
import { type Clock, elapsedMs, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Publications that wait for their PUBACK. */
export const WINDOW_MAX = 64;
/** How long a publication waits for a connection before it is said that there is none. */
const WAIT_MS = 10_000;
const BACKOFF_MS_MIN = 500;
const BACKOFF_MS_MAX = 30_000;
/** A broker that says no wants a person; it is asked again in case that one has been there. */
const REFUSED_MS = 60_000;
/** A connection that held so long was a good one. */
const HELD_MS = 30_000;

export interface LinkParts {
  readonly settings: MqttSettings;
  /** What is subscribed, with QoS 1; nothing where it is undefined. */
  readonly filter: string | undefined;
  readonly clock: Clock;
  received?(arrival: MqttArrival): void;
  /** The broker does not let us in. */
  alarm(fault: Fault): void;
}

/** A connection to a broker that is made again whenever it goes. */
export interface Link {
  /** Keeps it until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Resolves at the PUBACK. In the order of the calls on one connection; waits a while for one where there is none. A
   * fault leaves open whether the broker has it.
   */
  publish(message: Message, signal: AbortSignal, contentType?: string): Promise<Result<void>>;
}

const away = (where: string): Fault => fault('unreachable', 'mqtt.away', where, 'is not connected.');

/** Those who wait for a connection, in order. They stop waiting together, so that none overtakes another. */
const createGate = (clock: Clock, waitMs: number) => {
  let waiting: (() => void)[] = [];
  let timer: AbortController | undefined;
  const open = (): void => {
    timer?.abort(new Error('nobody waits'));
    timer = undefined;
    const all = waiting;
    waiting = [];
    for (const each of all) each();
  };
  return {
    open,
    /** Resolves when it opens, or once the first has waited so long. */
    wait: (): Promise<void> => {
      if (timer === undefined) {
        timer = new AbortController();
        clock.sleep(waitMs, timer.signal).then(open, () => undefined);
      }
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
  };
};

export const createLink = (parts: LinkParts): Link => {
  const { settings, filter, clock } = parts;
  const received = (arrival: MqttArrival): void => parts.received?.(arrival);
  const gate = createGate(clock, WAIT_MS);
  let connection: MqttConnection | undefined;
  let why: Fault = away(settings.address);
  let isKept = false;

  /** One connection from its beginning to its end. */
  const connectOnce = async (signal: AbortSignal): Promise<Fault> => {
    const opened = await openMqtt({ ...settings, windowMax: WINDOW_MAX }, { clock, signal, received });
    if (!opened.ok) return opened.fault;
    await using own = opened.value;
    const subscribed = filter === undefined ? ok(undefined) : await own.subscribe(filter, 1, signal);
    if (!subscribed.ok) return subscribed.fault;
    connection = own;
    gate.open();
    try {
      return await own.closed;
    } finally {
      connection = undefined;
    }
  };

  return {
    async run(signal) {
      isKept = true;
      const end = (): void => {
        isKept = false;
        gate.open();
      };
      signal.addEventListener('abort', end, { once: true });
      let waitMs = BACKOFF_MS_MIN;
      for (;;) {
        const since = clock.mono();
        why = await connectOnce(signal);
        signal.throwIfAborted();
        const isRefused = why.kind !== 'unreachable';
        if (isRefused) parts.alarm(why);
        if (elapsedMs(since, clock.mono()) >= HELD_MS) waitMs = BACKOFF_MS_MIN;
        await clock.sleep(isRefused ? REFUSED_MS : waitMs, signal);
        waitMs = Math.min(waitMs * 2, BACKOFF_MS_MAX);
      }
    },
    async publish({ topic, payload }, signal, contentType) {
      if (connection === undefined && isKept) await gate.wait();
      signal.throwIfAborted();
      if (connection === undefined) return fail(why);
      const sent = await connection.publish(topic, payload, { qos: 1, contentType }, signal);
      return sent.ok ? ok(undefined) : sent;
    },
  };
};

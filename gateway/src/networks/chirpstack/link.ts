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
  /** What is subscribed, with QoS 1. */
  readonly filter: string;
  readonly clock: Clock;
  received(arrival: MqttArrival): void;
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
  publish(message: Message, signal: AbortSignal): Promise<Result<void>>;
}

const away = (where: string): Fault => fault('unreachable', 'chirpstack.away', where, 'is not connected.');

/** Those who wait for a connection, in order. They stop waiting together, so that none overtakes another. */
const createGate = () => {
  const waiting = new Set<() => void>();
  const open = (): void => {
    const all = [...waiting];
    waiting.clear();
    for (const each of all) each();
  };
  return {
    open,
    /** Resolves when it opens, or once the first has waited so long; rejects with the signal's reason. */
    wait: async (clock: Clock, ms: number, signal: AbortSignal): Promise<void> => {
      const done = new AbortController();
      const opened = new Promise<void>((resolve) => {
        waiting.add(resolve);
      });
      const late = clock.sleep(ms, AbortSignal.any([signal, done.signal])).then(open, () => undefined);
      await Promise.race([opened, late]);
      done.abort(new Error('nobody waits'));
      signal.throwIfAborted();
    },
  };
};

export const createLink = (parts: LinkParts): Link => {
  const { settings, filter, clock, received } = parts;
  const gate = createGate();
  let connection: MqttConnection | undefined;
  let why: Fault = away(settings.address);
  let isKept = false;

  /** One connection from its beginning to its end. */
  const connectOnce = async (signal: AbortSignal): Promise<Fault> => {
    const opened = await openMqtt({ ...settings, windowMax: WINDOW_MAX }, { clock, signal, received });
    if (!opened.ok) return opened.fault;
    await using own = opened.value;
    const subscribed = await own.subscribe(filter, 1, signal);
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
      signal.addEventListener(
        'abort',
        () => {
          isKept = false;
        },
        { once: true },
      );
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
    async publish({ topic, payload }, signal) {
      if (connection === undefined && isKept) await gate.wait(clock, WAIT_MS, signal);
      if (connection === undefined) return fail(why);
      const sent = await connection.publish(topic, payload, { qos: 1 }, signal);
      return sent.ok ? ok(undefined) : sent;
    },
  };
};

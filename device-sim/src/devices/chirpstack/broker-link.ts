import {
  type MqttArrival,
  type MqttConnection,
  type MqttSettings,
  openMqtt,
  readMessage,
} from '@outpost/firmware-bridge';
import type { Clock } from '@outpost/schemas/words';

/** The bridge waits for up to a minute between two attempts; a simulator has less patience. */
const RECONNECT_MS = 1_000;
/** Messages whose sending has not ended. */
const UNDER_WAY_MAX = 1_024;

export interface LinkParts {
  readonly settings: MqttSettings;
  /** What it listens to. */
  readonly filter: string;
  readonly qos: 0 | 1;
  /** Said first on each connection, and last before it goes; both are retained. Frames of messages. */
  readonly hello: Uint8Array;
  readonly bye: Uint8Array;
  readonly clock: Clock;
  received(arrival: MqttArrival): void;
}

export interface LinkTally {
  connections: number;
  published: number;
  /** Not published: there was no connection. Nothing is kept for later. */
  lost: number;
}

export interface BrokerLink extends AsyncDisposable {
  /** Never rejects. @param frame a message */
  publish(frame: Uint8Array, retain?: boolean): Promise<void>;
}

/** Keeps one connection to a broker, as a bridge with QoS 0 does. Resolves when the first attempt has ended. */
export const openLink = async (parts: LinkParts, tally: LinkTally): Promise<BrokerLink> => {
  const { settings, filter, qos, hello, bye, clock, received } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  let connection: MqttConnection | undefined;
  let underWay = 0;

  const publish = async (frame: Uint8Array, retain = false): Promise<void> => {
    const message = readMessage(frame);
    if (!message.ok) throw new Error(message.fault.words);
    if (connection === undefined || underWay >= UNDER_WAY_MAX) {
      tally.lost += 1;
      return;
    }
    underWay += 1;
    const { topic, payload } = message.value;
    const lost = { ok: false } as const;
    const wait = new AbortController();
    const sent = await connection.publish(topic, payload, { qos, retain }, wait.signal).catch(() => lost);
    underWay -= 1;
    if (sent.ok) tally.published += 1;
    else tally.lost += 1;
  };
  const connectOnce = async (): Promise<MqttConnection | undefined> => {
    const opened = await openMqtt(settings, { clock, signal, received });
    if (!opened.ok) return undefined;
    const subscribed = await opened.value.subscribe(filter, 0, signal);
    if (!subscribed.ok) {
      await opened.value[Symbol.asyncDispose]();
      return undefined;
    }
    tally.connections += 1;
    connection = opened.value;
    await publish(hello, true);
    return opened.value;
  };
  const live = async (first: MqttConnection | undefined): Promise<void> => {
    for (let current = first; ; current = await connectOnce()) {
      if (current !== undefined) await current.closed;
      connection = undefined;
      await clock.sleep(RECONNECT_MS, signal);
    }
  };
  const first = await connectOnce();
  const lived = live(first).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return {
    publish,
    [Symbol.asyncDispose]: async () => {
      if (signal.aborted) return;
      if (connection !== undefined) await publish(bye, true);
      await connection?.[Symbol.asyncDispose]();
      stopping.abort(new Error('The gateway is switched off.'));
      await lived;
    },
  };
};

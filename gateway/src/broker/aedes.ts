import { Aedes, type AedesOptions } from 'aedes';

/** A message as the broker's hooks see it. */
export interface PublishPacket {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  retain: boolean;
}

export interface ConnectPacket {
  /** Empty where the client leaves it to us. */
  readonly clientId: string;
  clean: boolean;
  /** Seconds; 0 for none. */
  keepalive: number;
}

/** The stream under a client. */
export interface Connection {
  readonly writableLength: number;
  readonly destroyed: boolean;
  read(size?: number): Uint8Array | null;
  write(...args: readonly unknown[]): boolean;
  cork(): void;
  uncork(): void;
  destroy(error?: Error): void;
  emit(event: 'readable'): boolean;
  once(event: 'close', closed: () => void): unknown;
  on(event: 'error', failed: (error: Error) => void): unknown;
}

/** One connection to the broker; `id` is what sessions are known by and may be set while it authenticates. */
export interface BrokerClient {
  id: string;
  readonly conn: Connection;
  /** What the broker is asked to say once the client is lost; gone once it was said. */
  readonly will: PublishPacket | null;
  readonly clean: boolean;
  /** By filter; without a prototype. */
  readonly subscriptions: Readonly<Record<string, unknown>>;
  close(done?: () => void): void;
}

export type Answer = (error?: Error | null) => void;

export interface Hooks {
  preConnect(client: BrokerClient, packet: ConnectPacket): boolean;
  /** The return code of CONNACK: 0 lets it in, 2 to 5 refuse (MQTT 3.1.1 §3.2.2.3). */
  authenticate(client: BrokerClient, user: string | undefined, password: Uint8Array | undefined): number;
  /** Answered later: the acknowledgement goes out after that. An error closes the connection. */
  authorizePublish(client: BrokerClient | null, packet: PublishPacket, answer: Answer): void;
  authorizeSubscribe(client: BrokerClient, filter: string, qos: number): boolean;
  authorizeForward(client: BrokerClient, packet: PublishPacket): boolean;
  gone(client: BrokerClient, why: string | undefined): void;
  /** A message did not get into the queue of an absent subscriber. */
  offlineDropped(): void;
  failed(error: Error): void;
}

/** A message for whoever subscribed to its topic. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  /** Stored for later subscribers too. */
  readonly retain: boolean;
}

export interface EmbeddedBroker {
  handle(connection: object): void;
  /** Hands a message over; `done` is called when it was passed on. */
  publish(message: OutgoingMessage, done: () => void): void;
  close(): Promise<void>;
}

export interface EmbeddedLimits {
  readonly connectTimeoutMs: number;
  readonly offlineMax: number;
}

const TOPIC_LEVELS_MAX = 32;
/** Exactly-once messages of one connection that are under way. */
const QOS2_UNDER_WAY_MAX = 100;

/** What is used of the engine's memory of sessions, all of it in RAM. */
interface Persistence {
  incomingGetPacket(client: BrokerClient, packet: PublishPacket): Promise<unknown>;
  outgoingEnqueueCombi(
    subscriptions: readonly { readonly clientId: string }[],
    packet: object,
  ): Promise<void>;
  outgoingClearMessageId(client: { readonly id: string }, packet: object): Promise<object | undefined>;
}

/** Distinguishes a refusal of ours from a failure. */
const refusal = (returnCode: number): Error & { returnCode: number } =>
  Object.assign(new Error('refused'), { returnCode });

const hooksOf = (
  hooks: Hooks,
  isRepeated: (client: BrokerClient, packet: PublishPacket) => Promise<boolean>,
) => ({
  preConnect: (client: BrokerClient, packet: ConnectPacket, done: (e: null, ok: boolean) => void) =>
    done(null, hooks.preConnect(client, packet)),
  authenticate: (
    client: BrokerClient,
    user: string | undefined,
    password: Uint8Array | undefined,
    done: (error: Error | null, ok: boolean) => void,
  ) => {
    const code = hooks.authenticate(client, user, password);
    done(code === 0 ? null : refusal(code), code === 0);
  },
  authorizePublish: (client: BrokerClient | null, packet: PublishPacket, answer: Answer) => {
    const ask = (): void => hooks.authorizePublish(client, packet, answer);
    if (client === null || client.clean || packet.qos !== 2) ask();
    // A session that is kept may bring an exactly-once message a second time; the engine answers it by itself.
    else isRepeated(client, packet).then((repeated) => (repeated ? answer(null) : ask()), hooks.failed);
  },
  authorizeSubscribe: (
    client: BrokerClient,
    subscription: { readonly topic: string; readonly qos: number },
    done: (error: null, subscription: object | null) => void,
  ) =>
    done(null, hooks.authorizeSubscribe(client, subscription.topic, subscription.qos) ? subscription : null),
  authorizeForward: (client: BrokerClient, packet: PublishPacket) =>
    hooks.authorizeForward(client, packet) ? packet : null,
});

/** Bounds what waits for each absent subscriber; the engine by itself keeps everything. */
const boundOffline = (persistence: Persistence, max: number, dropped: () => void): void => {
  const waiting = new Map<string, number>();
  const enqueue = persistence.outgoingEnqueueCombi.bind(persistence);
  const clear = persistence.outgoingClearMessageId.bind(persistence);
  persistence.outgoingEnqueueCombi = async (subscriptions, packet) => {
    const taken = subscriptions.filter(({ clientId }) => {
      const count = waiting.get(clientId) ?? 0;
      if (count < max) waiting.set(clientId, count + 1);
      else dropped();
      return count < max;
    });
    await enqueue(taken, packet);
  };
  persistence.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet);
    const count = waiting.get(client.id) ?? 0;
    if (cleared !== undefined && count > 1) waiting.set(client.id, count - 1);
    else if (cleared !== undefined) waiting.delete(client.id);
    return cleared;
  };
};

/**
 * The MQTT 3.1.1 engine. `concurrency` 0: no topic waits for another one. What our hooks do not see is bounded by the
 * socket: it is not read on before all of the last read is answered.
 */
export const openEmbedded = async (hooks: Hooks, limits: EmbeddedLimits): Promise<EmbeddedBroker> => {
  let persistence: Persistence | undefined;
  const isRepeated = async (client: BrokerClient, packet: PublishPacket): Promise<boolean> => {
    try {
      return (await persistence?.incomingGetPacket(client, packet)) !== undefined;
    } catch {
      return false;
    }
  };
  const options = {
    concurrency: 0,
    connectTimeout: limits.connectTimeoutMs,
    // Writing never waits (see the guard of sockets), so there is nothing to time.
    drainTimeout: 0,
    maxTopicLevels: TOPIC_LEVELS_MAX,
    maxInflightInbound: QOS2_UNDER_WAY_MAX,
    ...hooksOf(hooks, isRepeated),
  };
  const aedes = await Aedes.createBroker(options as unknown as AedesOptions);
  persistence = (aedes as unknown as { readonly persistence: Persistence }).persistence;
  boundOffline(persistence, limits.offlineMax, hooks.offlineDropped);
  const asOurs = (client: unknown): BrokerClient => client as BrokerClient;
  aedes.on('clientDisconnect', (client) => hooks.gone(asOurs(client), undefined));
  aedes.on('clientError', (client, error) => hooks.gone(asOurs(client), error.message));
  aedes.on('connectionError', (client, error) => hooks.gone(asOurs(client), error.message));
  (aedes as unknown as { on(event: 'error', failed: (error: Error) => void): void }).on(
    'error',
    hooks.failed,
  );
  return {
    handle: (connection) => void aedes.handle(connection as never),
    publish: (message, done) => {
      const packet = { ...message, cmd: 'publish', dup: false };
      aedes.publish(packet as never, () => done());
    },
    close: () => new Promise((resolve) => aedes.close(resolve)),
  };
};

import { type Clock, type Fault, fail, ok, type Result } from '@outpost/schemas/words';
import type { IClientOptions, IPublishPacket, ISubscriptionGrant, MqttClient } from 'mqtt';
import { abortScope } from '../abort-scope.ts';
import { bufferOf } from '../ports/buffer.ts';
import { closedByUs, createClosing } from '../ports/closing.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { MqttConnection, MqttContext, MqttSettings } from './connection.ts';
import { faultOfError, hungUp, mqttFault, PACKET_TOO_LONG, timedOut } from './faults.ts';
import { watchLengths } from './length.ts';
import { createSending } from './sending.ts';

const KEEPALIVE_S = 60;
const CONNECT_TIMEOUT_MS = 10_000;
const PACKET_MAX_BYTES = 1024 * 1024;
const UNACKNOWLEDGED_MAX = 1024;
const CLOSE_WITHIN_MS = 1_000;

const optionsOf = (settings: MqttSettings): IClientOptions => {
  const { version, credentials, tls, will } = settings;
  return {
    protocolVersion: version === '5' ? 5 : 4,
    clientId: settings.clientId,
    clean: settings.cleanSession,
    keepalive: settings.keepaliveS ?? KEEPALIVE_S,
    // Our own timer ends the wait first, in words.
    connectTimeout: 2 * (settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS),
    // Its queue has no limit and it would connect again by itself: whoever owns the connection does both, bounded.
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    ...(credentials ?? {}),
    ...(tls?.ca === undefined ? {} : { ca: bufferOf(tls.ca) }),
    ...(tls?.cert === undefined ? {} : { cert: bufferOf(tls.cert) }),
    ...(tls?.key === undefined ? {} : { key: bufferOf(tls.key) }),
    ...(will === undefined
      ? {}
      : {
          will: { topic: will.topic, payload: bufferOf(will.payload), qos: 1 as const, retain: will.retain },
        }),
    ...(version === '5'
      ? {
          properties: {
            maximumPacketSize: settings.packetMaxBytes ?? PACKET_MAX_BYTES,
            receiveMaximum: settings.unacknowledgedMax ?? UNACKNOWLEDGED_MAX,
            // Without an expiry a version 5 session ends with its connection (§3.1.2.11.2).
            ...(settings.cleanSession ? {} : { sessionExpiryInterval: 0xff_ff_ff_ff }),
          },
        }
      : {}),
  };
};

/** PUBACK without properties: the same four bytes in both versions, where the reason is success (5, §3.4.2.1). */
const pubackOf = (id: number): Uint8Array => Uint8Array.of(0x40, 2, id >>> 8, id & 0xff);

/**
 * Takes the acknowledging out of the library's hands. There it goes out before anything can be on the disk, or it
 * holds back the reading of everything behind it; as version 3.1.1 has no other way, the library is shown each
 * message of QoS 1 as one of QoS 0, and PUBACK is written here.
 */
const intercept = (client: MqttClient, unacknowledgedMax: number, received: MqttContext['received']) => {
  let paused = false;
  let unacknowledged = 0;
  let held: (() => void) | undefined;
  let current: { readonly qos: 0 | 1 | 2; readonly id: number | undefined } = { qos: 0, id: undefined };

  const goOn = (): void => {
    if (paused || unacknowledged >= unacknowledgedMax) return;
    const next = held;
    held = undefined;
    next?.();
  };
  const acknowledger = (id: number): (() => void) => {
    let done = false;
    unacknowledged += 1;
    return () => {
      if (done) return;
      done = true;
      unacknowledged -= 1;
      if (client.connected && client.stream.writable) client.stream.write(pubackOf(id));
      goOn();
    };
  };

  client.on('packetreceive', (packet) => {
    if (packet.cmd !== 'publish') return;
    current = { qos: packet.qos, id: packet.messageId };
    if (packet.qos === 1) packet.qos = 0;
  });
  client.on('message', (topic, bytes, packet: IPublishPacket) => {
    const payload = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { qos, id } = current;
    const acknowledge = qos === 1 && id !== undefined ? acknowledger(id) : undefined;
    const arrival = { topic, payload, qos, retained: packet.retain, duplicate: packet.dup };
    received?.(acknowledge === undefined ? arrival : { ...arrival, acknowledge });
  });
  // The library reads the next packet when this one's callback is called.
  client.handleMessage = (_packet, callback) => {
    held = callback;
    goOn();
  };
  return {
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      goOn();
    },
  };
};

/** Resolves with what went wrong, or with nothing once CONNACK said yes. */
const connected = (client: MqttClient, where: string, timeoutMs: number, { clock, signal }: MqttContext) =>
  new Promise<Fault | undefined>((resolve) => {
    const timeout = abortScope(signal);
    const finish = (why: Fault | undefined): void => {
      resolve(why);
      timeout.release();
      timeout.abort();
    };
    client.once('connect', () => finish(undefined));
    client.once('error', (error) => finish(faultOfError(error, where)));
    client.once('close', () => finish(hungUp(where)));
    clock.sleep(timeoutMs, timeout.signal).then(
      () => finish(timedOut(where)),
      () => finish(closedByUs(where)),
    );
  });

const connectionOver = (
  client: MqttClient,
  where: string,
  settings: MqttSettings,
  reading: { pause(): void; resume(): void },
  { clock, signal }: MqttContext,
): MqttConnection => {
  const sending = createSending(settings, where, clock, signal, (message, done) => {
    const { topic, payload, qos, retain, contentType } = message;
    const properties =
      settings.version === '5' && contentType !== undefined ? { properties: { contentType } } : {};
    client.publish(topic, bufferOf(payload), { qos, retain, ...properties }, done);
  });
  const closing = createClosing(signal, where, () => {
    sending.end(closing.why ?? hungUp(where));
    client.end(true);
  });
  client.on('error', (error) => closing.end(faultOfError(error, where)));
  client.on('close', () => closing.end(hungUp(where)));
  void sending.stalled.then(closing.end);

  return {
    where,
    closed: closing.closed,
    get inFlight() {
      return sending.inFlight;
    },
    publish: async (topic, payload, { qos, retain = false, contentType }, wait) => {
      wait.throwIfAborted();
      if (closing.why !== undefined) return fail(closing.why);
      if (!client.connected) return fail(hungUp(where));
      return await sending.send({ topic, payload, qos, retain, contentType }, wait);
    },
    subscribe: async (filter, qos, wait) => {
      wait.throwIfAborted();
      if (closing.why !== undefined) return fail(closing.why);
      const refused = mqttFault(
        'refused',
        'subscribe',
        where,
        `the broker does not allow to read ${filter}.`,
      );
      return await unlessAborted<Result<void>>(wait, (resolve) => {
        void closing.closed.then((why) => resolve(fail(why)));
        client.subscribe(filter, { qos }, (error, granted: ISubscriptionGrant[] | undefined) => {
          const no = error !== null || (granted ?? []).some((each) => each.qos >= 128);
          resolve(no ? fail(closing.why ?? refused) : ok(undefined));
        });
      });
    },
    ...reading,
    [Symbol.asyncDispose]: async () => {
      if (closing.why === undefined && client.connected) await farewell(client, clock, signal);
      closing.end(closedByUs(where));
    },
  };
};

/** DISCONNECT, so that the broker drops the will; the socket is destroyed after a second in any case. */
const farewell = async (client: MqttClient, clock: Clock, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return;
  const scope = abortScope(signal);
  const late = clock.sleep(CLOSE_WITHIN_MS, scope.signal).catch(() => undefined);
  const ended = new Promise<void>((resolve) => {
    client.stream.end(Uint8Array.of(0xe0, 0), () => resolve());
  });
  await Promise.race([late, ended]);
  scope.release();
  scope.abort();
};

/** Connects once. Rejects only with the signal's reason; a fault is `unreachable`, or `refused` for good. */
export const openMqtt = async (
  settings: MqttSettings,
  context: MqttContext,
): Promise<Result<MqttConnection>> => {
  const { signal } = context;
  signal.throwIfAborted();
  const where = settings.address;
  const { connect } = await import('mqtt');
  const client = connect(settings.address, optionsOf(settings));
  // An error after the end of a connection has nobody left to tell.
  client.on('error', () => undefined);
  const lengths = watchLengths(settings.packetMaxBytes ?? PACKET_MAX_BYTES);
  client.stream.on('data', (chunk: Uint8Array) => {
    if (lengths.admit(chunk)) return;
    client.emit('error', Object.assign(new Error('a packet is too long'), { code: PACKET_TOO_LONG }));
    client.stream.destroy();
  });
  if ('setNoDelay' in client.stream && typeof client.stream.setNoDelay === 'function') {
    client.stream.setNoDelay(true);
  }
  const reading = intercept(client, settings.unacknowledgedMax ?? UNACKNOWLEDGED_MAX, context.received);
  const why = await connected(client, where, settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS, context);
  if (why === undefined && !signal.aborted) {
    return ok(connectionOver(client, where, settings, reading, context));
  }
  client.end(true);
  signal.throwIfAborted();
  return fail(why ?? closedByUs(where));
};

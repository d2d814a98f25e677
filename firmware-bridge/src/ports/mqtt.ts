import { randomUUID } from 'node:crypto';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { readMessage, writeMessage } from '../message.ts';
import { openMqtt } from '../mqtt/client.ts';
import type { MqttArrival, MqttConnection } from '../mqtt/connection.ts';
import { matchesFilter } from '../mqtt/topic-filter.ts';
import type { Port, PortContext, PortScheme } from '../port.ts';
import { whereOf } from './address.ts';
import { closedByUs, createClosing } from './closing.ts';
import { createInbox } from './inbox.ts';
import { checkMqtt, type MqttScheme, type MqttTarget, mqttTarget } from './mqtt-address.ts';

/** Unread messages stay in the broker from here on; what the socket's buffer holds is still taken. */
const PAUSE_AT_BYTES = 256 * 1024;

/** Messages of ours that the broker has not acknowledged; one more is refused. */
const OUTGOING_MAX = 128;

/** Readings wait for the disk, and the broker waits for them; beyond this it is held back by TCP. */
const UNACKNOWLEDGED_MAX = 2_048;

const notKept = (where: string) =>
  fault(
    'unreachable',
    'mqtt.not-kept',
    where,
    'a message could not be kept; the connection ends so that the broker sends it again.',
  );

const connect = async (
  { filter, settings }: MqttTarget,
  where: string,
  context: PortContext,
): Promise<Result<Port>> => {
  const { clock, signal, count } = context;
  let connection: MqttConnection | undefined;
  let paused = false;
  const inbox = createInbox({
    pauseAtBytes: PAUSE_AT_BYTES,
    gathers: true,
    pause: () => {
      paused = true;
      connection?.pause();
    },
    resume: () => {
      paused = false;
      connection?.resume();
    },
  });
  const closing = createClosing(signal, where, inbox.end);

  const received = ({ topic, payload, retained, duplicate, acknowledge }: MqttArrival): void => {
    if (duplicate) count?.('redelivered', 1);
    // A session that was kept may remember the filters of earlier days.
    if (!matchesFilter(filter, topic)) {
      count?.('other-topic', 1);
      acknowledge?.();
      return;
    }
    const bytes = writeMessage({ topic, payload });
    const arrival = { bytes, wall: clock.wall(), mono: clock.mono(), retained };
    if (acknowledge === undefined) {
      inbox.push(arrival);
      return;
    }
    const settle = (outcome: 'kept' | 'refused'): void => {
      if (outcome === 'kept') acknowledge();
      else closing.end(notKept(where));
    };
    inbox.push({ ...arrival, settle });
  };

  const opened = await openMqtt(
    { ...settings, unacknowledgedMax: UNACKNOWLEDGED_MAX },
    { clock, signal, received },
  );
  if (!opened.ok) return opened;
  connection = opened.value;
  if (paused) connection.pause();
  void connection.closed.then(closing.end);
  // Not waited for: what a kept session has for us may come before the answer, and somebody has to read it.
  connection.subscribe(filter, 1, signal).then(
    (subscribed) => {
      if (!subscribed.ok) closing.end(subscribed.fault);
    },
    () => closing.end(closedByUs(where)),
  );
  return ok(portOver(connection, where, inbox.arrivals, closing, context));
};

const portOver = (
  connection: MqttConnection,
  where: string,
  arrivals: Port['arrivals'],
  closing: ReturnType<typeof createClosing>,
  { count }: PortContext,
): Port => {
  void closing.closed.then(() => connection[Symbol.asyncDispose]());
  const lost = (): void => count?.('unsent', 1);
  return {
    where,
    arrivals,
    closed: closing.closed,
    write: async (bytes, writeSignal) => {
      writeSignal.throwIfAborted();
      if (closing.why !== undefined) return fail(closing.why);
      const message = readMessage(bytes);
      if (!message.ok) throw new Error(message.fault.words);
      if (connection.inFlight >= OUTGOING_MAX) {
        return fail(fault('unreachable', 'mqtt.stalled', where, 'the broker takes no more messages now.'));
      }
      const { topic, payload } = message.value;
      // It leaves now; the broker's answer only tells whether to count it as lost. It waits as long as the connection.
      const { signal } = new AbortController();
      connection.publish(topic, payload, { qos: 1 }, signal).then((sent) => {
        if (!sent.ok) lost();
      }, lost);
      return ok(undefined);
    },
    [Symbol.asyncDispose]: async () => {
      closing.end(closedByUs(where));
      await connection[Symbol.asyncDispose]();
    },
  };
};

const schemeOf = (which: MqttScheme): PortScheme => ({
  scheme: which.scheme,
  // One of the four is enough where all schemes are listed.
  example: ROWS[0]?.example ?? which.example,
  check: (address) => checkMqtt(address, which),
  open: async (address, context) => {
    context.signal.throwIfAborted();
    const target = await mqttTarget(address, which, `outpost-${randomUUID().slice(-12)}`);
    return target.ok ? await connect(target.value, whereOf(address), context) : target;
  },
});

const ROWS: readonly MqttScheme[] = [
  { scheme: 'mqtt', example: 'mqtt://192.168.0.10:1883/wican/#', defaultPort: 1883 },
  { scheme: 'mqtts', example: 'mqtts://broker.example:8883/wican/#', defaultPort: 8883 },
  { scheme: 'ws', example: 'ws://192.168.0.10:8083/wican/#', defaultPort: 80 },
  { scheme: 'wss', example: 'wss://broker.example/wican/#', defaultPort: 443 },
];

/**
 * The messages of an MQTT broker that a topic filter covers, read with QoS 1. A message is acknowledged when what it
 * says is on the disk; where it cannot be kept, the connection ends, and the broker sends it again if it keeps our
 * session (`?session=name`).
 */
export const mqttPorts: readonly PortScheme[] = ROWS.map(schemeOf);

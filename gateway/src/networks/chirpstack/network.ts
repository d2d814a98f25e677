import { randomUUID } from 'node:crypto';
import { type MqttArrival, mqttTarget } from '@outpost/firmware-bridge';
import { fault, type OrderId, ok } from '@outpost/schemas/words';
import type { LiveNetwork, LiveOutcome, NetworkContext, NetworkKind } from '../contract.ts';
import { createLink, type Link, WINDOW_MAX } from '../mqtt-link.ts';
import { ackMessage, type Downlink, readCommand, type Style } from './codec.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { type ChirpstackSettings, checkSettings } from './settings.ts';

/** Commands that nobody has answered; more are answered with `QUEUE_FULL`. */
const DOWNLINKS_MAX = 64;

const SETTLED: LiveOutcome = { kind: 'settled' };
const UNKNOWN_GATEWAY: LiveOutcome = {
  kind: 'refused',
  code: 'unknown-gateway',
  words: 'a statistic is of a gateway that was not heard to receive anything yet.',
};

interface Parts {
  readonly style: Style;
  readonly context: NetworkContext;
  readonly outgoing: Outgoing;
  readonly where: string;
  /** Of this network, in front of the numbers of its orders. */
  readonly name: string;
}

/** Gives downlinks to the devices behind which their gateways are, and brings the answers back. */
const createDownlinks = (
  { style, context, outgoing, name, where }: Parts,
  link: () => Link,
  run: () => AbortSignal,
) => {
  let given = 0;
  let open = 0;

  const give = async (downlink: Downlink): Promise<void> => {
    given += 1;
    const id = `${name}-${given}` as OrderId;
    const device = outgoing.deviceOf(downlink.gateway);
    const { gateway, items } = downlink;
    open += 1;
    const outcome =
      open > DOWNLINKS_MAX
        ? ({ id, kind: 'refused', code: 'busy', words: 'too many downlinks are open.' } as const)
        : device === undefined
          ? ({ id, kind: 'refused', code: 'not-heard', words: `gateway ${gateway} was not heard.` } as const)
          : await context.order(device, { id, kind: 'downlink', gateway, items });
    open -= 1;
    await link().publish(ackMessage(style, downlink, outcome), run());
  };

  return (arrival: MqttArrival): void => {
    arrival.acknowledge?.();
    // A stored command is of another day; nothing is ever sent late.
    if (arrival.retained) return;
    const command = readCommand({ topic: arrival.topic, payload: arrival.payload });
    if (!command.ok) {
      context.alarm(
        fault(
          'malformed',
          command.fault.code,
          where,
          `sent a command that cannot be read: it ${command.fault.words}`,
        ),
      );
      return;
    }
    if (command.value.kind === 'other') return;
    give(command.value.downlink).catch((error: unknown) => {
      // At the end of the program nobody waits for the answer any more; anything else is a Bug.
      if (!run().aborted) throw error;
    });
  };
};

const networkOver = (
  { name, prefix, encoding, expiresAfterMs }: ChirpstackSettings,
  target: Parameters<typeof createLink>[0]['settings'],
  filter: string,
  context: NetworkContext,
): LiveNetwork => {
  const style = { prefix, encoding };
  const outgoing = createOutgoing(style);
  const where = `network ${name} at ${target.address}`;
  let running = AbortSignal.abort(new Error('the network does not run yet'));
  const { clock, alarm } = context;
  const parts = { style, context, outgoing, where, name };
  const link: Link = createLink({
    settings: target,
    filter,
    clock,
    alarm,
    received: createDownlinks(
      parts,
      () => link,
      () => running,
    ),
  });
  return {
    follows: 'readings',
    name,
    windowMax: WINDOW_MAX,
    expiresAfterMs,
    // A network server tells a frame that comes twice by its counter.
    takesOnce: false,
    wants: outgoing.wants,
    deliver: async (delivery, signal) => {
      const message = outgoing.messageOf(delivery);
      if (message === 'with-another') return SETTLED;
      if (message === 'no-gateway') return UNKNOWN_GATEWAY;
      const sent = await link.publish(message, signal);
      return sent.ok ? SETTLED : { kind: 'kept', retryAfterMs: 0, fault: sent.fault };
    },
    run: (signal) => {
      running = signal;
      return link.run(signal);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
};

/** A ChirpStack v4 behind its broker: uplinks and statistics by MQTT with QoS 1, downlinks back. */
export const chirpstack: NetworkKind = {
  kind: 'chirpstack',
  follows: 'readings',
  open: async (settings, context) => {
    const checked = checkSettings(settings);
    if (!checked.ok) return checked;
    const { address, scheme } = checked.value;
    const target = await mqttTarget(address, scheme, `outpost-${randomUUID().slice(-12)}`);
    if (!target.ok) return target;
    return ok(networkOver(checked.value, target.value.settings, target.value.filter, context));
  },
};

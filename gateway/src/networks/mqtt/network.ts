import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { type Message, type MqttSettings, mqttTarget } from '@outpost/firmware-bridge';
import { type Fault, ok, type Result } from '@outpost/schemas/words';
import { EVENT_TYPE } from '../cloud-event.ts';
import type { LiveNetwork, Network, NetworkContext, NetworkKind, Outcome } from '../contract.ts';
import { createLink, type Link, WINDOW_MAX } from '../mqtt-link.ts';
import { createPace, type Pace } from '../pace.ts';
import { attestationMessage, readingMessage } from './codec.ts';
import { predict } from './predict.ts';
import { checkSettings, type MqttNetworkSettings } from './settings.ts';

/** One attestation has 256 KiB at most here; more are sent by themselves. */
const CALL_MAX_BYTES = 256 * 1024;
/** When only a person can change what is wrong. */
const PERSON_NEEDED_MS = 300_000;
const BESIDE = 16;

interface Parts {
  readonly settings: MqttNetworkSettings;
  readonly context: NetworkContext;
  readonly link: Link;
  readonly pace: Pace;
}

type Sent =
  | { readonly kind: 'settled' }
  | { readonly kind: 'refused'; readonly code: string; readonly words: string }
  | { readonly kind: 'kept'; readonly retryAfterMs: number; readonly fault: Fault };

/** Only what speaks of the content ends anything besides; a topic that is not ours can be made ours. */
const sentOf = ({ context }: Parts, result: Result<void>): Sent => {
  if (result.ok) return { kind: 'settled' };
  const { fault } = result;
  if (fault.code === 'mqtt.payload') return { kind: 'refused', code: fault.code, words: fault.words };
  if (fault.kind !== 'refused') return { kind: 'kept', retryAfterMs: 0, fault };
  context.alarm(fault);
  return { kind: 'kept', retryAfterMs: PERSON_NEEDED_MS, fault };
};

const send = async (parts: Parts, message: Message, signal: AbortSignal): Promise<Sent> => {
  await parts.pace.next(signal);
  return sentOf(parts, await parts.link.publish(message, signal, EVENT_TYPE));
};

/** In order, with a window; what stands behind one that has to wait waits too. */
const attestations = (parts: Parts): Network => {
  const { settings, link } = parts;
  const { name, prefix, leaves } = settings;
  return {
    follows: 'attestations',
    name,
    itemsMax: WINDOW_MAX,
    bytesMax: CALL_MAX_BYTES,
    deliver: async (items, signal) => {
      const sending: Promise<Sent>[] = [];
      setMaxListeners(WINDOW_MAX + BESIDE, signal);
      for (const item of items) sending.push(send(parts, attestationMessage(prefix, item, leaves), signal));
      return await Promise.all(
        sending.map(async (each): Promise<Outcome> => {
          const sent = await each;
          return sent.kind === 'settled' ? { ...sent, words: 'the broker has it' } : sent;
        }),
      );
    },
    run: (signal) => link.run(signal),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
};

const readings = (parts: Parts): LiveNetwork => {
  const { name, prefix, expiresAfterMs } = parts.settings;
  return {
    follows: 'readings',
    name,
    windowMax: WINDOW_MAX,
    expiresAfterMs,
    // A reading has its place in its stream as its number: who sees it twice has seen it once.
    takesOnce: false,
    wants: () => true,
    deliver: (delivery, signal) => send(parts, readingMessage(prefix, delivery), signal),
    run: (signal) => parts.link.run(signal),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
};

const over = (settings: MqttNetworkSettings, target: MqttSettings, context: NetworkContext) => {
  const { clock, alarm } = context;
  const link = createLink({ settings: target, filter: undefined, clock, alarm });
  const parts = { settings, context, link, pace: createPace(clock, settings.perS) };
  return settings.send === 'attestations' ? attestations(parts) : readings(parts);
};

/** Attestations, or readings, to any MQTT broker with QoS 1. */
export const mqtt: NetworkKind = {
  kind: 'mqtt',
  follows: (settings) => {
    const checked = checkSettings(settings);
    return checked.ok ? checked.value.send : 'attestations';
  },
  predict: (settings, sending, { now }) => {
    const checked = checkSettings(settings);
    return checked.ok ? predict(checked.value, sending, now) : undefined;
  },
  open: async (settings, context) => {
    const checked = checkSettings(settings);
    if (!checked.ok) return checked;
    const { address, scheme } = checked.value;
    const target = await mqttTarget(address, scheme, `outpost-${randomUUID().slice(-12)}`);
    return target.ok ? ok(over(checked.value, target.value.settings, context)) : target;
  },
};

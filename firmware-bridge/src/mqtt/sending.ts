import {
  type Clock,
  elapsedMs,
  type Fault,
  fail,
  type MonoNs,
  ok,
  type Result,
} from '@outpost/schemas/words';
import { abortScope } from '../abort-scope.ts';
import { type Message, TOPIC_MAX_BYTES } from '../message.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { MqttSettings } from './connection.ts';
import { faultOfError, hungUp, mqttFault } from './faults.ts';
import { createSlots, type Entered } from './slots.ts';

export interface Publication extends Message {
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly contentType?: string | undefined;
}

/** Hands a publication to the library, which answers at the PUBACK. */
export type Transmit = (message: Publication, done: (error?: unknown) => void) => void;

/** What was published and not yet acknowledged on one connection. */
export interface Sending {
  readonly inFlight: number;
  /** Resolves where the broker stopped acknowledging; else never. */
  readonly stalled: Promise<Fault>;
  send(message: Publication, wait: AbortSignal): Promise<Result<void>>;
  /** Everything that waits ends with this. */
  end(why: Fault): void;
}

const WINDOW_MAX = 256;
const ACK_TIMEOUT_MS = 20_000;

/** A topic to publish on: not empty, no wildcard, no NUL (§4.7). */
const isTopic = (topic: string): boolean =>
  topic.length > 0 && !/[+#\0]/.test(topic) && new TextEncoder().encode(topic).length <= TOPIC_MAX_BYTES;

/** Reason codes of a PUBACK (5, §3.4.2.1) from here on say no. */
const NEGATIVE = 0x80;
const QUOTA_EXCEEDED = 0x97;
const PAYLOAD_FORMAT_INVALID = 0x99;

/** The library hands a PUBACK that says no over as an error with the reason as its code. */
const reasonOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number'
    ? error.code
    : 0;

const refusalOf = (reason: number, topic: string, where: string): Fault => {
  if (reason === QUOTA_EXCEEDED)
    return mqttFault('unreachable', 'quota', where, 'the broker takes no more for now: a quota is used up.');
  return reason === PAYLOAD_FORMAT_INVALID
    ? mqttFault('refused', 'payload', where, 'the broker does not take this payload.')
    : mqttFault('refused', 'publish', where, `the broker takes no messages on ${topic}.`);
};

export const createSending = (
  settings: Pick<MqttSettings, 'windowMax' | 'ackTimeoutMs'>,
  where: string,
  clock: Clock,
  signal: AbortSignal,
  transmit: Transmit,
): Sending => {
  const { windowMax = WINDOW_MAX, ackTimeoutMs = ACK_TIMEOUT_MS } = settings;
  const slots = createSlots(windowMax);
  const sent = new Map<number, { readonly at: MonoNs; end(result: Result<void>): void }>();
  const watching = abortScope(signal);
  let number = 0;
  let gone: Fault | undefined;

  const watch = async (): Promise<Fault> => {
    for (;;) {
      await clock.sleep(ackTimeoutMs / 2, watching.signal);
      const oldest = sent.values().next().value;
      if (oldest === undefined || elapsedMs(oldest.at, clock.mono()) < ackTimeoutMs) continue;
      const words = `the broker has acknowledged nothing for ${ackTimeoutMs / 1000} s.`;
      return mqttFault('unreachable', 'no-acknowledgement', where, words);
    }
  };
  const stalled = new Promise<Fault>((resolve) => {
    // The only way out besides a stall is the end of the connection, after which nobody listens.
    watch().then(resolve, () => undefined);
  });

  const enter = (wait: AbortSignal): Promise<Entered> =>
    unlessAborted(wait, (resolve) => {
      slots.enter((how) => {
        if (how === 'in' && wait.aborted) slots.leave();
        else resolve(how);
      });
    });
  const begin = (message: Publication, resolve: (result: Result<void>) => void): void => {
    number += 1;
    const id = number;
    const end = (result: Result<void>): void => {
      if (!sent.delete(id)) return;
      slots.leave();
      resolve(result);
    };
    sent.set(id, { at: clock.mono(), end });
    transmit(message, (error) => {
      if (error === undefined || error === null) end(ok(undefined));
      else if (reasonOf(error) >= NEGATIVE) end(fail(refusalOf(reasonOf(error), message.topic, where)));
      else end(fail(gone ?? faultOfError(error, where)));
    });
  };

  return {
    get inFlight() {
      return sent.size;
    },
    stalled,
    send: async (message, wait) => {
      if (!isTopic(message.topic)) {
        const words = `"${message.topic}" is no topic that can be written to.`;
        return fail(mqttFault('refused', 'topic', where, words));
      }
      const entered = await enter(wait);
      if (entered === 'full') {
        return fail(mqttFault('unreachable', 'window-full', where, 'too many messages wait to be sent.'));
      }
      if (entered === 'ended') return fail(gone ?? hungUp(where));
      if (wait.aborted) slots.leave();
      wait.throwIfAborted();
      return await unlessAborted(wait, (resolve) => begin(message, resolve));
    },
    end: (why) => {
      gone = why;
      watching.release();
      watching.abort();
      slots.end();
      for (const { end } of [...sent.values()]) end(fail(why));
    },
  };
};

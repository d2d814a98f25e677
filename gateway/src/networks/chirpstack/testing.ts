import { type MqttConnection, openMqtt, systemClock } from '@outpost/firmware-bridge';
import type { Config } from '@outpost/schemas/config';
import { askControl } from '../../control/socket.ts';
import type { Status } from '../../control/status.ts';
import { openLog } from '../../log.ts';
import { runGateway } from '../../run/gateway.ts';

const clock = systemClock();
const { signal } = new AbortController();

/** Looks again every 10 ms, for some seconds. */
export const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (let i = 0; !(await isSo()); i += 1) {
    if (i > 1_500) throw new Error(`in vain until ${what}`);
    await clock.sleep(10, signal);
  }
};

/** A client that keeps what it hears, as topic and payload. */
export const listen = async (address: string, ...filters: readonly string[]) => {
  const heard: { readonly topic: string; readonly payload: Uint8Array }[] = [];
  const settings = {
    address,
    version: '3.1.1',
    clientId: `t-${filters[0] ?? ''}`,
    cleanSession: true,
  } as const;
  const opened = await openMqtt(settings, {
    clock,
    signal,
    received: ({ topic, payload, acknowledge }) => {
      heard.push({ topic, payload: payload.slice() });
      acknowledge?.();
    },
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  for (const filter of filters) await opened.value.subscribe(filter, 1, signal);
  return { heard, client: opened.value };
};

/** Publishes with QoS 1 and waits for the broker. */
export const say = async (client: MqttConnection, topic: string, payload: Uint8Array): Promise<void> => {
  const sent = await client.publish(topic, payload, { qos: 1 }, signal);
  if (!sent.ok) throw new Error(sent.fault.words);
};

/** A whole gateway, until it is stopped. */
export const start = (config: Config) => {
  const stopping = new AbortController();
  const lines: string[] = [];
  const log = openLog({ clock, style: 'time', repeatAfterMs: 0, write: (line) => void lines.push(line) });
  const running = runGateway({ config, clock, log, signal: stopping.signal });
  return {
    status: async (): Promise<Status | undefined> => {
      const answer = await askControl(config.dataDirectory, '/status', 1_000);
      return answer.ok ? (JSON.parse(answer.value) as Status) : undefined;
    },
    stop: async () => {
      stopping.abort(new Error('the test is over'));
      await running;
    },
  };
};

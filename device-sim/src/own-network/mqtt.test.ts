import { systemClock } from '@outpost/firmware-bridge';
import { hasMosquitto, startMosquitto } from '@outpost/firmware-bridge/wires';
import { toHex } from '@outpost/schemas/words';
import { type CloudEvent, MQTT, MQTTMessageFactory } from 'cloudevents';
import { connectAsync, type IPublishPacket } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { type EventContent, holds, openOwn } from './sender.ts';

const clock = systemClock();
const NEVER = new AbortController().signal;

interface Heard {
  readonly topic: string;
  readonly text: string;
  readonly contentType: string | undefined;
}

/** A subscriber as those who build their own network have it: MQTT.js, version 5. */
const subscribe = async (url: string, filter: string) => {
  const heard: Heard[] = [];
  const client = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
  client.on('message', (topic, payload, { properties }: IPublishPacket) => {
    heard.push({ topic, text: payload.toString(), contentType: properties?.contentType });
  });
  await client.subscribeAsync(filter, { qos: 1 });
  const until = async (count: number): Promise<void> => {
    for (let i = 0; heard.length < count; i += 1) {
      if (i > 500) throw new Error(`only ${heard.length} of ${count} came`);
      await clock.sleep(10, NEVER);
    }
  };
  return { heard, until, [Symbol.asyncDispose]: () => client.endAsync(true) };
};

/** As the published reader of CloudEvents takes the message. */
const eventOf = ({ text, contentType = '' }: Heard): CloudEvent => {
  const read = MQTT.toEvent(MQTTMessageFactory(contentType, {}, text));
  return (Array.isArray(read) ? read[0] : read) as CloudEvent;
};

describe.skipIf(!hasMosquitto())('the network mqtt (needs mosquitto)', () => {
  it('brings attestations in order, as events that the published reader takes and that hold by themselves', async () => {
    await using broker = await startMosquitto();
    await using subscriber = await subscribe(broker.url, 'plant/7/#');
    await using own = await openOwn('mqtt', `${broker.url}/plant/7`);
    const items = await own.batches(40);
    const outcomes = await own.send(items);
    expect(outcomes).toEqual(items.map(() => ({ kind: 'settled', words: 'the broker has it' })));
    await subscriber.until(40);
    const events = subscriber.heard.map(eventOf);
    for (const event of events) event.validate();
    expect(events.map(({ id }) => id)).toEqual(items.map(({ hash }) => toHex(hash)));
    expect(events.every(({ data }) => holds(data as unknown as EventContent))).toBe(true);
    expect(new Set(subscriber.heard.map(({ topic }) => topic))).toEqual(
      new Set(['plant/7/attestations/car/telemetry']),
    );
    const [first] = subscriber.heard;
    expect(first?.contentType).toBe('application/cloudevents+json');
  });

  it('keeps everything while the broker is away, and nobody has to tell it that it is back', async () => {
    const broker = await startMosquitto();
    await using own = await openOwn('mqtt', `${broker.url}/outpost`);
    const items = await own.batches(3);
    expect(await own.send(items)).toMatchObject(items.map(() => ({ kind: 'settled' })));
    await broker[Symbol.asyncDispose]();
    const port = Number(new URL(broker.url).port);
    const waiting = own.send(items);
    await using again = await startMosquitto({ port });
    // Those that were under way may have to be sent once more, as the follower does.
    const first = await waiting;
    const second = first.some(({ kind }) => kind === 'kept') ? await own.send(items) : first;
    expect(second).toMatchObject(items.map(() => ({ kind: 'settled' })));
    expect(again.url).toBe(broker.url);
  });

  it('does not take a message for delivered that the broker drops, and tells its operator', async () => {
    await using broker = await startMosquitto({ access: ['topic readwrite elsewhere/#'] });
    await using own = await openOwn('mqtt', `${broker.url}/outpost`);
    expect(await own.send(await own.batches(1))).toMatchObject([
      { kind: 'kept', retryAfterMs: 300_000, fault: { kind: 'refused', code: 'mqtt.publish' } },
    ]);
    expect(own.alarms).toMatchObject([{ code: 'mqtt.publish' }]);
  });
});

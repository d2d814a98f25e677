import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { hasMosquitto, type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { openMqtt } from './client.ts';
import type { MqttArrival, MqttConnection, MqttContext, MqttSettings } from './connection.ts';

const here = hasMosquitto();
const signal = new AbortController().signal;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (said: string): Uint8Array => new TextEncoder().encode(said);

const settingsFor = (address: string, more: Partial<MqttSettings> = {}): MqttSettings => ({
  address,
  version: '3.1.1',
  clientId: 'one',
  cleanSession: true,
  ...more,
});

const open = async (settings: MqttSettings, received?: MqttContext['received']): Promise<MqttConnection> => {
  const context = { clock: systemClock(), signal, ...(received === undefined ? {} : { received }) };
  const opened = await openMqtt(settings, context);
  if (!opened.ok) throw new Error(opened.fault.words);
  return opened.value;
};

/** A reader that gathers arrivals and can be waited for. */
const gather = () => {
  const got: MqttArrival[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  return {
    got,
    received: (arrival: MqttArrival): void => {
      got.push({ ...arrival, payload: arrival.payload.slice() });
      for (const { count, resolve } of waiting) if (got.length >= count) resolve();
    },
    atLeast: (count: number): Promise<void> =>
      new Promise((resolve) => {
        if (got.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
};

describe.skipIf(!here)('the MQTT client against Eclipse Mosquitto', () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto();
  });
  afterAll(async () => broker[Symbol.asyncDispose]());

  it.each(['3.1.1', '5'] as const)('publishes and reads in version %s', async (version) => {
    const reader = gather();
    await using there = await open(settingsFor(broker.url, { version }), reader.received);
    await there.subscribe('a/#', 1, signal);
    await using from = await open(settingsFor(broker.url, { version, clientId: 'two' }));
    expect(await from.publish('a/b', bytes('x'), { qos: 1 }, signal)).toEqual({ ok: true, value: undefined });
    await reader.atLeast(1);
    const [{ topic, qos, retained, duplicate, payload } = expect.fail('nothing came')] = reader.got;
    expect({ topic, qos, retained, duplicate }).toEqual({
      topic: 'a/b',
      qos: 1,
      retained: false,
      duplicate: false,
    });
    expect(text(payload)).toBe('x');
    expect(from.inFlight).toBe(0);
  });

  it('reads over a WebSocket', async () => {
    const reader = gather();
    await using there = await open(settingsFor(broker.webSocketUrl), reader.received);
    await there.subscribe('ws/#', 0, signal);
    await there.publish('ws/1', bytes('x'), { qos: 1 }, signal);
    await reader.atLeast(1);
    expect(reader.got[0]?.topic).toBe('ws/1');
  });

  it.each(['3.1.1', '5'] as const)(
    'gets again in version %s what it did not acknowledge',
    async (version) => {
      const kept = settingsFor(broker.url, { version, cleanSession: false, clientId: `kept-${version}` });
      const first = gather();
      const before = await open(kept, first.received);
      await before.subscribe(`k/${version}`, 1, signal);
      await using from = await open(settingsFor(broker.url, { clientId: 'two' }));
      for (const each of ['1', '2', '3']) await from.publish(`k/${version}`, bytes(each), { qos: 1 }, signal);
      await first.atLeast(3);
      first.got[1]?.acknowledge?.();
      // The acknowledgement is on its way before this one's answer.
      await before.publish('k/done', bytes(''), { qos: 1 }, signal);
      await before[Symbol.asyncDispose]();
      const second = gather();
      await using _ = await open(kept, second.received);
      await second.atLeast(2);
      expect(second.got.map(({ payload, duplicate }) => [text(payload), duplicate])).toEqual([
        ['1', true],
        ['3', true],
      ]);
    },
  );

  it('tells a stored message from a live one that asks to be stored', async () => {
    const live = gather();
    await using there = await open(settingsFor(broker.url), live.received);
    await there.subscribe('r/#', 1, signal);
    await there.publish('r/1', bytes('now'), { qos: 1, retain: true }, signal);
    await live.atLeast(1);
    const late = gather();
    await using after = await open(settingsFor(broker.url, { clientId: 'two' }), late.received);
    await after.subscribe('r/#', 1, signal);
    await late.atLeast(1);
    expect([live.got[0]?.retained, late.got[0]?.retained]).toEqual([false, true]);
  });

  it('stops reading while it is paused and loses nothing', async () => {
    const reader = gather();
    await using there = await open(settingsFor(broker.url), reader.received);
    await there.subscribe('p/#', 0, signal);
    there.pause();
    await using from = await open(settingsFor(broker.url, { clientId: 'two' }));
    for (let each = 0; each < 50; each += 1) await from.publish('p/1', bytes(`${each}`), { qos: 1 }, signal);
    // The library hands over the message that it was reading; everything behind it waits.
    expect(reader.got.length).toBeLessThanOrEqual(1);
    there.resume();
    await reader.atLeast(50);
    expect(reader.got.map(({ payload }) => text(payload))).toEqual([...Array(50).keys()].map(String));
  });

  it('keeps the window of what waits for its acknowledgement', async () => {
    await using from = await open(settingsFor(broker.url, { windowMax: 4 }));
    const all = [...Array(9).keys()].map((each) => from.publish('w', bytes(`${each}`), { qos: 1 }, signal));
    const ended = await Promise.all(all);
    expect(ended.map((result) => (result.ok ? 'ok' : result.fault.code))).toEqual([
      ...Array(8).fill('ok'),
      'mqtt.window-full',
    ]);
  });

  it('sends the will of a client that went without a word', async () => {
    const reader = gather();
    await using there = await open(settingsFor(broker.url), reader.received);
    await there.subscribe('will', 1, signal);
    const scope = new AbortController();
    const will = { topic: 'will', payload: bytes('gone'), retain: false };
    await openMqtt(settingsFor(broker.url, { clientId: 'two', will }), {
      clock: systemClock(),
      signal: scope.signal,
    });
    scope.abort();
    await reader.atLeast(1);
    expect(reader.got.map(({ payload }) => text(payload))).toEqual(['gone']);
  });

  it('ends a publication that is not wanted any more, and takes no topic with a wildcard', async () => {
    await using from = await open(settingsFor(broker.url));
    const scope = new AbortController();
    const sent = from.publish('w', bytes('x'), { qos: 1 }, scope.signal);
    scope.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
    const wild = await from.publish('w/#', bytes('x'), { qos: 1 }, signal);
    expect(wild).toMatchObject({ ok: false, fault: { kind: 'refused', code: 'mqtt.topic' } });
  });
});

describe.skipIf(!here)('the MQTT client and a broker that asks who it is', () => {
  it('is refused for good with a wrong password, and taken with the right one', async () => {
    await using broker = await startMosquitto({ account: { user: 'u', password: 'right' } });
    const as = (password: string) => settingsFor(broker.url, { credentials: { username: 'u', password } });
    const wrong = await openMqtt(as('wrong'), { clock: systemClock(), signal });
    expect(wrong).toMatchObject({ ok: false, fault: { kind: 'refused', code: 'mqtt.not-authorised' } });
    expect(JSON.stringify(wrong)).not.toContain('wrong');
    const right = await open(as('right'));
    await right[Symbol.asyncDispose]();
  });
});

const CONNACK = Uint8Array.of(0x20, 2, 0, 0);

const listening = (speak: (socket: Socket) => void): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      speak(socket);
    });
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

const urlOf = (server: Server): string => {
  const address = server.address();
  return `mqtt://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
};

describe('the MQTT client and a broker that misbehaves', () => {
  it('ends a connection over which a packet longer than allowed begins', async () => {
    const server = await listening((socket) => {
      socket.once('data', () => socket.write(Uint8Array.of(...CONNACK, 0x30, 0xff, 0xff, 0xff, 0x7f)));
    });
    const opened = await openMqtt(settingsFor(urlOf(server)), { clock: systemClock(), signal });
    const why = opened.ok ? await opened.value.closed : opened.fault;
    expect(why.code).toBe('mqtt.packet-too-long');
    server.close();
  });

  it('ends a connection over which nothing is acknowledged', async () => {
    const server = await listening((socket) => {
      socket.once('data', () => socket.write(CONNACK));
    });
    const there = await open(settingsFor(urlOf(server), { ackTimeoutMs: 50 }));
    const sent = await there.publish('a', bytes('x'), { qos: 1 }, signal);
    expect(sent).toMatchObject({ ok: false, fault: { code: 'mqtt.no-acknowledgement' } });
    server.close();
  });

  it('gives up on a broker that takes the connection and says nothing', async () => {
    const server = await listening(() => undefined);
    const settings = settingsFor(urlOf(server), { connectTimeoutMs: 50 });
    const opened = await openMqtt(settings, { clock: systemClock(), signal });
    expect(opened).toMatchObject({ ok: false, fault: { kind: 'unreachable', code: 'mqtt.timeout' } });
    server.close();
  });

  it('says so where nothing listens', async () => {
    const server = await listening(() => undefined);
    const url = urlOf(server);
    await new Promise((resolve) => server.close(resolve));
    const opened = await openMqtt(settingsFor(url), { clock: systemClock(), signal });
    expect(opened).toMatchObject({ ok: false, fault: { kind: 'unreachable', code: 'mqtt.refused' } });
  });
});

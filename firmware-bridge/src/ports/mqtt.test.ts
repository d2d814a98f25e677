import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asciiBytes, asciiText, type Fault } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { readMessage, writeMessage } from '../message.ts';
import { openMqtt } from '../mqtt/client.ts';
import type { Arrival, Port } from '../port.ts';
import { hasMosquitto, type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { checkAddress, openPort } from './index.ts';

const { signal } = new AbortController();
const clock = systemClock();

const open = async (address: string, lost?: Map<string, number>): Promise<Port> => {
  const count = (what: string, times: number): void => {
    lost?.set(what, (lost.get(what) ?? 0) + times);
  };
  const opened = await openPort(address, { clock, signal, count });
  if (!opened.ok) throw new Error(opened.fault.words);
  return opened.value;
};

const faultOf = async (address: string): Promise<Fault | undefined> => {
  const opened = await openPort(address, { clock, signal });
  return opened.ok ? undefined : opened.fault;
};

/** Reads so many messages; the port stays open. */
const reader = (port: Port) => {
  const arrivals = port.arrivals[Symbol.asyncIterator]();
  return async (count: number): Promise<readonly Arrival[]> => {
    const got: Arrival[] = [];
    while (got.length < count) {
      const next = await arrivals.next();
      if (next.done === true) throw new Error(`the port ended: ${(await port.closed).words}`);
      got.push(next.value);
    }
    return got;
  };
};

const shown = ({ bytes, retained }: Arrival): string => {
  const message = readMessage(bytes);
  if (!message.ok) throw new Error(message.fault.words);
  const { topic, payload } = message.value;
  return `${topic} ${asciiText(payload)}${retained === true ? ' retained' : ''}`;
};

const say = async (port: Port, topic: string, payload: string): Promise<void> => {
  expect(await port.write(writeMessage({ topic, payload: asciiBytes(payload) }), signal)).toEqual({
    ok: true,
    value: undefined,
  });
};

/** A port that hears what is said from now on: it has heard itself on that topic. */
const listen = async (address: string, topic: string, lost?: Map<string, number>) => {
  const port = await open(address, lost);
  const hear = reader(port);
  await say(port, topic, 'hello');
  for (;;) {
    const [arrival] = await hear(1);
    arrival?.settle?.('kept');
    if (arrival === undefined || shown(arrival) === `${topic} hello`) return { port, hear };
  }
};

describe('the address of an MQTT port', () => {
  it.each([
    'mqtt://h:1883/a/b',
    'mqtt://h/wican/#',
    'mqtt://h/wican/%23?session=box&version=5',
    'mqtt://h/wican/+/can/rx?credentials=/etc/outpost/mqtt.json',
    'mqtt://h/wican/#?session=box',
    'mqtts://h/a?ca=/a.pem&cert=/b.pem&key=/c.pem',
    'ws://h:8083/a/+?path=/mqtt',
    'wss://h/a',
  ])('%s is one', (address) => {
    expect(checkAddress(address)).toEqual({ ok: true, value: undefined });
  });

  it.each([
    ['mqtt://h:1883', 'topic filter'],
    ['mqtt://h:1883/', 'topic filter'],
    ['mqtt://h/a/#/b', 'after a #'],
    ['mqtt://h/a+', 'topic filter'],
    ['mqtt://h/$share/a/b', 'topic filter'],
    ['mqtt:///a', 'no host'],
    ['mqtt://user:secret@h/a', 'user name'],
    ['mqtt://h/a?session=', '"session"'],
    ['mqtt://h/a?version=4', '"version"'],
    ['mqtt://h/a?path=/x', '"path"'],
    ['mqtt://h/a?ca=/x', '"ca"'],
    ['mqtts://h/a?cert=/x', '"cert"'],
    ['mqtts://h/a?ca=x', '"ca"'],
    ['mqtt://h/a?qos=0', '"qos"'],
  ])('%s is none', (address, words) => {
    const checked = checkAddress(address);
    expect(checked).toMatchObject({ ok: false, fault: { kind: 'misconfigured' } });
    expect(checked.ok ? '' : checked.fault.words).toContain(words);
    expect(JSON.stringify(checked)).not.toContain('secret');
  });
});

describe.skipIf(!hasMosquitto())('an MQTT port at Eclipse Mosquitto', () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto({ account: { user: 'u', password: 'right' } });
    const folder = mkdtempSync(join(tmpdir(), 'outpost-mqtt-'));
    file = join(folder, 'mqtt.json');
    writeFileSync(file, JSON.stringify({ user: 'u', password: 'right' }), { mode: 0o600 });
  });
  afterAll(async () => {
    await broker[Symbol.asyncDispose]();
    rmSync(join(file, '..'), { recursive: true });
  });
  let file = '';
  const at = (filter: string, more = ''): string => `${broker.url}/${filter}?credentials=${file}${more}`;

  it('carries messages both ways, topic and all', async () => {
    const { port: car, hear: answer } = await listen(at('box/#'), 'box/0');
    const { port: box, hear } = await listen(at('car/#'), 'car/0');
    await say(car, 'car/1', 'hello');
    expect((await hear(1)).map(shown)).toEqual(['car/1 hello']);
    await say(box, 'box/1', 'and you');
    expect((await answer(1)).map(shown)).toEqual(['box/1 and you']);
    expect(box.where).not.toContain('right');
    await car[Symbol.asyncDispose]();
    await box[Symbol.asyncDispose]();
  });

  it('gets again, after it was away, what was never settled', async () => {
    await using car = await open(at('none'));
    const { port: first, hear } = await listen(at('kept/+', '&session=box'), 'kept/0');
    for (const each of ['1', '2', '3']) await say(car, 'kept/a', each);
    const got = await hear(3);
    expect(got.map(({ settle }) => settle === undefined)).toEqual([false, false, false]);
    got[1]?.settle?.('kept');
    got[1]?.settle?.('kept');
    await first[Symbol.asyncDispose]();
    got[0]?.settle?.('kept');
    await say(car, 'kept/a', '4');
    const lost = new Map<string, number>();
    await using second = await open(at('kept/+', '&session=box'), lost);
    expect((await reader(second)(3)).map(shown)).toEqual(['kept/a 1', 'kept/a 3', 'kept/a 4']);
    // The two that were not settled; the last one too where the broker had written it before it saw the connection end.
    expect([...lost.keys()]).toEqual(['redelivered']);
    expect([2, 3]).toContain(lost.get('redelivered'));
  });

  it('reads whatever has gathered for its session, however much that is', async () => {
    const { port: first } = await listen(at('much', '&session=much'), 'much');
    await first[Symbol.asyncDispose]();
    const count = 1_500;
    const bytes = (each: number): Uint8Array => asciiBytes(`${each}`);
    const [address, credentials] = [broker.url, { username: 'u', password: 'right' }];
    const settings = {
      address,
      credentials,
      version: '3.1.1',
      clientId: 'much-car',
      cleanSession: true,
    } as const;
    const opened = await openMqtt({ ...settings, windowMax: count }, { clock, signal });
    if (!opened.ok) throw new Error(opened.fault.words);
    await using client = opened.value;
    const all = Array.from({ length: count }, (_, each) =>
      client.publish('much', bytes(each), { qos: 1 }, new AbortController().signal),
    );
    await Promise.all(all);
    await using second = await open(at('much', '&session=much'));
    const hear = reader(second);
    const got: string[] = [];
    while (got.length < count) {
      const [arrival] = await hear(1);
      if (arrival === undefined) break;
      arrival.settle?.('kept');
      got.push(shown(arrival));
    }
    expect(got).toEqual(Array.from({ length: count }, (_, each) => `much ${each}`));
  });

  it('ends where a message cannot be kept, so that the broker sends it again', async () => {
    await using car = await open(at('none'));
    const { port: first, hear } = await listen(at('full', '&session=full'), 'full');
    await say(car, 'full', '1');
    const [arrival] = await hear(1);
    arrival?.settle?.('refused');
    expect(await first.closed).toMatchObject({ kind: 'unreachable', code: 'mqtt.not-kept' });
    await first[Symbol.asyncDispose]();
    await using second = await open(at('full', '&session=full'));
    expect((await reader(second)(1)).map(shown)).toEqual(['full 1']);
  });

  it('says which messages were stored, and drops those of an earlier filter', async () => {
    await using car = await open(at('none'));
    const { port: first } = await listen(at('old/+', '&session=other'), 'old/0');
    await first[Symbol.asyncDispose]();
    await say(car, 'old/a', 'x');
    const lost = new Map<string, number>();
    const { port: box, hear } = await listen(at('new/+', '&session=other'), 'new/0', lost);
    await say(car, 'new/a', 'y');
    expect((await hear(1)).map(shown)).toEqual(['new/a y']);
    expect(lost.get('other-topic')).toBe(1);
    expect([...lost.keys()].filter((what) => what !== 'redelivered')).toEqual(['other-topic']);
    await box[Symbol.asyncDispose]();
  });

  it('says that the password is wrong, the file open to others, or no such file', async () => {
    const bare = `${broker.url}/a`;
    expect(await faultOf(bare)).toMatchObject({ kind: 'refused', code: 'mqtt.not-authorised' });
    expect(await faultOf(`${bare}?credentials=/no/such/file`)).toMatchObject({ code: 'mqtt.file' });
    const open = join(file, '..', 'open.json');
    writeFileSync(open, '{}');
    chmodSync(open, 0o644);
    expect(await faultOf(`${bare}?credentials=${open}`)).toMatchObject({ code: 'mqtt.credentials' });
    chmodSync(open, 0o600);
    expect(await faultOf(`${bare}?credentials=${open}`)).toMatchObject({ code: 'mqtt.credentials' });
  });

  it('ends when the broker goes', async () => {
    await using other = await startMosquitto();
    const box = await open(`${other.url}/a`);
    await other[Symbol.asyncDispose]();
    expect(await box.closed).toMatchObject({ kind: 'unreachable' });
    expect(await box.write(writeMessage({ topic: 'a', payload: asciiBytes('x') }), signal)).toMatchObject({
      ok: false,
    });
    await box[Symbol.asyncDispose]();
  });
});

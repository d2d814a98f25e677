import { describe, expect, it } from 'vitest';
import { connectPacket, publishPacket, subscribePacket } from './testing/client.ts';
import { newTestBroker } from './testing/test-broker.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const CONNACK = 2;
const PUBLISH = 3;
const PUBACK = 4;
const SUBACK = 9;
const PINGRESP = 13;
const PINGREQ = Uint8Array.of(0xc0, 0);

const idOf = (body: Uint8Array | undefined): number => ((body?.[0] ?? 0) << 8) | (body?.[1] ?? 0);

describe('a message with QoS 1', () => {
  it('is acknowledged once it is kept and not before', async () => {
    await using box = await newTestBroker();
    const password = await box.enrol('car');
    const reader = await box.read('car');
    await using client = await box.connect('car', password);
    client.send(publishPacket('devices/car/speed', bytes('42'), { id: 7 }), PINGREQ);
    await box.until('it arrived', () => reader.arrivals.length === 1);
    expect(reader.said()).toEqual(['devices/car/speed 42']);
    // The answer to what came after it shows that none was on its way.
    expect((await client.next())?.type).toBe(PINGRESP);
    expect(client.waiting).toBe(0);
    reader.arrivals[0]?.settle?.('kept');
    const answer = await client.next();
    expect(answer?.type).toBe(PUBACK);
    expect(idOf(answer?.body)).toBe(7);
    expect(box.broker.view.tally).toMatchObject({ messages: 1, kept: 1 });
  });

  it('is acknowledged in the order of sending, in whatever order messages are kept', async () => {
    await using box = await newTestBroker();
    const password = await box.enrol('car');
    const reader = await box.read('car');
    await using client = await box.connect('car', password);
    client.send(...[1, 2, 3, 4].map((id) => publishPacket('devices/car/a', bytes(`${id}`), { id })));
    await box.until('all arrived', () => reader.arrivals.length === 4);
    for (const at of [3, 1, 0, 2]) reader.arrivals[at]?.settle?.('kept');
    const ids = [];
    for (let i = 0; i < 4; i += 1) ids.push(idOf((await client.next())?.body));
    expect(ids).toEqual([1, 2, 3, 4]);
  });

  it('that is not kept costs its sender the connection, without acknowledgement', async () => {
    await using box = await newTestBroker();
    const password = await box.enrol('car');
    const reader = await box.read('car');
    await using client = await box.connect('car', password);
    client.send(publishPacket('devices/car/a', bytes('1'), { id: 1 }));
    await box.until('it arrived', () => reader.arrivals.length === 1);
    reader.arrivals[0]?.settle?.('refused');
    expect(await client.next()).toBe(undefined);
    expect(box.broker.view.tally.counts.get('unkept')).toBe(1);
  });

  it('sent again over another connection is acknowledged after the first of its kind, whichever is told first', async () => {
    await using box = await newTestBroker();
    const password = await box.enrol('car');
    const reader = await box.read('car');
    await using lost = await box.connect('car', password);
    const message = publishPacket('devices/car/a', bytes('1'), { id: 1 });
    lost.send(message);
    await box.until('it arrived', () => reader.arrivals.length === 1);
    lost.socket.destroy();
    await using again = await box.connect('car', password);
    again.send(message, PINGREQ);
    await box.until('it arrived again', () => reader.arrivals.length === 2);
    reader.arrivals[1]?.settle?.('kept');
    expect((await again.next())?.type).toBe(PINGRESP);
    expect(again.waiting).toBe(0);
    reader.arrivals[0]?.settle?.('kept');
    expect((await again.next())?.type).toBe(PUBACK);
  });

  it('is passed on to a reader after it was kept, and what nobody reads is admitted by nobody', async () => {
    await using box = await newTestBroker();
    const password = await box.enrol('car');
    const watch = await box.enrol('page', { topics: [], reads: ['devices/+/speed'] });
    await using early = await box.dial();
    early.send(connectPacket({ clientId: 'car', user: 'car', password }));
    expect((await early.next())?.body[1]).toBe(3);
    const reader = await box.read('car');
    await using page = await box.connect('page', watch);
    page.send(subscribePacket(1, 'devices/+/speed'));
    expect((await page.next())?.type).toBe(SUBACK);
    await using client = await box.connect('car', password);
    client.send(publishPacket('devices/car/speed', bytes('5'), { id: 1 }));
    await box.until('it arrived', () => reader.arrivals.length === 1);
    expect(page.waiting).toBe(0);
    reader.arrivals[0]?.settle?.('kept');
    expect((await page.next())?.type).toBe(PUBLISH);
  });
});

describe('who is let in', () => {
  const refusals = [
    { what: 'nobody without a name', fields: { clientId: 'car' }, code: 5, counted: 'anonymous-refused' },
    {
      what: 'nobody with a wrong password',
      fields: { clientId: 'car', user: 'car', password: 'guess' },
      code: 4,
      counted: 'password-refused',
    },
    {
      what: 'nobody by a name that is not enrolled',
      fields: { clientId: 'bus', user: 'bus', password: 'guess' },
      code: 4,
      counted: 'password-refused',
    },
    {
      what: 'no session that shall be kept without a client identifier',
      fields: { clientId: '', isKept: true },
      code: 2,
      counted: 'client-id-empty',
    },
  ] as const;

  it.each(refusals)('is $what', async ({ fields, code, counted }) => {
    await using box = await newTestBroker();
    await box.enrol('car');
    await using client = await box.dial();
    client.send(connectPacket(fields));
    const answer = await client.next();
    expect([answer?.type, answer?.body[1]]).toEqual([CONNACK, code]);
    expect(await client.next()).toBe(undefined);
    expect(box.broker.view.tally.counts.get(counted)).toBe(1);
  });

  it('is nobody under the client identifier of another', async () => {
    await using box = await newTestBroker();
    const password = await box.enrol('car');
    await box.enrol('bus');
    await box.read('car');
    await using client = await box.dial();
    client.send(connectPacket({ clientId: 'bus', user: 'car', password }));
    expect((await client.next())?.body[1]).toBe(2);
  });

  it('in a lab is everybody, with hostile identifiers too, and the log says so', async () => {
    await using box = await newTestBroker({ lab: { refusedFilters: [] } });
    for (const clientId of ['constructor', '__proto__', 'toString', '$SYS/x', '']) {
      await using client = await box.dial();
      client.send(connectPacket({ clientId }), PINGREQ);
      expect((await client.next())?.body[1]).toBe(0);
      expect((await client.next())?.type).toBe(PINGRESP);
    }
    expect(box.logged.join()).toContain('runs as a lab');
  });

  it('may not speak or listen outside of its own topics', async () => {
    await using box = await newTestBroker();
    const password = await box.enrol('car');
    await box.enrol('bus');
    await box.read('car');
    await using client = await box.connect('car', password);
    client.send(subscribePacket(1, '$SYS/#', '#', 'devices/bus/#', 'devices/+/a', 'devices/car/#'));
    expect([...((await client.next())?.body ?? []).slice(2)]).toEqual([128, 128, 128, 128, 0]);
    client.send(publishPacket('devices/bus/a', bytes('1')));
    expect(await client.next()).toBe(undefined);
    expect(box.broker.view.tally.counts.get('publish-refused')).toBe(1);
  });

  it('is cut off as soon as the enrolment is gone', async () => {
    await using box = await newTestBroker();
    const password = await box.enrol('car');
    await box.read('car');
    await using client = await box.connect('car', password);
    await box.remove('car');
    expect(await client.next()).toBe(undefined);
    await using again = await box.dial();
    again.send(connectPacket({ clientId: 'car', user: 'car', password }));
    expect((await again.next())?.body[1]).toBe(4);
    expect(box.broker.view.tally.counts.get('revoked')).toBe(1);
  });

  it('takes over its own earlier session and never another one', async () => {
    await using box = await newTestBroker();
    const [first, second] = [
      await box.enrol('car', { clientId: null }),
      await box.enrol('bus', { clientId: null }),
    ];
    await box.read('car');
    await box.read('bus');
    const introduce = async (user: string, password: string) => {
      const client = await box.dial();
      client.send(connectPacket({ clientId: 'esp', user, password }));
      expect((await client.next())?.body[1]).toBe(0);
      return client;
    };
    await using car = await introduce('car', first);
    await using bus = await introduce('bus', second);
    bus.send(PINGREQ);
    expect((await bus.next())?.type).toBe(PINGRESP);
    await using again = await introduce('car', first);
    await car.closed;
    bus.send(PINGREQ);
    again.send(PINGREQ);
    expect((await bus.next())?.type).toBe(PINGRESP);
    expect((await again.next())?.type).toBe(PINGRESP);
  });
});

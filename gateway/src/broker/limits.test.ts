import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STRANGERS_MAX, SUBSCRIPTIONS_MAX, UNSENT_MAX_BYTES } from './limits.ts';
import { newPace } from './pace.ts';
import { newRetainedRoom } from './retained.ts';
import { newLengthScan } from './socket-guard.ts';
import { connectPacket, publishPacket, subscribePacket, type TestClient } from './testing/client.ts';
import { newTestBroker } from './testing/test-broker.ts';
import { covers, coversAny, isFilter, overlap } from './topics.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const PINGREQ = Uint8Array.of(0xc0, 0);

describe('the broker', () => {
  it('cuts off who announces a packet that is too long, before any of it is gathered', async () => {
    await using box = await newTestBroker({ config: { packetMaxKibibytes: 4 } });
    await using client = await box.dial();
    client.send(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f, 0));
    expect(await client.next()).toBe(undefined);
    expect(box.broker.view.tally.counts.get('packet-too-long')).toBe(1);
    await box.until('it is forgotten', () => box.broker.view.tally.connections === 0);
  });

  it('keeps what is just short enough', async () => {
    await using box = await newTestBroker({ config: { packetMaxKibibytes: 4 } });
    const password = await box.enrol('car');
    const reader = await box.read('car');
    await using client = await box.connect('car', password);
    client.send(publishPacket('devices/car/a', new Uint8Array(4_000)), PINGREQ);
    expect((await client.next())?.type).toBe(13);
    expect(reader.arrivals).toHaveLength(1);
    client.send(publishPacket('devices/car/a', new Uint8Array(4_200)));
    expect(await client.next()).toBe(undefined);
  });

  it('lets the oldest stranger go when there are too many, and takes no connection beyond its maximum', async () => {
    await using box = await newTestBroker({ config: { connectionsMax: STRANGERS_MAX + 2 } });
    const password = await box.enrol('car');
    await box.read('car');
    await using first = await box.dial();
    const others: TestClient[] = [];
    for (let i = 0; i < STRANGERS_MAX; i += 1) others.push(await box.dial());
    await first.closed;
    const { counts } = box.broker.view.tally;
    expect(counts.get('strangers-evicted')).toBe(1);
    await using car = await box.connect('car', password);
    expect(car.waiting).toBe(0);
    for (const other of others) await other[Symbol.asyncDispose]();
  });

  it('answers a sender that is too fast later, and loses nothing of it', async () => {
    await using box = await newTestBroker({ config: { messagesPerSecondMax: 100 } });
    const password = await box.enrol('car');
    const reader = await box.read('car');
    await using client = await box.connect('car', password);
    client.send(
      ...Array.from({ length: 120 }, (_, i) => publishPacket('devices/car/a', bytes(`${i}`))),
      PINGREQ,
    );
    await box.until('all arrived', () => reader.arrivals.length === 120);
    client.send(publishPacket('devices/car/a', bytes('last')));
    await box.until('the last arrived', () => reader.arrivals.length === 121);
    expect(box.broker.view.tally.counts.get('rate-held')).toBeGreaterThan(0);
    expect(reader.said().at(-1)).toBe('devices/car/a last');
  });

  it('takes so many subscriptions of one connection and no more, and gives one up for another', async () => {
    await using box = await newTestBroker();
    const password = await box.enrol('car');
    await box.read('car');
    await using client = await box.connect('car', password);
    const filters = Array.from({ length: SUBSCRIPTIONS_MAX + 1 }, (_, i) => `devices/car/${i}`);
    client.send(subscribePacket(1, ...filters));
    const granted = [...((await client.next())?.body ?? [])].slice(2);
    expect(granted.filter((code) => code === 128)).toHaveLength(1);
    expect(box.broker.view.tally.counts.get('subscriptions-full')).toBe(1);
  });

  it('makes nobody wait for a subscriber that takes nothing', async () => {
    await using box = await newTestBroker();
    const [car, page] = [
      await box.enrol('car'),
      await box.enrol('page', { topics: [], reads: ['devices/#'] }),
    ];
    const reader = await box.read('car');
    await using frozen = await box.connect('page', page);
    frozen.send(subscribePacket(1, 'devices/#'));
    expect((await frozen.next())?.type).toBe(9);
    frozen.socket.pause();
    await using client = await box.connect('car', car);
    const payload = new Uint8Array(32 * 1024);
    // As much as the kernel takes for a receiver that does not read, and as much again as waits here.
    const count = Math.ceil((8 * UNSENT_MAX_BYTES) / payload.length);
    for (let i = 0; i < count; i += 1) client.send(publishPacket('devices/car/a', payload));
    client.send(publishPacket('devices/car/a', bytes('last')));
    await box.until('all arrived', () => reader.arrivals.length === count + 1);
    const { counts } = box.broker.view.tally;
    await box.until('what it did not take is dropped', () => (counts.get('forward-dropped') ?? 0) > 0);
  });

  it('says the will of who was lost to subscribers and takes it for no reading', async () => {
    await using box = await newTestBroker();
    const [car, page] = [
      await box.enrol('car'),
      await box.enrol('page', { topics: [], reads: ['devices/#'] }),
    ];
    const reader = await box.read('car');
    await using watching = await box.connect('page', page);
    watching.send(subscribePacket(1, 'devices/#'));
    expect((await watching.next())?.type).toBe(9);
    await using client = await box.dial();
    const will = { topic: 'devices/car/state', payload: 'gone' };
    client.send(connectPacket({ clientId: 'car', user: 'car', password: car, will }));
    expect((await client.next())?.body[1]).toBe(0);
    client.socket.destroy();
    const said = await watching.next();
    expect(new TextDecoder().decode(said?.body)).toContain('devices/car/stategone');
    expect(reader.arrivals).toEqual([]);
  });
});

describe('the scan of lengths', () => {
  it('sees the same in any cut of the bytes, and passes no packet that is too long', () => {
    const body = (length: number) => publishPacket('t', new Uint8Array(length));
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 400 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }),
        (lengths, cuts) => {
          const stream = Uint8Array.from(lengths.flatMap((length) => [...body(length)]));
          const scan = newLengthScan(300);
          let isAdmitted = true;
          for (let at = 0, turn = 0; at < stream.length && isAdmitted; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1;
            isAdmitted = scan(stream.subarray(at, at + size));
            at += size;
          }
          // Topic and its length are three bytes of the body.
          expect(isAdmitted).toBe(lengths.every((length) => length + 3 <= 300));
        },
      ),
    );
  });

  it('refuses a length of five digits', () => {
    expect(newLengthScan(300)(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 0x01))).toBe(false);
  });
});

describe('topic filters', () => {
  it.each([
    ['a/#', 'a/b/c', true],
    ['a/#', 'a', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/#', false],
    ['a/+', 'a/b/c', false],
    ['a/b', 'a/+', false],
    ['#', '$SYS/a', false],
    ['a/+/c', 'a/+/c', true],
    ['a/#', '#', false],
  ])('%s covers %s: %s', (allowed, filter, isCovered) => {
    expect(covers(allowed, filter)).toBe(isCovered);
  });

  it.each([
    ['a/#', 'a', true],
    ['a/+', 'a/b', true],
    ['a/b', 'a/c', false],
    ['+/b', 'a/+', true],
    ['a', 'a/b', false],
    ['a/+/#', 'a', false],
  ])('%s and %s overlap: %s', (one, other, isShared) => {
    expect(overlap(one, other)).toBe(isShared);
    expect(overlap(other, one)).toBe(isShared);
  });

  it('are given to devices only where they are bounded and reserve nothing', () => {
    expect(['a/#', '+/a', 'a//b'].every(isFilter)).toBe(true);
    expect(['', '$SYS/#', 'a/#/b', 'a+', 'a\0', 'a/'.repeat(40)].some(isFilter)).toBe(false);
    expect(coversAny(['a/#'], 'a')).toBe(true);
  });
});

describe('rooms and paces', () => {
  it('store so many retained messages and no more, until one is taken away', () => {
    const room = newRetainedRoom();
    for (let i = 0; i < 256; i += 1) expect(room.admit(`t${i}`, 10)).toBe(true);
    expect(room.admit('one more', 10)).toBe(false);
    expect(room.admit('t0', 5_000)).toBe(false);
    expect(room.admit('t0', 0)).toBe(true);
    expect(room.admit('one more', 10)).toBe(true);
  });

  it('hold a sender to its rate over any stretch of time', () => {
    const pace = newPace(100);
    let nowMs = 0;
    let sent = 0;
    for (; nowMs < 10_000; sent += 1) nowMs += pace(nowMs);
    expect(sent).toBeGreaterThanOrEqual(1_000);
    expect(sent).toBeLessThanOrEqual(1_101);
  });
});

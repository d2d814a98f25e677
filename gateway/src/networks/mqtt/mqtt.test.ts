import { readFileSync } from 'node:fs';
import { manualClock } from '@outpost/schemas/testing';
import { type Body, type Epoch, wallNs } from '@outpost/schemas/words';
import { describe, expect, it, test } from 'vitest';
import type { LiveDelivery, NetworkSettings } from '../contract.ts';
import { createPace } from '../pace.ts';
import { readingMessage } from './codec.ts';
import { mqtt } from './network.ts';
import { checkSettings } from './settings.ts';

const NEVER = new AbortController().signal;

const vectors = JSON.parse(
  readFileSync(new URL('vectors/events.json', import.meta.url), 'utf8'),
) as readonly { readonly body: Body; readonly topic: string; readonly event: unknown }[];

const bytesIn = (_: string, value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('bytes:')
    ? Uint8Array.from(value.slice(6).split(' '), (each) => Number.parseInt(each, 16))
    : typeof value === 'string' && /^\d+n$/.test(value)
      ? BigInt(value.slice(0, -1))
      : value;

const delivery = (body: Body): LiveDelivery => ({
  stream: 'car/telemetry',
  gatewayKey: new Uint8Array(32).fill(1),
  deviceKey: new Uint8Array(32).fill(2),
  epoch: new Uint8Array(16).fill(3) as Epoch,
  sequence: 28,
  wall: wallNs(1_800_000_000_123_456_789n),
  trust: 'ntp',
  origin: 'live',
  keyKind: 'file',
  body,
  raw: new Uint8Array(),
});

test.each(vectors)(
  'a reading has the event that is written down for it: $topic $event.data.kind',
  (vector) => {
    const body = JSON.parse(JSON.stringify(vector.body), bytesIn) as Body;
    const { topic, payload } = readingMessage('plant/7', delivery(body));
    expect(topic).toBe(vector.topic);
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(vector.event);
  },
);

describe('what a broker is expected to say', () => {
  const HOUR_NS = 3_600_000_000_000n;
  const body: Body = { kind: 'number', signal: 1, mantissa: 7, ecu: 0 };
  const context = { keyRecords: [], before: undefined, verify: () => true, redecode: undefined };
  const expected = (over: Partial<LiveDelivery>, laterHours: bigint | undefined, send = 'readings') => {
    const reading = { ...delivery(body), ...over };
    const now = laterHours === undefined ? undefined : wallNs(reading.wall + laterHours * HOUR_NS);
    const settings: NetworkSettings = {
      name: 'plant',
      url: 'mqtt://127.0.0.1/plant/7',
      options: { send, expiresAfterHours: 2 },
    };
    return mqtt.predict?.(settings, { of: 'reading', delivery: reading }, { ...context, now });
  };

  it('is yes, unless a reading that waits is too old by then or its message is larger than brokers take', () => {
    expect(expected({}, 1n)).toEqual({
      expect: 'accepted',
      words: expect.stringMatching(/^A broker that lets this box publish takes it; it has \d{3} bytes\.$/),
    });
    expect(expected({}, 3n)?.expect).toBe('refused');
    // It was sent already, or nobody can say how old it is.
    expect(expected({}, undefined)?.expect).toBe('accepted');
    expect(expected({ trust: 'none' }, 3n)?.expect).toBe('accepted');
    const long: Body = { kind: 'text', signal: 1, text: 'P'.repeat(200_000), ecu: 0 };
    expect(expected({ body: long }, 1n)?.expect).toBe('unsure');
    // Attestations are another thing.
    expect(expected({}, 1n, 'attestations')).toBeUndefined();
  });
});

describe('settings', () => {
  const settings = (over: Partial<NetworkSettings> = {}): NetworkSettings => ({
    name: 'plant',
    url: 'mqtt://127.0.0.1/plant/7',
    options: {},
    ...over,
  });

  it('have usual values, and version 5', () => {
    const checked = checkSettings(settings({ url: 'mqtt://127.0.0.1' }));
    expect(checked).toMatchObject({
      ok: true,
      value: { prefix: 'outpost', send: 'attestations', perS: 200 },
    });
    expect(checked.ok && checked.value.address.searchParams.get('version')).toBe('5');
    const old = checkSettings(settings({ url: 'mqtt://127.0.0.1/a/b?version=3.1.1' }));
    expect(old.ok && [old.value.prefix, old.value.address.searchParams.get('version')]).toEqual([
      'a/b',
      '3.1.1',
    ]);
  });

  it.each([
    ['url', { url: 'https://example.org/' }],
    ['url', { url: 'mqtt://127.0.0.1/plant/+' }],
    ['url', { url: 'mqtt://127.0.0.1/plant//7' }],
    ['url', { url: 'mqtt://user:secret@127.0.0.1/plant' }],
    ['key', { key: 'ab' }],
    ['options.send', { options: { send: 'all' } }],
    ['options.leaves', { options: { leaves: 1 } }],
    ['options.perS', { options: { perS: 0 } }],
    ['options.perS', { options: { perS: 2.5 } }],
    ['options.expiresAfterHours', { options: { expiresAfterHours: 0 } }],
    ['options.qos', { options: { qos: 2 } }],
  ] as const)('are refused at %s: %j', (what, over) => {
    expect(checkSettings(settings(over))).toMatchObject({
      ok: false,
      fault: { kind: 'misconfigured', where: `network plant, ${what}` },
    });
  });
});

test('who comes too fast is held back, in order, and after a rest a second of them goes at once', async () => {
  const clock = manualClock();
  const pace = createPace(clock, 10);
  const gone: number[] = [];
  const go = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) void pace.next(NEVER).then(() => gone.push(i));
  };
  go(0, 30);
  await clock.advance(0);
  expect(gone.length).toBe(10);
  await clock.advance(1_000);
  expect(gone.length).toBe(20);
  await clock.advance(1_000);
  expect(gone).toEqual(Array.from({ length: 30 }, (_, i) => i));
  await clock.advance(60_000);
  go(30, 60);
  await clock.advance(0);
  expect(gone.length).toBe(40);
});

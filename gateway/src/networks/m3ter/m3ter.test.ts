import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ENERGY_SINCE_LAST, writeMessage } from '@outpost/firmware-bridge';
import { manualClock } from '@outpost/schemas/testing';
import { type Body, concatBytes, type Epoch, type Fault, fromHex, wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { LiveDelivery, LiveNetwork, NetworkSettings } from '../contract.ts';
import { payloadOf, requestOf } from './codec.ts';
import { m3ter } from './network.ts';
import { checkSettings } from './settings.ts';
import vectors from './vectors/requests.json' with { type: 'json' };

const NEVER = new AbortController().signal;

const bytesOf = (hex: string): Uint8Array => {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`no hex: ${hex}`);
  return bytes;
};

const PAYLOAD = bytesOf(vectors.payload);
const frame = (payload: Uint8Array): Uint8Array => writeMessage({ topic: 'application/1/up', payload });

const energy: Body = { kind: 'number', signal: ENERGY_SINCE_LAST, mantissa: 250_000, ecu: 0 };
const delivery = (over: Partial<LiveDelivery> = {}): LiveDelivery => ({
  stream: 'roof-meter/telemetry',
  gatewayKey: new Uint8Array(32),
  deviceKey: new Uint8Array(32),
  epoch: new Uint8Array(16) as Epoch,
  sequence: 1,
  wall: wallNs(1_800_000_000_000_000_000n),
  trust: 'ntp',
  origin: 'live',
  keyKind: 'file',
  body: energy,
  raw: frame(PAYLOAD),
  ...over,
});

const settings = (over: Partial<NetworkSettings> = {}): NetworkSettings => ({
  name: 'm3tering',
  url: 'http://127.0.0.1:1',
  options: { meters: { 'roof-meter': 17 } },
  ...over,
});

const open = async (url: string) => {
  const alarms: Fault[] = [];
  const opened = await m3ter.open(settings({ url }), {
    clock: manualClock(),
    directory: '/nowhere',
    keyRecords: () => [],
    signed: () => Promise.resolve(undefined),
    order: (_, { id }) => Promise.resolve({ id, kind: 'refused', code: 'none', words: 'none.' }),
    alarm: (fault) => alarms.push(fault),
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  return { alarms, network: opened.value as LiveNetwork };
};

/** A prover that takes what its table takes: a token, and a payload in hex. */
const prover = async (status: number) => {
  const asked: { readonly path: string | undefined; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ path: request.url, body: new TextDecoder().decode(concatBytes(...chunks)) });
      response.writeHead(status, { 'content-type': 'text/plain' }).end('said so');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

describe('the network m3ter', () => {
  it('sends the payload as the meter signed it, to the batch of the prover', async () => {
    await using served = await prover(200);
    const { network } = await open(served.url);
    expect(await network.deliver(delivery(), NEVER)).toEqual({ kind: 'settled' });
    expect(served.asked).toEqual([{ path: '/batch-payloads', body: vectors.request }]);
    await network[Symbol.asyncDispose]();
  });

  it('takes a no for a no, and anything that a person can put right for a later', async () => {
    await using refuses = await prover(400);
    const first = await open(refuses.url);
    expect(await first.network.deliver(delivery(), NEVER)).toMatchObject({
      kind: 'refused',
      words: 'said so',
    });
    await using closed = await prover(404);
    const second = await open(closed.url);
    expect(await second.network.deliver(delivery(), NEVER)).toMatchObject({ kind: 'kept' });
    expect(second.alarms).toMatchObject([{ code: 'm3ter.http-404' }]);
    await first.network[Symbol.asyncDispose]();
    await second.network[Symbol.asyncDispose]();
  });

  it('wants the energy of its meters, with the frame that says so, and nothing else', async () => {
    const { network } = await open('http://127.0.0.1:1');
    expect(network.wants(delivery())).toBe(true);
    expect(network.wants(delivery({ stream: 'other/telemetry' }))).toBe(false);
    expect(network.wants(delivery({ raw: new Uint8Array() }))).toBe(false);
    expect(network.wants(delivery({ body: { ...energy, signal: ENERGY_SINCE_LAST - 11 } as Body }))).toBe(
      false,
    );
    expect(payloadOf({ raw: frame(new Uint8Array(300)) })).toBe(undefined);
    await network[Symbol.asyncDispose]();
  });

  it('writes what is written down', () => {
    expect(new TextDecoder().decode(requestOf(17, PAYLOAD))).toBe(vectors.request);
  });

  it.each([
    ['options.meters', { options: {} }],
    ['options.meters', { options: { meters: {} } }],
    ['options.meters.roof', { options: { meters: { roof: -1 } } }],
    ['options.meter', { options: { meters: { a: 1 }, meter: 1 } }],
    ['options.expiresAfterHours', { options: { meters: { a: 1 }, expiresAfterHours: 0 } }],
    ['url', { url: 'http://example.org' }],
    ['key', { key: 'ab' }],
  ] as const)('refuses settings at %s: %j', (what, over) => {
    expect(checkSettings(settings(over))).toMatchObject({
      ok: false,
      fault: { kind: 'misconfigured', where: `network m3tering, ${what}` },
    });
  });
});

describe('what a prover is expected to say', () => {
  const context = { keyRecords: [], before: undefined, verify: () => true, redecode: undefined };
  const expected = (over: Partial<LiveDelivery>, now: bigint | undefined) =>
    m3ter.predict?.(
      settings({ options: { meters: { 'roof-meter': 17 }, expiresAfterHours: 2 } }),
      { of: 'reading', delivery: delivery(over) },
      { ...context, now: now === undefined ? undefined : wallNs(delivery().wall + now * 3_600_000_000_000n) },
    )?.expect;

  it('is yes to what a meter with a token has signed, no once it is too old, and nothing of anything else', () => {
    expect([expected({}, 1n), expected({}, undefined), expected({}, 3n)]).toEqual([
      'accepted',
      'accepted',
      'refused',
    ]);
    expect(expected({ stream: 'other/telemetry' }, 1n)).toBeUndefined();
    expect(expected({ raw: new Uint8Array() }, 1n)).toBeUndefined();
  });
});

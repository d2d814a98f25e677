import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { type AnyNetwork, type Delivery, type Network, type Outcome, openNetwork } from '@outpost/gateway';
import { leafHashes, readAttestation, strictVerifier, treeRoot } from '@outpost/schemas/evidence';
import { concatBytes, type Fault, fromBase64, toHex } from '@outpost/schemas/words';
import { type CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { type Box, must, newBox } from '../network/rig.ts';

const NEVER = new AbortController().signal;
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A receiver that answers what it is told to, and keeps what it was asked. */
const receive = async (answer: (asked: Asked, count: number) => Answer) => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      const body = new TextDecoder().decode(concatBytes(...chunks));
      const each = { headers: request.headers, body };
      asked.push(each);
      const { status, headers = {}, text = '' } = answer(each, asked.length);
      response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/readings` };
};

const isNetwork = (network: AnyNetwork): network is Network => network.follows === 'attestations';

const openSender = async (url: string, options: Record<string, unknown> = {}) => {
  const alarms: Fault[] = [];
  const network = must(
    await openNetwork(
      'webhook',
      { name: 'own', url, options },
      {
        clock: systemClock(),
        directory: '/nowhere',
        keyRecords: () => [],
        signed: () => Promise.resolve(undefined),
        order: (_, { id }) => Promise.resolve({ id, kind: 'refused', code: 'none', words: 'none.' }),
        alarm: (fault) => alarms.push(fault),
      },
    ),
  );
  if (!isNetwork(network)) throw new Error('it follows readings');
  closing.push(async () => await network[Symbol.asyncDispose]());
  const send = async (items: readonly Delivery[]): Promise<readonly Outcome[]> =>
    await network.deliver(items, NEVER);
  return { alarms, send };
};

const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'outpost-webhook-'));
  closing.push(async () => await rm(path, { recursive: true }));
  return path;
};

const openBox = async (): Promise<Box> => await newBox(await folder());

const batches = async (box: Box, count: number): Promise<Delivery[]> => {
  const made: Delivery[] = [];
  for (let i = 0; i < count; i += 1) made.push(await box.batch());
  return made;
};

const secretFile = async (text: string): Promise<string> => {
  const file = join(await folder(), 'secret');
  await writeFile(file, text);
  await chmod(file, 0o600);
  return file;
};

/** As the published reader of CloudEvents takes the request. */
const eventsIn = ({ headers, body }: Asked): readonly CloudEvent[] => {
  const read = HTTP.toEvent({ headers, body });
  return (Array.isArray(read) ? read : [read]) as CloudEvent[];
};

interface EventContent {
  readonly deviceKey: string;
  readonly attestation: string;
  readonly leaves?: readonly string[];
  readonly readings: readonly Record<string, unknown>[];
}

const bytesOf = (text: string): Uint8Array => {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new Error(`no base64: ${text}`);
  return bytes;
};

describe('the network webhook', () => {
  it('sends events that the published reader takes, with evidence that holds by itself', async () => {
    const receiver = await receive(() => ({ status: 202 }));
    const { send } = await openSender(receiver.url);
    const box = await openBox();
    const items = await batches(box, 1);
    expect(await send(items)).toEqual([{ kind: 'settled', words: 'HTTP 202' }]);
    const [event] = receiver.asked.flatMap(eventsIn);
    event?.validate();
    const [item] = items;
    expect(event).toMatchObject({
      id: toHex(item?.hash ?? new Uint8Array()),
      type: 'outpost.attestation.v1',
      source: `urn:outpost:${toHex(box.ring.gateway().publicKey)}`,
      subject: 'car/telemetry',
    });
    const content = event?.data as unknown as EventContent;
    const attestation = must(readAttestation(bytesOf(content.attestation)));
    const { key, message, signature } = attestation.signed;
    expect(strictVerifier()(key, message, signature)).toBe(true);
    expect(toHex(key)).toBe(content.deviceKey);
    expect(treeRoot(leafHashes((content.leaves ?? []).map(bytesOf)))).toEqual(attestation.root);
    expect(content.readings).toMatchObject([
      {
        sequence: 0,
        kind: 'number',
        name: 'Vehicle.OBD.LongTermFuelTrim1',
        unit: 'percent',
        ecu: '7E8',
        trust: 'ntp',
      },
      { sequence: 1 },
      { sequence: 2 },
      { sequence: 3 },
    ]);
  });

  it('signs what it sends so that the published library takes it, and nothing else', async () => {
    const receiver = await receive(() => ({ status: 204 }));
    const options = { secretFile: await secretFile(SECRET), tokenFile: await secretFile('abc') };
    const { send } = await openSender(receiver.url, options);
    await send(await batches(await openBox(), 1));
    const [asked] = receiver.asked;
    if (asked === undefined) throw new Error('nothing came');
    expect(asked.headers.authorization).toBe('Bearer abc');
    const headers = asked.headers as Record<string, string>;
    expect(() => new Webhook(SECRET).verify(asked.body, headers)).not.toThrow();
    expect(() => new Webhook(SECRET).verify(asked.body.replace('ntp', 'gps'), headers)).toThrow();
    expect(() => new Webhook(`whsec_${'A'.repeat(32)}`).verify(asked.body, headers)).toThrow();
  });

  it('gives the same content the same number, so that a repetition is told', async () => {
    const receiver = await receive((_, count) => ({ status: count === 1 ? 503 : 200 }));
    const { send } = await openSender(receiver.url);
    const items = await batches(await openBox(), 1);
    expect(await send(items)).toMatchObject([{ kind: 'kept' }]);
    expect(await send(items)).toMatchObject([{ kind: 'settled' }]);
    const [first, second] = receiver.asked;
    expect(first?.body).toBe(second?.body);
    expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
  });

  it('parts a batch until the one that is refused stands alone', async () => {
    const items = await batches(await openBox(), 7);
    const bad = toHex(items[4]?.hash ?? new Uint8Array());
    const receiver = await receive(({ body }) =>
      body.includes(bad) ? { status: 422, text: 'not this one' } : { status: 200 },
    );
    const { send } = await openSender(receiver.url, { batch: 64, leaves: false });
    const outcomes = await send(items);
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'settled',
      'settled',
      'settled',
      'settled',
      'refused',
      'settled',
      'settled',
    ]);
    expect(outcomes[4]).toMatchObject({ code: 'http-422', words: 'not this one' });
    const taken = receiver.asked.filter(({ body }) => !body.includes(bad)).flatMap(eventsIn);
    expect(taken.map(({ id }) => id)).toEqual(
      items.map(({ hash }) => toHex(hash)).filter((id) => id !== bad),
    );
    expect(receiver.asked.some(({ body }) => body.includes('"leaves"'))).toBe(false);
  });

  it('sends nothing after the part that has to wait, and keeps the order', async () => {
    const items = await batches(await openBox(), 4);
    const last = toHex(items[3]?.hash ?? new Uint8Array());
    const receiver = await receive(({ body }) => ({
      status: body.includes(last) ? 413 : 429,
      headers: { 'retry-after': '9' },
    }));
    const { send } = await openSender(receiver.url, { batch: 4 });
    const outcomes = await send(items);
    expect(outcomes).toMatchObject(items.map(() => ({ kind: 'kept', retryAfterMs: 9_000 })));
    expect(receiver.asked.length).toBe(2);
  });

  it('does not follow to another place, and tells its operator', async () => {
    const other = await receive(() => ({ status: 200 }));
    const receiver = await receive(() => ({ status: 307, headers: { location: other.url } }));
    const { send, alarms } = await openSender(receiver.url);
    expect(await send(await batches(await openBox(), 1))).toMatchObject([{ kind: 'kept' }]);
    expect(other.asked).toEqual([]);
    expect(alarms).toMatchObject([{ kind: 'refused', code: 'webhook.http-307' }]);
  });

  it('keeps everything where nobody listens', async () => {
    const { send } = await openSender('http://127.0.0.1:9/');
    expect(await send(await batches(await openBox(), 1))).toMatchObject([
      { kind: 'kept', fault: { kind: 'unreachable' } },
    ]);
  });
});

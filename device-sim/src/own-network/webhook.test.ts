import { chmod, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { concatBytes, toHex } from '@outpost/schemas/words';
import { type CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { type EventContent, holds, openOwn, scratch } from './sender.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string };

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
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/readings`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const secretFile = async (directory: string, name: string, text: string): Promise<string> => {
  const file = join(directory, name);
  await writeFile(file, text);
  await chmod(file, 0o600);
  return file;
};

/** As the published reader of CloudEvents takes the request. */
const eventsIn = ({ headers, body }: Asked): readonly CloudEvent[] => {
  const read = HTTP.toEvent({ headers, body });
  return (Array.isArray(read) ? read : [read]) as CloudEvent[];
};

describe('the network webhook', () => {
  it('sends events that the published reader takes, with evidence that holds by itself', async () => {
    await using receiver = await receive(() => ({ status: 202 }));
    await using own = await openOwn('webhook', receiver.url);
    const items = await own.batches(1);
    expect(await own.send(items)).toEqual([{ kind: 'settled', words: 'HTTP 202' }]);
    const [event] = receiver.asked.flatMap(eventsIn);
    event?.validate();
    const [item] = items;
    expect(event).toMatchObject({
      id: toHex(item?.hash ?? new Uint8Array()),
      type: 'outpost.attestation.v1',
      source: `urn:outpost:${toHex(own.box.ring.gateway().publicKey)}`,
      subject: 'car/telemetry',
    });
    const content = event?.data as unknown as EventContent;
    expect(holds(content)).toBe(true);
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
    await using receiver = await receive(() => ({ status: 204 }));
    await using directory = await scratch();
    const options = {
      secretFile: await secretFile(directory.path, 'secret', SECRET),
      tokenFile: await secretFile(directory.path, 'token', 'abc'),
    };
    await using own = await openOwn('webhook', receiver.url, options);
    await own.send(await own.batches(1));
    const [asked] = receiver.asked;
    if (asked === undefined) throw new Error('nothing came');
    expect(asked.headers.authorization).toBe('Bearer abc');
    const headers = asked.headers as Record<string, string>;
    expect(() => new Webhook(SECRET).verify(asked.body, headers)).not.toThrow();
    expect(() => new Webhook(SECRET).verify(asked.body.replace('ntp', 'gps'), headers)).toThrow();
    expect(() => new Webhook(`whsec_${'A'.repeat(32)}`).verify(asked.body, headers)).toThrow();
  });

  it('gives the same content the same number, so that a repetition is told', async () => {
    await using receiver = await receive((_, count) => ({ status: count === 1 ? 503 : 200 }));
    await using own = await openOwn('webhook', receiver.url);
    const items = await own.batches(1);
    expect(await own.send(items)).toMatchObject([{ kind: 'kept' }]);
    expect(await own.send(items)).toMatchObject([{ kind: 'settled' }]);
    const [first, second] = receiver.asked;
    expect(first?.body).toBe(second?.body);
    expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
  });

  it('parts a batch until the one that is refused stands alone', async () => {
    let bad = 'none';
    await using receiver = await receive(({ body }) =>
      body.includes(bad) ? { status: 422, text: 'not this one' } : { status: 200 },
    );
    await using own = await openOwn('webhook', receiver.url, { batch: 64, leaves: false });
    const items = await own.batches(7);
    bad = toHex(items[4]?.hash ?? new Uint8Array());
    const outcomes = await own.send(items);
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
    await using receiver = await receive((_, count) => ({
      status: count === 1 ? 413 : 429,
      headers: { 'retry-after': '9' },
    }));
    await using own = await openOwn('webhook', receiver.url, { batch: 4 });
    const items = await own.batches(4);
    const outcomes = await own.send(items);
    expect(outcomes).toMatchObject(items.map(() => ({ kind: 'kept', retryAfterMs: 9_000 })));
    expect(receiver.asked.length).toBe(2);
  });

  it('does not follow to another place, and tells its operator', async () => {
    await using other = await receive(() => ({ status: 200 }));
    await using receiver = await receive(() => ({ status: 307, headers: { location: other.url } }));
    await using own = await openOwn('webhook', receiver.url);
    expect(await own.send(await own.batches(1))).toMatchObject([{ kind: 'kept' }]);
    expect(other.asked).toEqual([]);
    expect(own.alarms).toMatchObject([{ kind: 'refused', code: 'webhook.http-307' }]);
  });

  it('keeps everything where nobody listens', async () => {
    await using own = await openOwn('webhook', 'http://127.0.0.1:9/');
    expect(await own.send(await own.batches(1))).toMatchObject([
      { kind: 'kept', fault: { kind: 'unreachable' } },
    ]);
  });
});

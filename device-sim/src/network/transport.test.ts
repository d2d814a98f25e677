import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { keyText, outpostWire, platformSigner } from '@outpost/gateway';
import { manualClock } from '@outpost/schemas/testing';
import { asciiBytes, asciiText } from '@outpost/schemas/words';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPlayground, type Playground, send } from './pair.ts';
import type { Box } from './rig.ts';

const NEVER = new AbortController().signal;
const { DELIVERY_PATH, DELIVERY_TYPE, VERDICT_TYPE } = outpostWire;
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Something that listens and is no network of ours. */
const listening = (answer: RequestListener): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer(answer).listen(0, '127.0.0.1', () => {
      servers.push(server);
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });

const until = async (reached: () => boolean): Promise<void> => {
  while (!reached()) await new Promise((resolve) => setImmediate(resolve));
};

describe('a network that has a bad day', () => {
  it('is busy for a while and says for how long', async () => {
    await using play = await openPlayground({}, [{ what: 'busy', request: 1, count: 2, retryAfterS: 7 }]);
    const box = await play.box('box');
    const sender = play.sender(box);
    const item = await box.batch();
    const [outcome] = await sender.network.deliver([item], NEVER);
    expect(outcome).toMatchObject({
      kind: 'kept',
      retryAfterMs: 7_000,
      fault: { kind: 'unreachable', code: 'outpost.busy' },
    });
    expect(await send(sender, [item])).toEqual(['kept outpost.busy']);
    expect(await send(sender, [item])).toEqual(['settled']);
  });

  it('refuses the third attestation for ever and takes the ones after it', async () => {
    await using play = await openPlayground({}, [
      { what: 'refuse', item: 3, code: 'no-reward', words: 'Not today.' },
    ]);
    const box = await play.box('box');
    const sender = play.sender(box);
    const items = [await box.batch(), await box.batch(), await box.batch(), await box.batch()];
    expect(await send(sender, items)).toEqual(['settled', 'settled', 'refused no-reward', 'settled']);
    const [, , third] = items;
    expect(await sender.network.deliver([third!], NEVER)).toEqual([
      { kind: 'refused', code: 'no-reward', words: 'Not today.' },
    ]);
    await play.restart();
    expect(await send(sender, [third!])).toEqual(['refused no-reward']);
  });

  it('signs with a key that nobody pinned: nothing is settled, the operator hears of it', async () => {
    await using play = await openPlayground({}, [{ what: 'wrong-key', request: 1 }]);
    const box = await play.box('box');
    const sender = play.sender(box);
    const item = await box.batch();
    const [outcome] = await sender.network.deliver([item], NEVER);
    expect(outcome).toMatchObject({
      kind: 'kept',
      retryAfterMs: 300_000,
      fault: { kind: 'untrusted', code: 'outpost.receipt-key' },
    });
    expect(sender.alarms).toHaveLength(1);
    expect(await send(sender, [item])).toEqual(['settled']);
  });

  it('answers later than the deadline, which is over everything', async () => {
    await using play = await openPlayground({}, [{ what: 'slow', request: 1, delayMs: 3_600_000 }]);
    const box = await play.box('box');
    const clock = manualClock();
    const sender = play.sender(box, { clock });
    const item = await box.batch();
    const late = sender.network.deliver([item], NEVER);
    await until(() => play.served.status().requests === 1);
    await clock.advance(30_000);
    await clock.advance(1_000);
    expect(await late).toMatchObject([
      { kind: 'kept', fault: { kind: 'unreachable', code: 'outpost.unreachable' } },
    ]);
    expect(clock.sleeping).toBe(0);
    expect(await send(sender, [item])).toEqual(['settled']);
  });

  it('is given up on at once when the gateway stops, by the signal’s own reason', async () => {
    await using play = await openPlayground({}, [{ what: 'slow', request: 1, delayMs: 3_600_000 }]);
    const box = await play.box('box');
    const clock = manualClock();
    const sender = play.sender(box, { clock });
    const stop = new AbortController();
    const under = sender.network.deliver([await box.batch()], stop.signal);
    await until(() => play.served.status().requests === 1);
    const reason = new Error('the gateway stops');
    stop.abort(reason);
    await expect(under).rejects.toBe(reason);
    expect(clock.sleeping).toBe(0);
    await expect(sender.network.deliver([], stop.signal)).resolves.toEqual([]);
  });

  it('is not there, and then is', async () => {
    await using play = await openPlayground();
    const box = await play.box('box');
    const nowhere = await listening(() => undefined);
    const [server] = servers.splice(0);
    server!.close();
    const item = await box.batch();
    expect(await send(play.sender(box, { url: nowhere }), [item])).toEqual(['kept outpost.unreachable']);
    expect(await send(play.sender(box), [item])).toEqual(['settled']);
  });
});

describe('something else at the address of a network', () => {
  let play: Playground;
  let box: Box;
  beforeAll(async () => {
    play = await openPlayground();
    box = await play.box('box');
  });
  afterAll(() => play[Symbol.asyncDispose]());

  const ask = async (answer: RequestListener) => {
    const sender = play.sender(box, { url: await listening(answer) });
    const [outcome] = await sender.network.deliver([await box.batch()], NEVER);
    if (outcome?.kind !== 'kept') throw new Error(`it ended as ${outcome?.kind}`);
    return outcome;
  };

  it.each([200, 301, 400, 401, 403, 404, 413, 422])(
    'with HTTP %i in its own words settles and refuses nothing',
    async (status) => {
      const kept = await ask((_, response) =>
        response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Welcome'),
      );
      expect(kept.retryAfterMs).toBe(300_000);
      expect(kept.fault.code).toBe(status === 200 ? 'outpost.not-a-network' : `outpost.http-${status}`);
    },
  );

  it.each([408, 429, 500, 502, 504])('with HTTP %i is asked again soon', async (status) => {
    expect(await ask((_, response) => response.writeHead(status).end())).toMatchObject({
      retryAfterMs: 0,
      fault: { code: 'outpost.busy' },
    });
  });

  it.each([
    ['120', 120_000],
    ['999999999', 3_600_000],
    ['Tue, 14 Nov 2023 22:13:50 GMT', 30_000],
    ['Tue, 14 Nov 1999 22:13:50 GMT', 0],
    ['soon', 0],
    ['-5', 0],
  ])('that says Retry-After: %s is taken at its word within an hour', async (text, ms) => {
    // The clock of the sender stands at 2023-11-14T22:13:20Z.
    expect(
      (await ask((_, response) => response.writeHead(503, { 'retry-after': text }).end())).retryAfterMs,
    ).toBe(ms);
  });

  it('with an answer without end is cut off', async () => {
    const kept = await ask((_, response) => {
      response.writeHead(200, { 'content-type': VERDICT_TYPE });
      const more = (): void => {
        while (response.write(new Uint8Array(65_536)));
        response.once('drain', more);
      };
      more();
    });
    expect(kept.fault.words).toContain('longer than 1048576 bytes');
  });

  it.each([
    ['fewer verdicts than items', outpostWire.encodeVerdicts([])],
    [
      'half a verdict',
      outpostWire.encodeVerdicts([{ kind: 'refused', code: 'x', words: 'y' }]).subarray(0, 5),
    ],
    ['a verdict of no kind', Uint8Array.of(0xa2, 1, 1, 2, 0x81, 0x82, 9, 9)],
    ['another version', Uint8Array.of(0xa2, 1, 2, 2, 0x81, 0x83, 2, 0x60, 0x60)],
  ])('with %s is no network', async (_what, body) => {
    const kept = await ask((_, response) =>
      response.writeHead(200, { 'content-type': VERDICT_TYPE }).end(body),
    );
    expect(kept.fault.code).toBe('outpost.not-a-network');
  });

  it('with a receipt about something else is not believed', async () => {
    const signer = platformSigner(new Uint8Array(32).fill(5));
    const honest = play.sender(box);
    box.restart();
    const [first, second] = [await box.batch(), await box.batch()];
    const [outcome] = await honest.network.deliver([first], NEVER);
    if (outcome?.kind !== 'settled' || outcome.receipt === undefined) throw new Error('not settled');
    const { receipt } = outcome;
    const replay = await listening((_, response) => {
      const body = outpostWire.encodeVerdicts([{ kind: 'settled', receipt: receipt.bytes }]);
      response.writeHead(200, { 'content-type': VERDICT_TYPE }).end(body);
    });
    expect(await send(play.sender(box, { url: replay }), [second])).toEqual(['kept outpost.receipt-other']);
    const pinned = play.sender(box, { url: replay, key: keyText(signer.publicKey) });
    expect(await send(pinned, [first])).toEqual(['kept outpost.receipt-key']);
  });

  it('that takes small requests only is sent half by half, and in order', async () => {
    const seen: number[] = [];
    const url = await listening((request, response) => {
      const chunks: Uint8Array[] = [];
      request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      request.on('end', () => {
        const read = outpostWire.decodeDelivery(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
        const count = read.ok ? read.value.items.length : -1;
        seen.push(count);
        if (count > 2) response.writeHead(413).end();
        else {
          const verdict = { kind: 'refused', code: 'x', words: 'y' } as const;
          const body = outpostWire.encodeVerdicts(Array.from({ length: count }, () => verdict));
          response.writeHead(200, { 'content-type': VERDICT_TYPE }).end(body);
        }
      });
    });
    const items = [
      await box.batch(),
      await box.batch(),
      await box.batch(),
      await box.batch(),
      await box.batch(),
    ];
    expect(await send(play.sender(box, { url }), items)).toEqual(
      Array.from({ length: 5 }, () => 'refused x'),
    );
    expect(seen).toEqual([5, 3, 2, 1, 2]);
  });
});

describe('somebody else who talks to a network', () => {
  it('too slowly is cut off, header or body', async () => {
    await using play = await openPlayground({ requestDeadlineMs: 300 });
    const { hostname, port } = new URL(play.served.url);
    const drip = (text: string): Promise<string> =>
      new Promise((resolve) => {
        let said = '';
        const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(asciiBytes(text)));
        socket.on('data', (chunk) => {
          said += asciiText(chunk);
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(said));
      });
    const header = `POST ${DELIVERY_PATH} HTTP/1.1\r\nhost: x\r\n`;
    const body = `${header}content-type: ${DELIVERY_TYPE}\r\ncontent-length: 1000\r\n\r\nabc`;
    for (const said of await Promise.all([drip(header), drip(body)])) expect(said).toMatch(/^HTTP\/1.1 408 /);
    expect(play.served.status().requests).toBe(0);
  });

  const post = async (url: string, body: Uint8Array, type = DELIVERY_TYPE, method = 'POST') => {
    const answer = await fetch(url, {
      method,
      headers: { 'content-type': type },
      ...(method === 'POST' ? { body } : {}),
    });
    const refusal = outpostWire.decodeRefusal(new Uint8Array(await answer.arrayBuffer()));
    return `${answer.status} ${refusal.ok ? refusal.value.code : '?'}`;
  };

  it('is told what is wrong with a request that is too large, of another type, version, method or place', async () => {
    await using play = await openPlayground();
    const url = `${play.served.url}${DELIVERY_PATH}`;
    const empty = outpostWire.encodeDelivery({ records: [], items: [] });
    expect(await post(url, new Uint8Array(outpostWire.REQUEST_MAX_BYTES + 1))).toBe('413 too-large');
    expect(await post(url, empty, 'application/json')).toBe('415 content-type');
    expect(await post(url, Uint8Array.of(0xa3, 1, 2, 2, 0x80, 3, 0x80))).toBe('400 version');
    expect(await post(url, asciiBytes('{}'))).toBe('400 malformed');
    expect(await post(url, empty, DELIVERY_TYPE, 'GET')).toBe('405 method');
    expect(await post(`${play.served.url}/v2/attestations`, empty)).toBe('404 not-found');
    const status = await fetch(`${play.served.url}/v1/status`);
    expect(await status.json()).toMatchObject({
      name: 'play',
      key: keyText(play.served.publicKey),
      settled: 0,
    });
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hasMosquitto, startMosquitto } from '@outpost/firmware-bridge/wires';
import { manualClock } from '@outpost/schemas/testing';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { platformHash } from '../hash.ts';
import type { AnyNetwork, NetworkContext, NetworkKind, NetworkSettings } from '../networks/contract.ts';
import { mqtt } from '../networks/mqtt/network.ts';
import { webhook } from '../networks/webhook/network.ts';
import { type Deliver, openDeliver } from './deliver.ts';
import type { CrashJournal } from './testing/crash-journal.ts';
import { BATCHES, endsOf, filled, live, view } from './testing/lives.ts';

/** What arrived, by the id under which a receiver pays; the same id must always be the same thing. */
interface Arrived {
  readonly bodies: Map<string, string>;
  times: number;
}

const take = (arrived: Arrived, text: string): void => {
  const { id } = JSON.parse(text) as { readonly id: string };
  expect(arrived.bodies.get(id) ?? text).toBe(text);
  arrived.bodies.set(id, text);
  arrived.times += 1;
};

interface End extends AsyncDisposable {
  readonly url: string;
  readonly arrived: Arrived;
}

/** Takes everything, but the answer to every third is lost. */
const receiver = async (): Promise<End> => {
  const arrived: Arrived = { bodies: new Map(), times: 0 };
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (some: string) => {
      text += some;
    });
    request.on('end', () => {
      take(arrived, text);
      if (arrived.times % 3 === 0) response.destroy();
      else response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrived,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const subscriber = async (): Promise<End> => {
  const broker = await startMosquitto();
  const arrived: Arrived = { bodies: new Map(), times: 0 };
  const client = await connectAsync(broker.url, { protocolVersion: 5, reconnectPeriod: 0 });
  client.on('message', (_, payload) => take(arrived, payload.toString()));
  await client.subscribeAsync('plant/#', { qos: 1 });
  return {
    url: `${broker.url}/plant`,
    arrived,
    async [Symbol.asyncDispose]() {
      await client.endAsync(true);
      await broker[Symbol.asyncDispose]();
    },
  };
};

const open = async (kind: NetworkKind, url: string): Promise<AnyNetwork> => {
  const settings: NetworkSettings = { name: 'sim', url, options: {} };
  const context: NetworkContext = {
    clock: manualClock(),
    directory: '/nowhere',
    keyRecords: () => [],
    signed: () => Promise.resolve(undefined),
    order: (_, { id }) => Promise.resolve({ id, kind: 'refused', code: 'none', words: 'none.' }),
    alarm: () => undefined,
  };
  const opened = await kind.open(settings, context);
  if (!opened.ok) throw new Error(opened.fault.words);
  return opened.value;
};

const followOf =
  (network: AnyNetwork) =>
  (life: CrashJournal, clock: ReturnType<typeof manualClock>): Deliver => {
    if (network.follows !== 'attestations') throw new Error('a network of attestations');
    const reader = 'deliver:sim';
    const parts = { journal: life.journal, clock, hash: platformHash, network, reader };
    return openDeliver({ ...parts, acceptSimulated: true, view: view() });
  };

/** Crashes at each write in turn, then lives on to the end, all with the same receiver. */
const everyCrash = async (kind: NetworkKind, openEnd: () => Promise<End>): Promise<void> => {
  let writes = 4;
  for (let write = 1; write <= writes; write += 1) {
    for (const isOnDisk of [false, true]) {
      await using end = await openEnd();
      const disk = filled();
      for (const crash of [{ write, isOnDisk }, undefined]) {
        const network = await open(kind, end.url);
        const stopping = new AbortController();
        const running = network.run?.(stopping.signal).catch(() => undefined);
        const made = await live({ disk, crash, follow: followOf(network), isReal: true });
        if (crash === undefined && write === 1) writes = made;
        stopping.abort(new Error('this life is over'));
        await running;
        await network[Symbol.asyncDispose]();
      }
      const ends = [...endsOf(disk).values()];
      expect(ends).toEqual(Array.from({ length: BATCHES }, () => ['settled']));
      // A broker answers before its subscribers have everything.
      await expect.poll(() => end.arrived.bodies.size).toBe(BATCHES);
    }
  }
};

describe('attestations to whoever pays by their id', () => {
  it('arrive by webhook under one id each and end once, wherever a crash comes and answers are lost', async () => {
    await everyCrash(webhook, receiver);
  });

  it.skipIf(!hasMosquitto())(
    'arrive by MQTT under one id each and end once, wherever a crash comes',
    async () => {
      await everyCrash(mqtt, subscriber);
    },
  );
});

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceName, Observation, Order, OrderId } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { newTally } from '../adapter.ts';
import { adapter } from '../adapters/basics-station/index.ts';
import { systemClock } from '../clock.ts';
import { createOrderDesk } from '../order-desk.ts';
import { checkAddress, openPort } from './index.ts';

const clock = systemClock();
const { signal } = new AbortController();

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (let i = 0; !isSo(); i += 1) {
    if (i > 500) throw new Error(`in vain until ${what}`);
    await clock.sleep(10, signal);
  }
};

/** The status with which a connection is refused, or undefined where it opens. */
const refusedWith = (url: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, { headers });
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode));
    socket.on('error', () => undefined);
    socket.on('open', () => {
      socket.close();
      resolve(undefined);
    });
  });

/** A station's connection, and what it is told. */
const connectTo = async (url: string) => {
  const socket = new WebSocket(url);
  const told: string[] = [];
  const over = { closed: false };
  socket.on('message', (data) => told.push(String(data)));
  socket.on('close', () => {
    over.closed = true;
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return { told, over, say: (text: string) => socket.send(text), close: () => socket.close() };
};

const must = async (address: string, count: (what: string) => void = () => undefined) => {
  const opened = await openPort(address, { clock, signal, count });
  if (!opened.ok) throw new Error(opened.fault.words);
  return opened.value;
};

describe('the address of an LNS port', () => {
  it.each(['lns://0.0.0.0:3001', 'lns://[::]:3001?cert=/a&key=/b&ca=/c&authorization=/d'])(
    '%s is one',
    (address) => {
      expect(checkAddress(address)).toEqual({ ok: true, value: undefined });
    },
  );

  it.each([
    ['lns://0.0.0.0', 'has no port number'],
    ['lns://box:3001', "needs one of this box's own addresses"],
    ['lns://0.0.0.0:3001?cert=/a', 'belong together'],
    ['lns://0.0.0.0:3001?ca=/a', 'needs "cert"'],
    ['lns://0.0.0.0:3001?cert=a&key=/b', 'absolute path'],
    ['lns://0.0.0.0:3001/x', 'nothing after the port number'],
  ])('%s is none: %s', (address, words) => {
    const checked = checkAddress(address);
    expect(checked.ok ? '' : checked.fault.words).toContain(words);
  });
});

describe('an LNS port', () => {
  it('takes stations under their paths alone, and only those that know the word', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'outpost-lns-'));
    const file = join(directory, 'word');
    writeFileSync(file, 'Bearer abc\n');
    const address = `lns://127.0.0.1:${await freePort()}?authorization=${file}`;
    chmodSync(file, 0o644);
    expect(await openPort(address, { clock, signal })).toMatchObject({
      ok: false,
      fault: { code: 'lns.file' },
    });
    chmodSync(file, 0o600);
    const counts: string[] = [];
    {
      await using port = await must(address, (what) => counts.push(what));
      const url = port.where.replace('lns:', 'ws:').replace(/\?.*/, '');
      expect(await refusedWith(`${url}/router-info`)).toBe(401);
      expect(await refusedWith(`${url}/router-info`, { authorization: 'Bearer abd' })).toBe(401);
      expect(await refusedWith(`${url}/elsewhere`, { authorization: 'Bearer abc' })).toBe(404);
      expect(await refusedWith(`${url}/router-info`, { authorization: 'Bearer abc' })).toBeUndefined();
      expect(await openPort(address, { clock, signal })).toMatchObject({
        ok: false,
        fault: { code: 'lns.failed' },
      });
    }
    expect(counts).toEqual(['refused-401', 'refused-401', 'refused-404']);
    rmSync(directory, { recursive: true });
  });

  it('leads a station from its question to its router, hears it, and tells it what to send', async () => {
    const port = await must(`lns://127.0.0.1:${await freePort()}`);
    const url = port.where.replace('lns:', 'ws:');
    const readings: Observation[] = [];
    const outcomes: unknown[] = [];
    const desk = createOrderDesk((outcome) => outcomes.push(outcome));
    const gate = desk.connect(adapter.takes);
    const options = { region: 'EU868', gateways: ['b827ebfffe72e3bb'] };
    const { orders, ordered } = gate;
    const device = 'roof' as DeviceName;
    const tally = newTally();
    const context = { device, clock, signal, tally, orders, ordered, report: () => undefined };
    const reading = (async () => {
      for await (const observed of adapter.read(port, options, context)) {
        readings.push(...observed.readings);
        observed.kept();
      }
    })();

    const question = { method: 'POST', body: '{"router":"b827:ebff:fe72:e3bb","tcUri":""}' };
    const settings = await fetch(`${url.replace('ws:', 'http:')}/update-info`, question);
    const update = new Uint8Array(await settings.arrayBuffer());
    expect([
      settings.status,
      update.length,
      new TextDecoder().decode(update.subarray(2, 2 + url.length)),
    ]).toEqual([200, 14 + url.length, url]);
    expect((await fetch(`${url.replace('ws:', 'http:')}/update-info`)).status).toBe(404);
    const long = { method: 'POST', body: 'x'.repeat(10_000) };
    await expect(fetch(`${url.replace('ws:', 'http:')}/update-info`, long)).rejects.toThrow();

    const asking = await connectTo(`${url}/router-info`);
    asking.say('{"router":"b827:ebff:fe72:e3bb"}');
    await until('the station knows where to go', () => asking.told.length > 0);
    const { uri, router } = JSON.parse(asking.told[0] ?? '') as { uri: string; router: string };
    expect([uri, router]).toEqual([`${url}/EU868/router-b827ebfffe72e3bb`, 'b827:ebff:fe72:e3bb']);
    asking.close();

    const first = await connectTo(uri);
    const station = await connectTo(uri);
    await until('the older connection is over', () => first.over.closed);
    station.say('{"msgtype":"version","station":"2.0.6","model":"rpi","protocol":2}');
    await until('it knows its radio', () => station.told.length > 0);
    expect(JSON.parse(station.told[0] ?? '')).toMatchObject({
      msgtype: 'router_config',
      sx1301_conf: [
        { radio_0: { enable: true, freq: 868_300_000 }, chan_multiSF_0: { radio: 0, if: -200_000 } },
      ],
    });
    station.say(
      '{"msgtype":"updf","MHdr":64,"DevAddr":654311497,"FCtrl":128,"FCnt":40,"FOpts":"","FPort":102,' +
        '"FRMPayload":"C7","MIC":-100981792,"DR":5,"Freq":868100000,' +
        '"upinfo":{"rctx":0,"xtime":67835476264584907,"gpstime":0,"rssi":-60,"snr":9.5}}',
    );
    await until('it is heard', () => readings.length > 0);
    expect(readings[0]?.body).toMatchObject({ kind: 'reception', rssiDeciDbm: -600, snrDeciDb: 95 });

    const tmst = Number(67_835_476_264_584_907n % 2n ** 32n) + 1_000_000;
    const order: Order = {
      id: 'o' as OrderId,
      kind: 'downlink',
      gateway: 'b827ebfffe72e3bb',
      items: [
        {
          phy: Uint8Array.of(0x60, 1),
          at: { kind: 'count', tmst },
          frequencyHz: 868_100_000,
          powerDbm: 14,
          modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
          invertPolarity: true,
          preambleSymbols: undefined,
          noCrc: true,
        },
      ],
    };
    desk.give(order);
    await until('it is told', () => station.told.length > 1);
    expect(station.told[1]).toContain('"xtime":67835476264584907');
    station.say('{"msgtype":"dntxed","diid":1,"Freq":868100000,"xtime":67835476265584907}');
    await until('it is done', () => outcomes.length > 0);
    expect(outcomes).toMatchObject([{ id: 'o', kind: 'done', item: 0 }]);
    expect(tally.dropped).toEqual(new Map());
    await port[Symbol.asyncDispose]();
    await reading;
    gate.end();
  });
});

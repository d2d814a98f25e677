import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BEACON_EU868, beaconPhy, buildBeacon } from '@outpost/schemas/radio';
import { ok, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { readOrderRequest } from '../control/order-request.ts';
import { serveControl } from '../control/socket.ts';
import { entropiesFrom } from '../coverage/known.ts';
import { scratch } from '../journal/testing.ts';
import type { Terminal } from './context.ts';
import { outpost } from './main.ts';

const EUI = 'AA555A0000000001';

const beacon = async (...args: readonly string[]) => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    secret: async () => undefined,
    env: {},
    signal: new AbortController().signal,
  };
  return { code: await outpost(['coverage', 'beacon', ...args], terminal), out, err };
};

describe('outpost coverage beacon', () => {
  it('tells the gateway to send what anyone can make again from the file', async () => {
    await using directory = await scratch();
    const stop = new AbortController();
    const asked: string[] = [];
    const order = async (body: string) => {
      asked.push(body);
      return ok(JSON.stringify({ id: 'a', kind: 'done', words: 'sent at 16 dBm.', item: 0 }));
    };
    await serveControl(directory.path, { shows: {}, takes: { '/order': order } }, stop.signal);
    const file = join(directory.path, 'beacons.jsonl');
    const told = ['--once', '--region', 'EU868', '--gain', '2.1', '--beacons', file, '-d', directory.path];
    const { code, out, err } = await beacon(EUI, ...told, '--device', 'roof');
    await beacon(EUI, ...told, '--entropy', '00ff', '--entropy-time', '1677163710');
    stop.abort();
    expect([code, out, err]).toEqual([0, ['sent at 16 dBm.'], []]);

    const made = entropiesFrom(await readFile(file, 'utf8'), file);
    if (!made.ok) throw new Error(made.fault.words);
    expect(made.value.size).toBe(2);
    const phys = [...made.value.values()].map(({ remoteEntropy, localEntropy }) => {
      const again = buildBeacon(remoteEntropy, localEntropy, BEACON_EU868, 21);
      return again.ok ? toHex(beaconPhy(again.value)) : again.fault.words;
    });
    expect([...made.value.keys()]).toEqual(phys.map((phy) => phy.slice(2)));
    expect([...made.value.values()][1]?.remoteEntropy).toEqual({
      bytes: Uint8Array.of(0, 0xff),
      timestampS: 1_677_163_710,
      version: 0,
    });
    const requests = asked.map((body) => readOrderRequest(JSON.parse(body)));
    expect(requests.map((request) => (request.ok ? request.value.device : request.fault.words))).toEqual([
      'roof',
      undefined,
    ]);
    const wishes = requests.flatMap((request) => (request.ok ? [request.value.wish] : []));
    expect(wishes.map((wish) => (wish.kind === 'beacon' ? toHex(wish.items[0]!.phy) : wish.kind))).toEqual(
      phys,
    );
    expect(wishes[0]).toMatchObject({
      gateway: EUI.toLowerCase(),
      items: [{ at: { kind: 'immediately' }, powerDbm: 16, invertPolarity: false, noCrc: false }],
    });
  });

  it('is off until it is asked for, and needs a region whose channels are known', async () => {
    await using directory = await scratch();
    const file = join(directory.path, 'beacons.jsonl');
    const rest = ['--gain', '0', '--beacons', file, '-d', directory.path];
    const off = await beacon(EUI, '--region', 'EU868', ...rest);
    expect([off.code, off.err[0]]).toEqual([78, expect.stringMatching(/beacons are off.*--once/)]);
    const where = await beacon(EUI, '--once', '--region', 'US915', ...rest);
    expect([where.code, where.err[0]]).toEqual([
      78,
      expect.stringMatching(/not published; they are for EU868.*--region-params/),
    ]);
    expect((await beacon(EUI, '--once', ...rest)).code).toBe(78);
    expect((await beacon('roof', '--once', '--region', 'EU868', ...rest)).code).toBe(78);
    const known = ['--once', '--region', 'EU868', '--beacons', file, '-d', directory.path];
    for (const wrong of [
      ['--gain', '16'],
      ['--gain', 'x'],
      ['--gain', '0', '--entropy', 'zz'],
    ])
      expect([wrong, (await beacon(EUI, ...known, ...wrong)).code]).toEqual([wrong, 78]);
    await expect(readFile(file)).rejects.toThrow(/ENOENT/);
  });

  it('goes by what Helium served for another region, where the owner has it', async () => {
    await using directory = await scratch();
    const stop = new AbortController();
    const asked: string[] = [];
    const order = async (body: string) => {
      asked.push(body);
      return ok(JSON.stringify({ id: 'a', kind: 'done', words: 'sent.', item: 0 }));
    };
    await serveControl(directory.path, { shows: {}, takes: { '/order': order } }, stop.signal);
    const params = join(directory.path, 'us915.json');
    const spreading = [
      { spreadingFactor: 10, maxPacketBytes: 25 },
      { spreadingFactor: 9, maxPacketBytes: 67 },
    ];
    const channel = { frequencyHz: 903_900_000, bandwidthHz: 125_000, maxEirpDdbm: 300, spreading };
    await writeFile(params, JSON.stringify({ name: 'US915', channels: [channel] }));
    const file = join(directory.path, 'beacons.jsonl');
    const told = [
      '--once',
      '--gain',
      '3',
      '--beacons',
      file,
      '-d',
      directory.path,
      '--region-params',
      params,
    ];
    expect((await beacon(EUI, '--region', 'US915', ...told)).code).toBe(0);
    expect((await beacon(EUI, '--region', 'AU915', ...told)).err[0]).toMatch(/is about US915/);
    stop.abort();
    const [request] = asked.map((body) => readOrderRequest(JSON.parse(body)));
    expect(request).toMatchObject({
      ok: true,
      value: {
        wish: { items: [{ frequencyHz: 903_900_000, powerDbm: 30, modulation: { spreadingFactor: 9 } }] },
      },
    });
    await writeFile(params, JSON.stringify({ name: 'US915', channels: [{ ...channel, spreading: [] }] }));
    expect((await beacon(EUI, '--region', 'US915', ...told)).err[0]).toMatch(/channel 1 needs frequencyHz/);
  });

  it('says so where no gateway runs', async () => {
    await using directory = await scratch();
    const file = join(directory.path, 'beacons.jsonl');
    const told = ['--once', '--region', 'EU868', '--gain', '0', '--beacons', file, '-d', directory.path];
    expect((await beacon(EUI, ...told)).code).toBe(1);
  });
});

import { createSocket } from 'node:dgram';
import { systemClock } from '@outpost/firmware-bridge';
import { gwmpWire } from '@outpost/firmware-bridge/wires';
import { toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { CHEAT_NAMES, type LoraOptions } from './lora-options.ts';
import { hotspotCommand, loraWorldCommand, runLora } from './lora-world.ts';

const OPTIONS: LoraOptions = {
  hotspots: '4',
  devices: '60',
  seed: '1',
  speed: '100',
  centre: '52.52,13.405',
  radius: '3',
  region: 'EU868',
  propagation: 'hata-suburban',
  interval: '30',
  liars: '2',
  seconds: '20',
};

const run = async (over: Partial<LoraOptions> = {}) => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    signal: new AbortController().signal,
  };
  const code = await runLora({ ...OPTIONS, ...over }, terminal, systemClock());
  return { code, out, err };
};

/** A server that acknowledges and keeps what came. */
const openServer = async () => {
  const socket = createSocket('udp4');
  const came: Uint8Array[] = [];
  socket.on('message', (bytes, { port, address }) => {
    came.push(Uint8Array.from(bytes));
    const id = bytes[3] === gwmpWire.ID.pushData ? gwmpWire.ID.pushAck : gwmpWire.ID.pullAck;
    socket.send(Uint8Array.of(2, bytes[1] ?? 0, bytes[2] ?? 0, id), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const eventsOf = () =>
    came
      .flatMap((bytes) => gwmpWire.gwmpCodec.event.decode(bytes))
      .flatMap(({ result }) => (result.ok ? [result.value] : []));
  return { gwmp: `udp://127.0.0.1:${socket.address().port}`, came, eventsOf, close: () => socket.close() };
};

describe('outpost-sim lora-world', () => {
  it('prints what is heard, the same for the same seed', async () => {
    const [first, again] = [await run({ json: true }), await run({ json: true })];
    expect(first.code).toBe(0);
    const receptions = (lines: readonly string[]): readonly object[] =>
      lines
        .map((line) => JSON.parse(line) as { event: string; phy?: string; tmst?: number })
        .filter(({ event }) => event === 'heard')
        .map(({ phy, tmst }) => ({ phy, tmst }));
    expect(receptions(first.out).length).toBeGreaterThan(5);
    expect(receptions(again.out)).toEqual(receptions(first.out));
    expect(JSON.parse(first.out.at(-1) ?? '')).toMatchObject({ event: 'ended', seconds: 20, lies: 0 });
    expect((await run()).out.at(-1)).toMatch(/^simulated radio world ended after 20 s: \d+ frames, /);
  });

  it('speaks as packet forwarders to a real server', async () => {
    const server = await openServer();
    const { out, code } = await run({ gwmp: server.gwmp, json: true, devices: '150' });
    const events = server.eventsOf();
    server.close();
    expect(code).toBe(0);
    const euis = new Set(events.flatMap((event) => (event.kind === 'pull' ? [event.from.eui] : [])));
    expect(euis.size).toBe(4);
    const heard = events.filter(({ kind }) => kind === 'heard').length;
    const { faces, world } = JSON.parse(out.at(-1) ?? '') as {
      faces: { acked: number; late: number };
      world: { heard: { ok: number } };
    };
    // At this speed a forwarder waits a millisecond: on a busy machine every answer may be late.
    expect(faces.acked + faces.late).toBeGreaterThan(0);
    expect(heard).toBeGreaterThan(5);
    expect(heard).toBeLessThanOrEqual(world.heard.ok);
  });

  it('lets a second box speak by the EUI of the first, and a stranger in the name of all', async () => {
    const cloned = await run({ cheat: 'cloned-eui', json: true });
    const { hotspots } = JSON.parse(cloned.out[0] ?? '') as { hotspots: { eui: string }[] };
    expect(new Set(hotspots.map(({ eui }) => eui)).size).toBe(2);
    const server = await openServer();
    const forged = await run({ gwmp: server.gwmp, cheat: 'forged-tx-ack', json: true });
    const acks = server.eventsOf().filter(({ kind }) => kind === 'tx-ack');
    server.close();
    expect(forged.code).toBe(0);
    expect(acks.length).toBeGreaterThan(2);
    expect(server.came.some((bytes) => toHex(bytes.subarray(4, 12)).startsWith('0016c001'))).toBe(true);
  });

  it.each([
    [{ hotspots: '0' }, '--hotspots: "0" is not a number from 1 to 500.'],
    [{ devices: '1.5' }, '--devices: "1.5" is not a whole number from 0 to 20000.'],
    [{ speed: '1000' }, '--speed: "1000" is not a number from 0.1 to 100.'],
    [{ gwmp: 'tcp://a:1' }, '--gwmp: "tcp://a:1" is no address; write it like udp://127.0.0.1:1700.'],
    [{ centre: '91,0' }, 'write latitude,longitude in degrees, like 52.52,13.405.'],
    [{ region: 'EU' }, '--region: "EU" is not one of EU868,'],
    [{ region: 'US915', beacons: '10' }, "region US915: Helium's channels for beacons there"],
    [{ propagation: 'magic' }, '--propagation: "magic" is not one of free-space,'],
    [{ terrain: '/nowhere.asc' }, '--terrain: the file /nowhere.asc cannot be read (ENOENT).'],
    [{ cheat: 'lie' }, '--cheat: "lie" is not one of teleport,'],
    [{ cheat: 'forged-pull-data' }, 'give --gwmp too.'],
    [{ face: 'morse' }, '--face: "morse" is not one of gwmp, chirpstack, basics-station.'],
    [{ face: 'chirpstack' }, '--face: chirpstack needs somebody to speak to; give --server.'],
    [{ face: 'chirpstack', server: 'udp://a:1' }, 'write it like mqtt://127.0.0.1:1883.'],
    [{ face: 'chirpstack', server: 'mqtt://a', encoding: 'xml' }, '"xml" is neither protobuf nor json.'],
    [{ face: 'chirpstack', server: 'mqtt://a', qos: '2' }, '"2" is neither 0 nor 1.'],
    [
      { face: 'chirpstack', gwmp: 'udp://a:1' },
      '--gwmp: belongs to the face gwmp; give --server for chirpstack.',
    ],
    [{ face: 'basics-station', server: 'http://a' }, 'write it like ws://127.0.0.1:3001.'],
    [{ face: 'basics-station', server: 'ws://a?ca=/nowhere' }, '--server: the file /nowhere cannot be read.'],
    [{ eui: 'x' }, '--eui: "x" is no EUI; write 16 digits of lower-case hex.'],
  ])('refuses %j with exit code 78 and one sentence', async (over, sentence) => {
    const { code, out, err } = await run(over);
    expect([code, out, err.length]).toEqual([78, [], 1]);
    expect(err[0]).toContain(sentence);
  });

  it('explains every option and every cheat in its help', () => {
    const terminal = { out: () => undefined, err: () => undefined, signal: AbortSignal.abort() };
    const help = [loraWorldCommand, hotspotCommand].map((make) =>
      make(terminal, () => undefined).helpInformation(),
    );
    for (const option of ['--gwmp', '--seed', '--speed', '--cheat', '--json', '--terrain'])
      for (const text of help) expect(text).toContain(option);
    for (const cheat of CHEAT_NAMES) expect(help[0]?.replaceAll(/\s+/g, '')).toContain(cheat);
  });
});

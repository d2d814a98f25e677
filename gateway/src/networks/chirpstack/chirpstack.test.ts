import { connect, createServer, type Socket } from 'node:net';
import { hasMosquitto, startMosquitto } from '@outpost/firmware-bridge/wires';
import { type Config, parseConfig } from '@outpost/schemas/config';
import { DOWNLINK_FRAME, DOWNLINK_TX_ACK, readGw, UPLINK_FRAME, writeGw } from '@outpost/schemas/radio/gw';
import { toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../../journal/testing.ts';
import { listen, say, start, until } from './testing.ts';

const EUI = '0016c001ff10a235';

/** A way to a broker that can be cut. */
const openWay = async (broker: string) => {
  const { port, hostname } = new URL(broker);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [a, b] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(a);
      a.on('error', () => b.destroy());
      a.on('close', () => {
        sockets.delete(a);
        b.destroy();
      });
      a.pipe(b);
    }
    if (isCut) near.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mqtt://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    cut,
    heal: () => {
      isCut = false;
    },
    close: () => {
      cut();
      server.close();
    },
  };
};

const topicOf = (name: string, side = 'field'): string => `${side}/gateway/${EUI}/${name}`;

const uplink = (number: number, encoding: 'protobuf' | 'json'): Uint8Array =>
  writeGw(
    UPLINK_FRAME,
    {
      phyPayload: Uint8Array.of(0x40, number >> 8, number & 0xff),
      txInfo: {
        frequency: 868_100_000,
        modulation: { lora: { bandwidth: 125_000, spreadingFactor: 7, codeRate: 'CR_4_5' } },
      },
      rxInfo: {
        gatewayId: EUI,
        uplinkId: number + 1,
        rssi: -60,
        snr: 7.25,
        context: Uint8Array.of(0, 0, 0, 1),
        crcStatus: 'CRC_OK',
      },
    },
    encoding,
  );

const configOf = (dataDirectory: string, field: string, lns: string): Config => {
  const device = { name: 'roof', adapter: 'chirpstack', port: `${field}/field/gateway/+/event/+` };
  const parsed = parseConfig(
    {
      dataDirectory,
      keyKind: 'demo',
      devices: [{ ...device, options: { region: 'EU868' } }],
      networks: [{ name: 'lns', network: 'chirpstack', url: `${lns}/lns`, acceptSimulated: true }],
      store: null,
    },
    'test',
  );
  if (!parsed.ok) throw new Error(parsed.fault.words);
  return parsed.value;
};

describe.skipIf(!hasMosquitto())(
  'a whole Outpost between a gateway and a ChirpStack (needs mosquitto)',
  () => {
    it('passes every uplink on byte for byte, through an outage too, and downlinks back with their answers', async () => {
      await using directory = await scratch();
      await using broker = await startMosquitto();
      const way = await openWay(broker.url);
      const lns = await listen(broker.url, 'lns/gateway/+/event/+');
      const field = await listen(broker.url, 'field/gateway/+/command/+');
      const box = start(configOf(directory.path, broker.url, way.url));
      await until(
        'the device is connected',
        async () => (await box.status())?.devices[0]?.connected === true,
      );

      const sent: string[] = [];
      const uplinks = async (count: number): Promise<void> => {
        for (let i = 0; i < count; i += 1) {
          const payload = uplink(sent.length, i % 2 === 0 ? 'protobuf' : 'json');
          sent.push(toHex(payload));
          await say(field.client, topicOf('event/up'), payload);
        }
      };
      const arrived = (): readonly string[] => [
        ...new Set(
          lns.heard.filter(({ topic }) => topic.endsWith('/up')).map(({ payload }) => toHex(payload)),
        ),
      ];
      await uplinks(100);
      await until('all have arrived', () => arrived().length === 100);
      expect(arrived()).toEqual(sent);
      expect(new Set(lns.heard.map(({ topic }) => topic))).toEqual(new Set([topicOf('event/up', 'lns')]));

      way.cut();
      await uplinks(100);
      way.heal();
      await until('the rest has arrived', () => arrived().length === 200);
      expect(arrived()).toEqual(sent);

      const item = {
        phyPayload: Uint8Array.of(0x60, 1, 2),
        txInfo: {
          frequency: 868_100_000,
          power: 14,
          modulation: {
            lora: {
              bandwidth: 125_000,
              spreadingFactor: 7,
              codeRate: 'CR_4_5' as const,
              polarizationInversion: true,
            },
          },
          timing: { delay: { delay: 1_000_000_000n } },
          context: Uint8Array.of(0, 0, 4, 210),
        },
      };
      const down = writeGw(DOWNLINK_FRAME, { downlinkId: 4711, gatewayId: EUI, items: [item] }, 'protobuf');
      await say(lns.client, topicOf('command/down', 'lns'), down);
      await until('it is told', () => field.heard.length > 0);
      expect(field.heard[0]?.topic).toBe(topicOf('command/down'));
      const told = readGw(DOWNLINK_FRAME, field.heard[0]?.payload ?? new Uint8Array());
      if (!told.ok) throw new Error(told.fault.words);
      expect(toHex(told.value.items[0]?.txInfo?.context ?? new Uint8Array())).toBe('000f4712');
      const answer = {
        gatewayId: EUI,
        downlinkId: told.value.downlinkId,
        items: [{ status: 'OK' as const }],
      };
      await say(field.client, topicOf('event/ack'), writeGw(DOWNLINK_TX_ACK, answer, 'protobuf'));
      await until('it is answered', () => lns.heard.some(({ topic }) => topic.endsWith('/ack')));
      const ack = lns.heard.find(({ topic }) => topic.endsWith('/ack'));
      expect(readGw(DOWNLINK_TX_ACK, ack?.payload ?? new Uint8Array())).toMatchObject({
        ok: true,
        value: { gatewayId: EUI, downlinkId: 4711, items: [{ status: 'OK' }] },
      });

      const [network] = (await box.status())?.networks ?? [];
      expect(network).toMatchObject({
        settled: 200,
        refused: 0,
        expired: 0,
        unknown: 0,
        withheld: 0,
        pending: 0,
      });
      await box.stop();
      for (const { client } of [lns, field]) await client[Symbol.asyncDispose]();
      way.close();
    });
  },
);

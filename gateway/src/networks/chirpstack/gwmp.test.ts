import { createSocket } from 'node:dgram';
import { hasMosquitto, startMosquitto } from '@outpost/firmware-bridge/wires';
import { parseConfig } from '@outpost/schemas/config';
import { DOWNLINK_FRAME, DOWNLINK_TX_ACK, readGw, UPLINK_FRAME, writeGw } from '@outpost/schemas/radio/gw';
import { describe, expect, it } from 'vitest';
import { scratch } from '../../journal/testing.ts';
import { listen, say, start, until } from './testing.ts';

const EUI = '0102030405060708';
const ADDRESS = [1, 2, 3, 4, 5, 6, 7, 8];
const LNS = `eu868/gateway/${EUI}`;

/** The frame, the downlink and the transmission of chirpstack-mqtt-forwarder's own test (MIT), tests/semtech_udp_test.rs. */
const RXPK = {
  time: '2022-09-10T12:30:15Z',
  tmst: 1234,
  chan: 2,
  rfch: 0,
  freq: 868.1,
  stat: 1,
  modu: 'LORA',
  datr: 'SF7BW125',
  codr: '4/5',
  rssi: -35,
  lsnr: 5.1,
  size: 3,
  data: 'AQID',
};

/** A packet forwarder, and what it is sent. */
const forwarder = async (port: number) => {
  const socket = createSocket('udp4');
  const heard: Uint8Array[] = [];
  socket.on('message', (bytes) => heard.push(new Uint8Array(bytes)));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    heard,
    send: (token: readonly [number, number], kind: number, body = '') =>
      socket.send(
        Uint8Array.from([2, ...token, kind, ...ADDRESS, ...new TextEncoder().encode(body)]),
        port,
        '127.0.0.1',
      ),
    close: () => socket.close(),
  };
};

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
};

describe.skipIf(!hasMosquitto())(
  'a whole Outpost between a packet forwarder and a ChirpStack (needs mosquitto)',
  () => {
    it('says what chirpstack-mqtt-forwarder would say, and has sent what that would have sent', async () => {
      await using directory = await scratch();
      await using broker = await startMosquitto();
      const port = await freePort();
      const parsed = parseConfig(
        {
          dataDirectory: directory.path,
          keyKind: 'demo',
          devices: [
            {
              name: 'roof',
              adapter: 'gwmp',
              port: `udp:${port}`,
              options: { allow: [EUI], region: 'EU868' },
            },
          ],
          networks: [
            { name: 'lns', network: 'chirpstack', url: `${broker.url}/eu868`, acceptSimulated: true },
          ],
          store: null,
        },
        'test',
      );
      if (!parsed.ok) throw new Error(parsed.fault.words);
      const lns = await listen(broker.url, 'eu868/gateway/+/event/+');
      const box = start(parsed.value);
      await until('the port is open', async () => (await box.status())?.devices[0]?.connected === true);
      const roof = await forwarder(port);
      roof.send([0, 1], 2);
      await until('the way down is known', () => roof.heard.some((bytes) => bytes[3] === 4));
      roof.send([0, 2], 0, JSON.stringify({ rxpk: [RXPK] }));
      await until('the frame is there', () => lns.heard.length > 0);
      expect(lns.heard[0]?.topic).toBe(`${LNS}/event/up`);
      const uplink = readGw(UPLINK_FRAME, lns.heard[0]?.payload ?? new Uint8Array());
      expect(uplink).toMatchObject({
        ok: true,
        value: {
          phyPayload: Uint8Array.of(1, 2, 3),
          txInfo: {
            frequency: 868_100_000,
            modulation: { lora: { bandwidth: 125_000, spreadingFactor: 7, codeRate: 'CR_4_5' } },
          },
          rxInfo: {
            gatewayId: EUI,
            gwTime: BigInt(Date.UTC(2022, 8, 10, 12, 30, 15)) * 1_000_000n,
            rssi: -35,
            snr: Math.fround(5.1),
            channel: 2,
            rfChain: 0,
            context: Uint8Array.of(0, 0, 4, 210),
            crcStatus: 'CRC_OK',
          },
        },
      });

      const item = {
        phyPayload: Uint8Array.of(1, 2, 3),
        txInfo: {
          frequency: 868_300_000,
          power: 16,
          modulation: { lora: { bandwidth: 125_000, spreadingFactor: 8, codeRate: 'CR_4_5' as const } },
          timing: { delay: { delay: 1_000_000_000n } },
          context: Uint8Array.of(0, 0, 4, 210),
        },
      };
      const down = { downlinkId: 1234, gatewayId: EUI, items: [item] };
      await say(lns.client, `${LNS}/command/down`, writeGw(DOWNLINK_FRAME, down, 'protobuf'));
      await until('it is to be sent', () => roof.heard.some((bytes) => bytes[3] === 3));
      const resp = roof.heard.find((bytes) => bytes[3] === 3) ?? new Uint8Array();
      expect(JSON.parse(new TextDecoder().decode(resp.subarray(4)))).toMatchObject({
        txpk: {
          imme: false,
          rfch: 0,
          powe: 16,
          tmst: 1_001_234,
          freq: 868.3,
          modu: 'LORA',
          datr: 'SF8BW125',
          codr: '4/5',
          ipol: false,
          size: 3,
          data: 'AQID',
        },
      });
      roof.send([resp[1] ?? 0, resp[2] ?? 0], 5);
      const isAck = ({ topic }: { readonly topic: string }): boolean => topic === `${LNS}/event/ack`;
      await until('it is answered', () => lns.heard.some(isAck));
      expect(readGw(DOWNLINK_TX_ACK, lns.heard.find(isAck)?.payload ?? new Uint8Array())).toMatchObject({
        ok: true,
        value: { gatewayId: EUI, downlinkId: 1234, items: [{ status: 'OK' }] },
      });
      roof.close();
      await box.stop();
      await lns.client[Symbol.asyncDispose]();
    });
  },
);

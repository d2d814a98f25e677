import { connect } from 'node:net';
import { concatBytes } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { connectPacket, publishPacket } from './testing/client.ts';
import { newTestBroker, type TestBroker } from './testing/test-broker.ts';

const WEB_SOCKET = { websocket: { host: '127.0.0.1', port: 0 } } as const;
const MASK = [1, 2, 3, 4] as const;

const upgrade = (protocol: string): string =>
  'GET / HTTP/1.1\r\nHost: box\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  `Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\nSec-WebSocket-Version: 13\r\n${protocol}\r\n`;

/** A masked frame of RFC 6455 §5.2, shorter than 126 bytes. */
const frame = (first: number, payload: Uint8Array): Uint8Array =>
  Uint8Array.of(
    first,
    0x80 | payload.length,
    ...MASK,
    ...payload.map((byte, at) => byte ^ (MASK[at & 3] ?? 0)),
  );

/** Sends and gathers what comes, in Latin-1, until `until` stands in it or the connection ends. */
const talk = (box: TestBroker, pieces: readonly (string | Uint8Array)[], until?: string): Promise<string> =>
  new Promise((resolve) => {
    const address = box.broker.view.addresses.find((each) => each.startsWith('ws:'));
    const socket = connect(Number(new URL(address ?? '').port), '127.0.0.1');
    let heard = '';
    const end = (): void => {
      socket.destroy();
      resolve(heard);
    };
    socket.setEncoding('latin1').on('data', (text) => {
      heard += String(text);
      if (until !== undefined && heard.includes(until)) end();
    });
    socket.on('error', end);
    socket.once('close', end);
    socket.once('connect', () => {
      for (const each of pieces) socket.write(each);
    });
  });

const isStillThere = async (box: TestBroker): Promise<boolean> => {
  await using client = await box.dial();
  client.send(connectPacket({ clientId: 'x', user: 'x', password: 'x' }));
  return (await client.next())?.type === 2;
};

describe('the WebSocket of the broker', () => {
  it.each([
    ['no subprotocol', ''],
    ['another one', 'Sec-WebSocket-Protocol: chat, mqttv3.1\r\n'],
  ])('refuses who asks for %s before it is a WebSocket', async (_, header) => {
    await using box = await newTestBroker({ config: WEB_SOCKET });
    expect(await talk(box, [upgrade(header), frame(0x84, Uint8Array.of(1))])).toMatch(/^HTTP\/1\.1 400 /);
    expect(await isStillThere(box)).toBe(true);
  });

  it('outlives frames that are none, also one after the other', async () => {
    await using box = await newTestBroker({ config: WEB_SOCKET });
    const bad = frame(0x84, Uint8Array.of(1));
    await talk(box, [upgrade('Sec-WebSocket-Protocol: mqtt\r\n'), bad, bad, Uint8Array.of(0xff, 0xff)]);
    expect(await isStillThere(box)).toBe(true);
    await box.until('it is forgotten', () => box.broker.view.tally.connections === 0);
  });

  it('answers with one frame for each turn, not for each piece of a packet', async () => {
    await using box = await newTestBroker({ config: WEB_SOCKET });
    const password = await box.enrol('car');
    const reader = await box.read('car');
    const packets = concatBytes(
      connectPacket({ clientId: 'car', user: 'car', password }),
      publishPacket('devices/car/a', Uint8Array.of(0x31), { id: 1 }),
    );
    const keeping = box.until('it is kept', () => {
      reader.arrivals[0]?.settle?.('kept');
      return reader.arrivals.length > 0;
    });
    const said = await talk(
      box,
      [upgrade('Sec-WebSocket-Protocol: mqtt\r\n'), frame(0x82, packets)],
      '\x40\x02\x00\x01',
    );
    await keeping;
    expect(said).toContain('\x82\x04\x20\x02\x00\x00');
    expect(said).toContain('\x82\x04\x40\x02\x00\x01');
  });
});

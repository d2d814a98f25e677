import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asciiBytes, asciiText } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { readMessage, writeMessage } from '../message.ts';
import { hasMosquitto, type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { hasOpenssl, makeTestAuthority } from '../testing/test-authority.ts';
import { openPort } from './index.ts';

const { signal } = new AbortController();
const clock = systemClock();

describe.skipIf(!hasMosquitto() || !hasOpenssl())('an MQTT port with TLS at Eclipse Mosquitto', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-mqtts-'));
  const own = { ca: '', cert: '', key: '' };
  let broker: Mosquitto;
  beforeAll(async () => {
    const authority = makeTestAuthority(folder);
    const server = authority.issue('server');
    Object.assign(own, { ca: authority.ca, ...authority.issue('box') });
    // The broker becomes another user before it reads them.
    chmodSync(folder, 0o755);
    for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o644);
    broker = await startMosquitto({ tls: { ca: authority.ca, ...server } });
  });
  afterAll(async () => {
    await broker[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const faultOf = async (address: string): Promise<string | undefined> => {
    const opened = await openPort(address, { clock, signal });
    return opened.ok ? undefined : opened.fault.code;
  };

  it.each(['mqtts', 'wss'] as const)(
    'carries messages over %s, each side knowing the other',
    async (scheme) => {
      const url = scheme === 'mqtts' ? broker.url : broker.webSocketUrl;
      const address = `${url}/a/#?ca=${own.ca}&cert=${own.cert}&key=${own.key}`;
      const opened = await openPort(address, { clock, signal });
      if (!opened.ok) throw new Error(opened.fault.words);
      await using port = opened.value;
      await port.write(writeMessage({ topic: 'a/b', payload: asciiBytes('x') }), signal);
      for await (const { bytes } of port.arrivals) {
        const message = readMessage(bytes);
        expect(message.ok && asciiText(message.value.payload)).toBe('x');
        break;
      }
    },
  );

  it('trusts nobody whom it does not know, and is not let in without its certificate', async () => {
    expect(await faultOf(`${broker.url}/a`)).toBe('mqtt.certificate');
    expect(await faultOf(`${broker.url}/a?ca=${own.ca}`)).toMatch(/^mqtt\./);
    expect(await faultOf(`${broker.url}/a?ca=/no/such/file`)).toBe('mqtt.file');
  });
});

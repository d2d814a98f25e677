import { execFile, spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerConfig } from '@outpost/schemas/config';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { authorityPath } from './authority.ts';
import { type Enrolled, type EnrolRequest, enrol } from './enrol.ts';
import { newTestBroker, type TestBroker } from './testing/test-broker.ts';

const isThere = (program: string): boolean => spawnSync(program, ['--help']).error === undefined;
const hasMosquitto = isThere('mosquitto_pub') && isThere('mosquitto_sub');
const hasOpenssl = isThere('openssl');
const absent = (missing: boolean, what: string): string => (missing ? ` (skipped: no ${what} here)` : '');

const TLS: BrokerConfig['tls'] = { host: '127.0.0.1', port: 0, clientCertificates: 'optional', names: [] };

/** Runs a program to its end; its exit code and what it said. */
const run = (program: string, args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly said: string }>((resolve) => {
    execFile(program, [...args], { timeout: 10_000 }, (error, out, err) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        said: out + err,
      });
    });
  });

const portOf = ({ broker }: TestBroker, scheme: string): string => {
  const address = broker.view.addresses.find((each) => each.startsWith(`${scheme}:`));
  return new URL(address ?? '').port;
};

const enrolIn = async (
  box: TestBroker,
  name: string,
  more: Partial<EnrolRequest> = {},
): Promise<Enrolled> => {
  const request = {
    name,
    kind: 'plain',
    topics: [],
    reads: [],
    clientId: undefined,
    proof: { kind: 'password' },
  } as const;
  const before = box.broker.view.enrolled;
  const enrolled = await enrol(box.directory, { ...request, ...more });
  if (!enrolled.ok) throw new Error(enrolled.fault.words);
  await box.until('it is known', () => box.broker.view.enrolled > before);
  return enrolled.value;
};

/** Keeps whatever arrives. */
const readAndKeep = async (box: TestBroker, name: string) => {
  const reader = await box.read(name);
  let at = 0;
  return {
    said: reader.said,
    keepAll: () => {
      for (; at < reader.arrivals.length; at += 1) reader.arrivals[at]?.settle?.('kept');
      return at;
    },
  };
};

const publish = (port: string, enrolled: Enrolled, more: readonly string[]) => {
  const { name } = enrolled.enrolment;
  const account = enrolled.password === undefined ? [] : ['-u', name, '-P', enrolled.password];
  const message = ['-q', '1', '-t', `devices/${name}/speed`, '-m', '88'];
  return run('mosquitto_pub', ['-h', '127.0.0.1', '-p', port, '-i', name, ...account, ...message, ...more]);
};

describe('mosquitto_pub and mosquitto_sub', () => {
  it.skipIf(!hasMosquitto)(`speak over TCP${absent(!hasMosquitto, 'mosquitto-clients')}`, async () => {
    await using box = await newTestBroker();
    const car = await enrolIn(box, 'car');
    const page = await enrolIn(box, 'page', { kind: 'reader', reads: ['devices/+/speed'] });
    const reader = await readAndKeep(box, 'car');
    const at = [
      '-h',
      '127.0.0.1',
      '-p',
      `${box.port}`,
      '-i',
      'page',
      '-u',
      'page',
      '-P',
      page.password ?? '',
    ];
    const topic = ['-q', '1', '-t', 'devices/+/speed', '-C', '1', '-W', '9', '-v', '-d'];
    // Line by line, so that its subscription is heard of before it ends.
    const listening = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...at, ...topic]);
    let heard = '';
    listening.stdout.on('data', (chunk) => {
      heard += String(chunk);
    });
    // Not at its exit: what it said may still be on the way then.
    const ended = new Promise((resolve) => listening.once('close', resolve));
    await box.until('it listens', () => heard.includes('SUBACK'));
    const published = publish(`${box.port}`, car, []);
    await box.until('it is kept', () => reader.keepAll() === 1);
    expect((await published).code).toBe(0);
    expect(await ended).toBe(0);
    expect(heard).toContain('devices/car/speed 88');
    expect(reader.said()).toEqual(['devices/car/speed 88']);
  });

  it.skipIf(!hasMosquitto)(
    `know the box by its authority over TLS${absent(!hasMosquitto, 'mosquitto-clients')}`,
    async () => {
      await using box = await newTestBroker({ config: { tls: TLS } });
      const car = await enrolIn(box, 'car');
      const reader = await readAndKeep(box, 'car');
      const published = publish(portOf(box, 'mqtts'), car, ['--cafile', authorityPath(box.directory)]);
      await box.until('it is kept', () => reader.keepAll() === 1);
      expect(await published).toEqual({ code: 0, said: '' });
      const stranger = await publish(portOf(box, 'mqtts'), car, [
        '--cafile',
        '/etc/ssl/certs/ca-certificates.crt',
      ]);
      expect(stranger.code).not.toBe(0);
    },
  );

  it.skipIf(!hasMosquitto)(
    `show a certificate in place of a password${absent(!hasMosquitto, 'mosquitto-clients')}`,
    async () => {
      await using box = await newTestBroker({ config: { tls: { ...TLS, clientCertificates: 'required' } } });
      const car = await enrolIn(box, 'car', { proof: { kind: 'certificate' } });
      const reader = await readAndKeep(box, 'car');
      const [key, certificate] = [join(box.directory, 'car.key'), join(box.directory, 'car.crt')];
      await writeFile(key, car.certificate?.key ?? '');
      await writeFile(certificate, car.certificate?.certificate ?? '');
      const known = ['--cafile', authorityPath(box.directory)];
      const shown = publish(portOf(box, 'mqtts'), car, [...known, '--cert', certificate, '--key', key]);
      await box.until('it is kept', () => reader.keepAll() === 1);
      expect(await shown).toEqual({ code: 0, said: '' });
      expect((await publish(portOf(box, 'mqtts'), car, known)).code).not.toBe(0);
      await box.until('that is counted', () => (box.broker.view.tally.counts.get('tls-failed') ?? 0) > 0);
    },
  );

  const both = hasMosquitto && hasOpenssl;
  it.skipIf(!both)(
    `keep an Ed25519 key to themselves${absent(!both, 'mosquitto-clients or openssl')}`,
    async () => {
      await using box = await newTestBroker({ config: { tls: TLS } });
      const [key, request] = [join(box.directory, 'k'), join(box.directory, 'r')];
      await run('openssl', [
        'req',
        '-new',
        '-newkey',
        'ed25519',
        '-nodes',
        '-keyout',
        key,
        '-out',
        request,
        '-subj',
        '/CN=car',
      ]);
      const pem = (await run('cat', [request])).said;
      const car = await enrolIn(box, 'car', { proof: { kind: 'request', pem, where: request } });
      const reader = await readAndKeep(box, 'car');
      const certificate = join(box.directory, 'car.crt');
      await writeFile(certificate, car.certificate?.certificate ?? '');
      const shown = ['--cafile', authorityPath(box.directory), '--cert', certificate, '--key', key];
      const published = publish(portOf(box, 'mqtts'), car, shown);
      await box.until('it is kept', () => reader.keepAll() === 1);
      expect(await published).toEqual({ code: 0, said: '' });
    },
  );
});

describe('MQTT.js', () => {
  it('speaks over a WebSocket', async () => {
    await using box = await newTestBroker({ config: { websocket: { host: '127.0.0.1', port: 0 } } });
    const car = await enrolIn(box, 'car');
    const reader = await readAndKeep(box, 'car');
    const account = {
      username: 'car',
      password: car.password ?? '',
      clientId: 'car',
      protocolVersion: 4 as const,
    };
    const client = await connectAsync(`ws://127.0.0.1:${portOf(box, 'ws')}`, {
      ...account,
      reconnectPeriod: 0,
    });
    const published = client.publishAsync('devices/car/speed', '88', { qos: 1 });
    await box.until('it is kept', () => reader.keepAll() === 1);
    await published;
    await client.endAsync(true);
    expect(reader.said()).toEqual(['devices/car/speed 88']);
  });
});

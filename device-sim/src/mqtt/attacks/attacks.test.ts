import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeDisk, openJournalReadOnly, originOfKind } from '@outpost/gateway';
import { decodeLeaf } from '@outpost/schemas/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outpostSim } from '../../cli/main.ts';
import type { Program } from '../../system/programs.ts';
import { type Box, enterBox, openBox, startGateway } from '../box.ts';
import type { Finding } from './contract.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');

/** One reading in the JSON form of docs/devices/signed-readings.md. */
const signedReading = (sequence: number): string => {
  const line = JSON.stringify({ key, sequence, readings: { 'Sensor.Temperature': 21.5 } });
  const signature = sign(null, new TextEncoder().encode(`outpost-reading-json-v1\n${line}`), privateKey);
  return `${line}\n${signature.toString('hex')}`;
};

const DEVICE = 'signer';
const scene: { directory: string; box?: Box; program?: Program } = { directory: '' };

const attack = async (kind: string, ...more: readonly string[]) => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    signal: new AbortController().signal,
  };
  const credentials = ['--credentials', join(scene.directory, 'account.json')];
  const at = ['--mqtt', `mqtt://127.0.0.1:${scene.box?.port}`, '--kind', kind, '--json'];
  const code = await outpostSim(['mqtt-attack', ...at, ...credentials, ...more], terminal);
  expect(err).toEqual([]);
  const { findings } = JSON.parse(out.join('')) as { readonly findings: readonly Finding[] };
  expect(findings.filter(({ holds }) => !holds)).toEqual([]);
  expect(code).toBe(0);
  expect(scene.program?.running()).toBe(true);
  return findings;
};

/** Leaves of readings in the journal that speak of the temperature. */
const readingsIn = async (data: string): Promise<number> => {
  const view = await openJournalReadOnly({ directory: join(data, 'journal'), disk: nodeDisk() });
  if (!view.ok) throw new Error(view.fault.words);
  let found = 0;
  for await (const { kind, bytes } of view.value.read(view.value.start, view.value.end)) {
    if (originOfKind(kind) === undefined) continue;
    const leaf = decodeLeaf(bytes);
    if (leaf.ok && leaf.value.body.kind === 'number') found += 1;
  }
  return found;
};

describe('a gateway that is attacked', () => {
  beforeAll(async () => {
    scene.directory = await mkdtemp(join(tmpdir(), 'outpost-attack-'));
    scene.box = await openBox({
      directory: scene.directory,
      devices: [{ name: DEVICE, adapter: 'signed', options: { key } }],
    });
    const password = scene.box.passwords.get(DEVICE);
    await writeFile(join(scene.directory, 'account.json'), JSON.stringify({ user: DEVICE, password }));
    await writeFile(join(scene.directory, 'reading'), signedReading(12));
    scene.program = startGateway(scene.box);
    (await enterBox(scene.box, scene.program, DEVICE)).socket.destroy();
  }, 60_000);

  afterAll(async () => {
    scene.program?.send('SIGKILL');
    await scene.program?.ended;
    await rm(scene.directory, { recursive: true, force: true });
  });

  it('cuts off who announces 256 MiB, known or not', async () => {
    expect(await attack('length-bomb', '--count', '8')).toHaveLength(3);
  }, 30_000);

  it('cuts off who drips its CONNECT, and answers others meanwhile', async () => {
    await attack('slow-loris', '--count', '300');
  }, 30_000);

  it('pushes nobody out for an identifier that somebody else says', async () => {
    expect(await attack('id-collision')).toHaveLength(3);
  }, 30_000);

  it('takes and gives nothing outside of the own topics', async () => {
    await attack('topic-escape');
  }, 60_000);

  it('acknowledges what is replayed and makes one reading of it', async () => {
    const reading = join(scene.directory, 'reading');
    await attack('replay', '--payload', reading, '--topic', `devices/${DEVICE}/readings`, '--count', '10');
    expect(await readingsIn(scene.box?.data ?? '')).toBe(1);
  }, 30_000);

  it('answers others while it is flooded', async () => {
    await attack('flood', '--seconds', '2');
  }, 30_000);
});

describe('outpost-sim mqtt-attack', () => {
  it.each([
    [['--mqtt', 'mqtt://h.example', '--kind', 'flood'], 'must be in a private network'],
    [['--mqtt', 'http://127.0.0.1', '--kind', 'flood'], 'must be the address of a broker'],
    [['--mqtt', 'mqtt://127.0.0.1', '--kind', 'toString'], '--kind: must be one of length-bomb'],
    [['--mqtt', 'mqtt://127.0.0.1', '--kind', 'flood'], '--credentials: is needed'],
    [['--mqtt', 'mqtt://127.0.0.1', '--kind', 'slow-loris', '--count', '2000'], '--count: must be'],
    [
      ['--mqtt', 'mqtt://127.0.0.1', '--kind', 'replay', '--payload', '/none'],
      '--payload: /none cannot be read',
    ],
  ])('%j is refused with exit code 78 and one sentence', async (args, words) => {
    const err: string[] = [];
    const terminal = {
      out: () => undefined,
      err: (line: string) => void err.push(line),
      signal: new AbortController().signal,
    };
    expect(await outpostSim(['mqtt-attack', ...args], terminal)).toBe(78);
    expect(err.join(' ')).toContain(words);
  });
});

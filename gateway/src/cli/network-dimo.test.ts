import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { keyText, openKeyRing } from '../keys/index.ts';
import type { Terminal } from './context.ts';
import { outpost } from './main.ts';

const dimo = async (...args: readonly string[]) => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    secret: async () => undefined,
    env: {},
    signal: new AbortController().signal,
  };
  const code = await outpost(['network', 'dimo', ...args], terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const options = { vehicles: { car: 33 }, certificate: { file: '/nowhere.pem', key: '/nowhere-key.pem' } };
const prepare = async (directory: string, keyed: boolean, own: object = options) => {
  const config = join(directory, 'outpost.json');
  const data = join(directory, 'data');
  const network = { name: 'dimo', network: 'dimo', url: 'https://din.dimo.zone:9443', options: own };
  await writeFile(config, JSON.stringify({ dataDirectory: data, networks: [network] }));
  if (!keyed) return { config, data, gateway: '' };
  const { makeDataDirectory, keysDirectory } = await import('../data-directory.ts');
  await makeDataDirectory(data);
  const ring = await openKeyRing({ directory: keysDirectory(data), kind: 'file', clock: systemClock() });
  if (!ring.ok) throw new Error(ring.fault.words);
  return { config, data, gateway: keyText(ring.value.gateway().publicKey) };
};

describe('outpost network dimo', () => {
  it('makes an identity once, binds it to the box, and says what is left to do', async () => {
    await using directory = await scratch();
    const { config, data, gateway } = await prepare(directory.path, true);
    const first = await dimo('add', '--config', config);
    expect(first.code).toBe(0);
    const address = /0x[0-9a-fA-F]{40}/.exec(first.out)?.[0] ?? '';
    expect(first.out).toContain(gateway);
    expect(first.out).toContain('certificate');
    expect((await stat(join(data, 'networks', 'dimo', 'key'))).mode & 0o777).toBe(0o600);
    expect((await dimo('add', '--config', config)).out).toContain(address);
    const shown = await dimo('show', '--config', config);
    expect(shown.out).toContain(`bound to     ${gateway}`);
    expect(shown.out).toMatch(/\d+ h left to qualify for week \d+/);
    expect(shown.out).not.toMatch(/secret|[0-9a-f]{64}.*key/);
  });

  it('foretells from the streak that the app shows', async () => {
    await using directory = await scratch();
    const { config } = await prepare(directory.path, true);
    await dimo('add', '--config', config);
    const said = await dimo(
      'streak',
      '--config',
      config,
      '--vehicle',
      'car',
      '--weeks',
      '22',
      '--missed',
      '2',
    );
    expect(said.out).toContain('3rd inactive week');
    expect(said.out).toContain('4 connected weeks, 1000 of 3000 points');
    const { vehicles, isBound } = JSON.parse((await dimo('show', '--config', config, '--json')).out) as {
      vehicles: readonly object[];
      isBound: boolean;
    };
    expect(isBound).toBe(true);
    expect(vehicles).toMatchObject([
      { device: 'car', streak: { connected: 4, disconnected: 3 }, points: 1_000 },
    ]);
  });

  it('lists what was attested, and says of which key it is bound to once the gateway has another', async () => {
    await using directory = await scratch();
    const { config, data } = await prepare(directory.path, true);
    await dimo('add', '--config', config);
    expect((await dimo('statements', '--config', config)).out).toContain('Nothing was attested yet');
    const own = join(data, 'networks', 'dimo');
    const taken = { id: 'ab'.repeat(32), kind: 'trip', device: 'car', time: '2026-11-18T10:00:00.000Z' };
    await writeFile(
      join(own, 'statements.json'),
      JSON.stringify([taken, { ...taken, id: 'cd'.repeat(32) }, 5]),
    );
    await writeFile(join(own, 'taken-back.json'), JSON.stringify(['ab'.repeat(32)]));
    expect((await dimo('statements', '--config', config)).out.split('\n')).toEqual([
      'cdcdcdcdcdcdcdcd  2026-11-18T10:00:00Z  trip      car',
      'abababababababab  2026-11-18T10:00:00Z  trip      car  taken back',
    ]);
    const ring = await openKeyRing({ directory: join(data, 'keys'), kind: 'file', clock: systemClock() });
    if (!ring.ok || !(await ring.value.rotate('gateway')).ok) throw new Error('no new key');
    expect((await dimo('show', '--config', config)).out).toContain('no key that the gateway has now');
    await dimo('add', '--config', config);
    const shown = (await dimo('show', '--config', config)).out;
    expect(shown).toContain(`bound to     ${keyText(ring.value.gateway().publicKey)}`);
  });

  it.each([
    [['show'], 'there is no identity yet'],
    [['add'], 'no keys yet'],
    [['add', 'Big Name'], 'no name of a network'],
    [['streak', '--vehicle', 'bike', '--weeks', '1'], 'no vehicle'],
    [['streak', '--vehicle', 'car', '--weeks', 'many'], 'whole numbers'],
    [['void', 'abc', '--vehicle', 'car', '--reason', 'x'], 'attests nothing'],
  ])('says in one sentence why %j cannot be', async (args, words) => {
    await using directory = await scratch();
    const { config } = await prepare(directory.path, false);
    const { code, err } = await dimo(...args, '--config', config);
    expect(code).toBe(78);
    expect(err).toContain(words);
  });
});

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDimoNode } from './dimo-node.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outpost-sim-dimo-'));
});
afterAll(() => rm(directory, { recursive: true }));

const run = async (over: Readonly<Record<string, string>> = {}): Promise<string> => {
  const said: string[] = [];
  const terminal = {
    out: (line: string) => said.push(line),
    err: (line: string) => said.push(line),
    signal: AbortSignal.abort(),
  };
  const options = {
    listen: '127.0.0.1:0',
    state: join(directory, 'state'),
    node: 'din',
    chain: 'polygon',
    licence: '0x0000000000000000000000000000000000000001',
    ...over,
  };
  return `${await runDimoNode(options, terminal)} ${said.join(' | ')}`;
};

describe('outpost-sim dimo-node', () => {
  it('says where its three ports are, keeps its authority, and ends with 0 at Ctrl-C', async () => {
    expect(await run()).toMatch(
      /^0 simulated DIMO \(din\): status https:\/\/127\.0\.0\.1:\d+, attestations https:\/\/127\.0\.0\.1:\d+ \| login, .*0 events stored/,
    );
    const authority = await readFile(join(directory, 'state', 'authority.pem'), 'utf8');
    expect(authority).toContain('BEGIN CERTIFICATE');
    expect((await stat(join(directory, 'state', 'authority-key.pem'))).mode & 0o777).toBe(0o600);
    await run();
    expect(await readFile(join(directory, 'state', 'authority.pem'), 'utf8')).toBe(authority);
  });

  it.each([
    [{ listen: 'nowhere' }, '--listen: must be like 127.0.0.1:35200'],
    [{ node: 'dos' }, '--node: must be din or dis'],
    [{ chain: 'mainnet' }, '--chain: must be polygon or amoy'],
    [{ rate: '0' }, '--rate: must be a whole number from 1 on'],
    [{ licence: '0x1' }, '--licence: must be 0x and 40 hex digits'],
    [{ faults: '/nowhere.json' }, '--faults: the file /nowhere.json cannot be read (ENOENT).'],
    [{ state: '/dev/null/x' }, '--state: /dev/null/x cannot be made or written (ENOTDIR).'],
  ])('refuses %j with exit code 78 and one sentence', async (options, sentence) => {
    const said = await run(options as unknown as Readonly<Record<string, string>>);
    expect(said).toMatch(/^78 /);
    expect(said).toContain(sentence);
  });
});

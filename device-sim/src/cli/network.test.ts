import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkCommand, runNetwork } from './network.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outpost-sim-network-'));
});
afterAll(() => rm(directory, { recursive: true }));

const run = async (over: Readonly<Record<string, string>> = {}): Promise<string> => {
  const said: string[] = [];
  const terminal = {
    out: (line: string) => said.push(line),
    err: (line: string) => said.push(line),
    signal: AbortSignal.abort(),
  };
  const options = { listen: 'http://127.0.0.1:0', state: join(directory, 'state'), name: 'play', ...over };
  return `${await runNetwork(options, terminal)} ${said.join(' | ')}`;
};

describe('outpost-sim network', () => {
  it('says where it is and by which key, the same at every start, and ends with 0 at Ctrl-C', async () => {
    const said = await run();
    expect(said).toMatch(
      /^0 simulated network play at http:\/\/127\.0\.0\.1:\d+: key outpost-ed25519:[0-9a-f]{64} \| simulated network ended: 0 settled with 0 readings, 0 repeated, refused: none$/,
    );
    const key = /outpost-ed25519:\w+/.exec(said)?.[0] ?? 'none';
    expect(await run()).toContain(key);
  });

  it.each([
    [{ listen: 'nowhere' }, '--listen: "nowhere" is no address'],
    [{ listen: 'tcp://127.0.0.1:1' }, 'is no address to listen on; write http://127.0.0.1:35100.'],
    [{ faults: '/nowhere.json' }, '--faults: the file /nowhere.json cannot be read (ENOENT).'],
    [{ state: '/dev/null/x' }, '/dev/null/x: cannot be made (ENOTDIR).'],
  ])('refuses %j with exit code 78 and one sentence', async (options, sentence) => {
    const said = await run(options as unknown as Readonly<Record<string, string>>);
    expect(said).toMatch(/^78 /);
    expect(said).toContain(sentence);
    expect(said).not.toContain('|');
  });

  it('refuses a fault script that it does not understand', async () => {
    const faults = join(directory, 'faults.json');
    await writeFile(faults, '[{"what": "explode"}]');
    expect(await run({ faults })).toContain('entry 1 of the fault script needs "what"');
  });

  it('explains every option in its help', () => {
    const help = networkCommand(
      { out: () => undefined, err: () => undefined, signal: AbortSignal.abort() },
      () => undefined,
    ).helpInformation();
    for (const option of ['--listen', '--state', '--name', '--accept-simulated', '--faults'])
      expect(help).toContain(option);
  });
});

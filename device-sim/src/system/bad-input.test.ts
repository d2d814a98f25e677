import { chmod, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, openScene, type Scene, stop, untilStatus } from './box.ts';
import { type Ended, OUTPOST, OUTPOST_SIM, outpost, runProgram } from './programs.ts';

/** A dongle that nobody listens as; nothing here gets so far as to ask it. */
const PORT = 'tcp://127.0.0.1:9';
const KEY = `outpost-ed25519:${'11'.repeat(32)}`;

/** One line, a whole sentence, no trace of where in the code it happened. */
const sentenceOf = ({ err, code }: Ended): string => {
  const lines = err.trimEnd().split('\n');
  expect(lines, `exit ${code}`).toHaveLength(1);
  expect(err).not.toMatch(/\n\s+at |Error:|node:internal|undefined|\[object/);
  // A sentence ends with its dot, or with the command that mends what it says.
  expect(lines[0]).toMatch(/[.)]$|run: \S.*$/);
  return lines[0] ?? '';
};

describe('bad input', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene[Symbol.asyncDispose](), 60_000);

  const good = (name: string) => configOf({ data: scene.path(name), port: PORT });
  const car = { name: 'car', adapter: 'elm327', port: PORT };
  const net = { name: 'sim', network: 'outpost', url: 'http://127.0.0.1:9', key: KEY };

  const wrongConfigs: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'an unknown key',
      () => ({ ...good('a'), attest: { everySecond: 1 } }),
      /"everySecond" is unknown in attest.*everySeconds/,
    ],
    ['no JSON', () => '{"dataDirectory": ', /JSON/],
    ['a port that is no address', () => ({ ...good('b'), devices: [{ ...car, port: 'usb0' }] }), /usb0/],
    [
      'an unknown kind of port',
      () => ({ ...good('b'), devices: [{ ...car, port: 'gopher://x:1' }] }),
      /gopher/,
    ],
    [
      'an unknown adapter',
      () => ({ ...good('c'), devices: [{ ...car, adapter: 'elm328' }] }),
      /elm328.*elm327/,
    ],
    [
      'an unknown option of an adapter',
      () => ({ ...good('d'), devices: [{ ...car, options: { speed: 1 } }] }),
      /speed/,
    ],
    ['a network key that is no key', () => ({ ...good('e'), networks: [{ ...net, key: 'hello' }] }), /key/],
    [
      'an unknown kind of network',
      () => ({ ...good('f'), networks: [{ ...net, network: 'helium9' }] }),
      /helium9/,
    ],
  ];

  it.each(wrongConfigs)(
    'answers %s in the configuration with one sentence and exit 78',
    async (what, make, words) => {
      const config = await scene.write(`${what.replaceAll(' ', '-')}.json`, make());
      const ended = await outpost(['run', '--config', config]);
      expect(sentenceOf(ended)).toMatch(words);
      expect(ended.code).toBe(78);
    },
  );

  it('answers a configuration that is not there with one sentence and exit 78', async () => {
    const ended = await outpost(['run', '--config', scene.path('none.json')]);
    expect(sentenceOf(ended)).toContain('outpost init');
    expect(ended.code).toBe(78);
  });

  it('makes a configuration and keys once and overwrites neither', async () => {
    const args = ['init', '--config', scene.path('init.json'), '--data', scene.path('init'), '--port', PORT];
    const first = await outpost(args);
    expect([first.code, first.err]).toEqual([0, '']);
    const keyFile = scene.path('init/keys/gateway.seed');
    const before = [await readFile(scene.path('init.json'), 'utf8'), await readFile(keyFile, 'hex')];
    const second = await outpost(args);
    expect(sentenceOf(second)).toContain('left as it is');
    expect(second.code).toBe(78);
    expect([await readFile(scene.path('init.json'), 'utf8'), await readFile(keyFile, 'hex')]).toEqual(before);

    await chmod(keyFile, 0o644);
    const open = await outpost(['run', '--config', scene.path('init.json')]);
    expect(sentenceOf(open)).toMatch(/gateway\.seed.*600/);
    expect(open.code).toBe(78);
    await writeFile(keyFile, 'garbage');
    await chmod(keyFile, 0o600);
    const garbage = await outpost(['run', '--config', scene.path('init.json')]);
    expect(sentenceOf(garbage)).toContain('gateway.seed');
    expect(garbage.code).toBe(78);
    expect(await readFile(keyFile, 'utf8')).toBe('garbage');
  });

  it('refuses a second gateway on the same data directory and says which process has it', async () => {
    const config = await scene.write('twice.json', good('twice'));
    const first = scene.gateway(config);
    await untilStatus(first, scene.path('twice'), 'the first one runs', () => true);
    const second = await outpost(['run', '--config', config]);
    expect(sentenceOf(second)).toContain(`process ${first.pid}`);
    expect(second.code).toBe(1);
    expect((await stop(first)).code).toBe(0);
  });

  it('says of a file that is no evidence, and of one that is not there, that nothing holds', async () => {
    const file = await scene.write('letter.outpost', 'Dear network, I drove a lot.');
    const [letter, none] = await Promise.all([
      outpost(['verify', file]),
      outpost(['verify', scene.path('none')]),
    ]);
    expect([letter.code, letter.err]).toEqual([1, '']);
    expect(letter.out).toContain('DOES NOT HOLD');
    expect(sentenceOf(none)).toContain('cannot be read');
    expect(none.code).toBe(1);
    const key = await outpost(['verify', file, '--key', 'mine']);
    expect(sentenceOf(key)).toContain('"mine"');
    expect(key.code).toBe(78);
  });

  it('says that no gateway runs where none does', async () => {
    const ended = await outpost(['status', '--data', scene.path('nowhere')]);
    expect(sentenceOf(ended)).toContain('no gateway runs');
    expect(ended.code).toBe(1);
  });

  it('explains every command', async () => {
    const commands = [
      '',
      'init',
      'discover',
      'run',
      'status',
      'doctor',
      'keys',
      'export',
      'verify',
      'config',
    ];
    const keys = ['list', 'show', 'export', 'import', 'rotate', 'revoke'].map((each) => `keys ${each}`);
    const asked = [...commands, ...keys].map((command) => ['outpost', OUTPOST, command] as const);
    const sims = ['', 'car', 'network'].map((command) => ['outpost-sim', OUTPOST_SIM, command] as const);
    const left = [...asked, ...sims];
    const ask = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const [name, script, command] = next;
        const ended = await runProgram(script, [...command.split(' ').filter(Boolean), '--help']);
        expect([command, ended.code, ended.err]).toEqual([command, 0, '']);
        expect(ended.out).toContain(`Usage: ${name}${command === '' ? '' : ` ${command}`}`);
      }
    };
    await Promise.all([ask(), ask(), ask()]);
    const unknown = await outpost(['frobnicate']);
    expect(unknown.code).toBe(78);
    expect(unknown.err).toContain('frobnicate');
  }, 60_000);
});

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTPOST } from './programs.ts';

const run = promisify(execFile);
const UNIT = fileURLToPath(new URL('../../../deploy/systemd/outpost.service', import.meta.url));
/** Ten times the exposure that `systemd-analyze security` may find. */
const EXPOSURE_MAX = 20;

const canRun = (program: string, args: readonly string[]): Promise<boolean> =>
  run(program, [...args]).then(
    () => true,
    () => false,
  );

/** Why a tool cannot be asked, as it stands behind a test's name; empty where it can. */
const without = async (what: string, program: string, args: readonly string[]): Promise<string> =>
  (await canRun(program, args)) ? '' : ` (${what})`;

const noSystemd = await without('there is no systemd-analyze', 'systemd-analyze', ['--version']);
const noOffline =
  noSystemd === '' && !/--offline/.test((await run('systemd-analyze', ['--help'])).stdout)
    ? ' (this systemd-analyze cannot judge a file)'
    : noSystemd;
const noStrace = await without('strace may not look here', 'strace', ['-qq', '-e', 'trace=none', 'true']);
const cannotTrace = noSystemd === '' ? noStrace : noSystemd;

/** The values of a key of the unit, in order; keys may stand there more than once. */
const valuesOf = (unit: string, key: string): readonly string[] =>
  unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));

/** The system calls of a filter's words: names, and `@groups` of them. */
const callsOf = async (words: readonly string[]): Promise<ReadonlySet<string>> => {
  const calls = new Set<string>();
  for (const word of words) {
    if (!word.startsWith('@')) {
      calls.add(word);
      continue;
    }
    const { stdout } = await run('systemd-analyze', ['syscall-filter', word]);
    const inner = stdout
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
    for (const call of await callsOf(inner.filter((line) => line !== '' && !line.startsWith('#'))))
      calls.add(call);
  }
  return calls;
};

const allowedBy = async (unit: string): Promise<ReadonlySet<string>> => {
  const lines = valuesOf(unit, 'SystemCallFilter');
  const words = (of: boolean): readonly string[] =>
    lines.filter((line) => line.startsWith('~') === of).flatMap((line) => line.replace('~', '').split(' '));
  const [calls, denied] = await Promise.all([callsOf(words(false)), callsOf(words(true))]);
  return new Set([...calls].filter((call) => !denied.has(call)));
};

describe('the systemd unit', () => {
  let directory: string;
  let unit: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'outpost-unit-'));
    unit = await readFile(UNIT, 'utf8');
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  /** The command of the unit as it is run here, with other words behind the program. */
  const command = (...args: readonly string[]): readonly string[] => {
    const [start = ''] = valuesOf(unit, 'ExecStart');
    const words = start.split(' ');
    const program = words.findIndex((word) => word.endsWith('outpost.mjs'));
    return [...words.slice(1, program), OUTPOST, ...args];
  };

  /** A copy that starts this node, which may be elsewhere than a package puts it. */
  const copy = async (): Promise<string> => {
    const path = join(directory, 'outpost.service');
    await writeFile(path, unit.replace('/usr/bin/node', process.execPath));
    return path;
  };

  it.skipIf(noSystemd !== '')(`is understood by systemd without a warning${noSystemd}`, async () => {
    const { stdout, stderr } = await run('systemd-analyze', ['verify', await copy()]);
    expect([stdout, stderr]).toEqual(['', '']);
  });

  it.skipIf(noOffline !== '')(`exposes little to whoever takes the gateway over${noOffline}`, async () => {
    const threshold = [`--threshold=${EXPOSURE_MAX}`, '--offline=true', '--no-pager'];
    const { stdout } = await run('systemd-analyze', ['security', ...threshold, await copy()]);
    const score = Number(/exposure level for .*: ([\d.]+)/.exec(stdout)?.[1]);
    expect(score).toBeLessThanOrEqual(EXPOSURE_MAX / 10);
  });

  it('leaves the gateway its serial lines, its data directory, its compiler and the time to end', () => {
    expect(valuesOf(unit, 'SupplementaryGroups')).toEqual(['dialout']);
    const lines = ['ttyUSB', 'ttyACM', 'ttyAMA', 'ttyS', 'rfcomm'].map((name) => `char-${name} rw`);
    expect(valuesOf(unit, 'DeviceAllow')).toEqual(expect.arrayContaining(lines));
    expect(valuesOf(unit, 'PrivateDevices')).toEqual([]);
    expect([valuesOf(unit, 'ProtectSystem'), valuesOf(unit, 'StateDirectory')]).toEqual([
      ['strict'],
      ['outpost'],
    ]);
    expect(valuesOf(unit, 'MemoryDenyWriteExecute')).toEqual([]);
    expect(valuesOf(unit, 'RestartPreventExitStatus')).toEqual(['78']);
    // 10 s for signing, 3 s for delivering, 10 s for InfluxDB.
    expect(Number(valuesOf(unit, 'TimeoutStopSec')[0])).toBeGreaterThan(23);
    // The signal goes to the gateway alone, which ends its InfluxDB when it has written.
    expect(valuesOf(unit, 'KillMode')).toEqual(['mixed']);
  });

  it('starts node with options that it knows', async () => {
    const { stdout } = await run(process.execPath, [...command('--version')]);
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
  });

  it.skipIf(cannotTrace !== '')(
    `takes no system call away that the program makes${cannotTrace}`,
    async () => {
      const trace = join(directory, 'trace');
      const strace = ['-f', '-qq', '-o', trace, process.execPath, ...command('--version')];
      await run('strace', strace);
      const made = new Set(
        (await readFile(trace, 'utf8')).split('\n').flatMap((line) => /^\d+\s+(\w+)\(/.exec(line)?.[1] ?? []),
      );
      expect(made.size).toBeGreaterThan(20);
      const allowed = await allowedBy(unit);
      expect([...made].filter((call) => !allowed.has(call))).toEqual([]);
    },
  );
});

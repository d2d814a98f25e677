import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnrolments } from '../broker/enrolment.ts';
import { isPassword } from '../broker/password.ts';
import { scratch } from '../journal/testing.ts';
import type { Terminal } from './context.ts';
import { outpost } from './main.ts';

/** The exit code and the lines of `outpost devices …` on a data directory. */
const devices = async (directory: string, ...args: readonly string[]) => {
  const lines: string[] = [];
  const terminal: Terminal = {
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    secret: async () => undefined,
    env: { OUTPOST_CONFIG: join(directory, 'none.json') },
    signal: new AbortController().signal,
  };
  const code = await outpost(['devices', ...args, '--data', directory], terminal);
  return { code, text: lines.join('\n') };
};

describe('outpost devices', () => {
  it('adds a device with a password that only the device knows, shows, lists and revokes it', async () => {
    await using directory = await scratch();
    const added = await devices(directory.path, 'add', 'car', '--kind', 'wican', '--json');
    expect(added.code).toBe(0);
    const shown = JSON.parse(added.text) as { readonly password: string; readonly topics: readonly string[] };
    expect(shown.topics).toEqual(['wican/car/#']);
    const enrolments = await readEnrolments(directory.path);
    const enrolment = enrolments.ok ? enrolments.value.get('car') : undefined;
    if (enrolment === undefined) throw new Error('it is not enrolled');
    expect(isPassword(enrolment.proof, new TextEncoder().encode(shown.password))).toBe(true);
    const file = join(directory.path, 'broker', 'enrolments.json');
    expect(await readFile(file, 'utf8')).not.toContain(shown.password);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await devices(directory.path, 'show', 'car')).text).toContain('wican/car/#');
    expect((await devices(directory.path, 'list')).text).toMatch(/^car +password +wican\/car\/#$/);
    expect((await devices(directory.path, 'revoke', 'car')).text).toBe('car is let in no more.');
    expect((await devices(directory.path, 'revoke', 'car')).code).toBe(78);
  });

  it('writes the bundle of a device with a certificate and overwrites nothing', async () => {
    await using directory = await scratch();
    const out = join(directory.path, 'bundle');
    expect((await devices(directory.path, 'add', 'car', '--certificate', '--out', out)).code).toBe(0);
    expect((await stat(join(out, 'car.key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(out, 'car-authority.crt'), 'utf8')).toContain('BEGIN CERTIFICATE');
    await devices(directory.path, 'revoke', 'car');
    const again = await devices(directory.path, 'add', 'car', '--certificate', '--out', out);
    expect(again.code).toBe(78);
    expect(again.text).toContain('is already there');
    expect((await devices(directory.path, 'list')).text).toContain('No device is enrolled');
  });

  it('gives no two devices the same name or a topic in common', async () => {
    await using directory = await scratch();
    await devices(directory.path, 'add', 'car');
    expect((await devices(directory.path, 'add', 'car')).text).toContain('is enrolled already');
    expect((await devices(directory.path, 'add', 'bus', '--topic', 'devices/+/speed')).text).toContain(
      'overlaps with topics of car',
    );
    expect((await devices(directory.path, 'add', 'bus', '--topic', '$SYS/#')).text).toContain(
      'is no topic filter',
    );
    expect((await devices(directory.path, 'add', 'bus', '--kind', 'wica')).text).toContain(
      'there is no kind',
    );
  });

  it('says how to reach the broker and shows a code to scan where it is configured', async () => {
    await using directory = await scratch();
    const plain = await devices(directory.path, 'add', 'car');
    expect(plain.text).toContain('No broker is configured');
    expect(plain.text).toMatch(/Password +[a-zA-Z2-9]{20} /);
  });
});

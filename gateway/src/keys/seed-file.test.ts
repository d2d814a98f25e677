import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '@outpost/schemas/words';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyDisk } from './key-disk.ts';
import {
  checkKeyDirectory,
  createSeedFile,
  newSeed,
  ownershipFault,
  readSeedFile,
  type StoredSeed,
  saltSecretOf,
} from './seed-file.ts';
import { publicKeyOf } from './signer.ts';

const disk = keyDisk();
let directory = '';
let path = '';
const seed = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const stored: StoredSeed = { kind: 'file', seed, publicKey: publicKeyOf(seed) };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outpost-seed-'));
  path = join(directory, 'gateway.seed');
});
afterEach(() => rm(directory, { recursive: true }));

const faultOf = async () => {
  const result = await readSeedFile(path);
  if (result.ok) throw new Error('expected a fault');
  expect(result.fault.kind).toBe('misconfigured');
  expect(result.fault.where).toBe(path);
  return result.fault;
};

describe('a seed file', () => {
  it('is created 0600 with nothing else left beside it, and reads back', async () => {
    expect(await createSeedFile(disk, path, stored)).toEqual({ ok: true, value: undefined });
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['gateway.seed']);
    expect(await readSeedFile(path)).toEqual({ ok: true, value: stored });
  });

  it('says of itself whether it is a demonstration key', async () => {
    await createSeedFile(disk, path, { ...stored, kind: 'demo' });
    expect(await readSeedFile(path)).toMatchObject({ ok: true, value: { kind: 'demo' } });
  });

  it('is never overwritten', async () => {
    await createSeedFile(disk, path, stored);
    const other = new Uint8Array(32).fill(9);
    const again = await createSeedFile(disk, path, {
      kind: 'file',
      seed: other,
      publicKey: publicKeyOf(other),
    });
    expect(again).toMatchObject({ ok: false, fault: { code: 'key.exists' } });
    expect(await readSeedFile(path)).toEqual({ ok: true, value: stored });
    expect(await readdir(directory)).toEqual(['gateway.seed']);
  });

  it('that is not there is no fault', async () => {
    expect(await readSeedFile(path)).toEqual({ ok: true, value: undefined });
  });

  it('with any single flipped bit is no key, and never another one', async () => {
    await createSeedFile(disk, path, stored);
    const whole = await readFile(path);
    for (let at = 0; at < whole.length; at += 1) {
      const flipped = Uint8Array.from(whole);
      flipped[at]! ^= 1 << (at % 8);
      await writeFile(path, flipped);
      const result = await readSeedFile(path);
      // The kind's own text is checked against nothing else, so only "file" ↔ "demo" may differ, and no bit does that.
      expect(result.ok).toBe(false);
    }
  });

  it.each([
    ['empty', ''],
    ['cut short', 'outpost-ed25519-seed file 00'],
    ['longer than a key', `${'x'.repeat(5000)}`],
  ])('that is %s is named and nothing of it is repeated', async (_what, text) => {
    await writeFile(path, text, { mode: 0o600 });
    expect((await faultOf()).code).toBe('key.form');
  });

  it('does not show its seed when it is damaged', async () => {
    await createSeedFile(disk, path, stored);
    const text = (await readFile(path, 'utf8')).replace(toHex(stored.publicKey), toHex(seed));
    await writeFile(path, text);
    const damaged = await faultOf();
    expect(damaged.code).toBe('key.damaged');
    expect(JSON.stringify(damaged)).not.toContain(toHex(seed).slice(0, 16));
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o601])(
    'of mode %o is refused with the command that cures it',
    async (mode) => {
      await createSeedFile(disk, path, stored);
      await chmod(path, mode);
      expect((await faultOf()).words).toContain(`chmod 600 ${path}`);
      await chmod(path, 0o600);
      expect((await readSeedFile(path)).ok).toBe(true);
    },
  );

  it('that is a link, a directory or a pipe is refused and not waited for', async () => {
    const real = join(directory, 'real');
    await createSeedFile(disk, real, stored);
    await symlink(real, path);
    expect((await faultOf()).words).toContain('link');
    await rm(path);
    await mkdir(path);
    expect((await faultOf()).code).toBe('key.form');
    await rm(path, { recursive: true });
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', ['-m', '600', path]);
    expect((await faultOf()).code).toBe('key.form');
  });

  it.runIf(process.geteuid?.() === 0)('of another owner is refused', async () => {
    await createSeedFile(disk, path, stored);
    await chown(path, 12_345, 12_345);
    expect((await faultOf()).words).toContain('12345');
  });

  it('of another owner is a fault by its numbers too', () => {
    const us = process.geteuid?.() ?? 0;
    expect(ownershipFault({ mode: 0o100600, uid: us }, path, '600')).toBeUndefined();
    expect(ownershipFault({ mode: 0o100600, uid: us + 1 }, path, '600')?.code).toBe('key.owner');
  });

  it('in a directory that cannot be written is one sentence', async () => {
    const result = await createSeedFile(disk, join(directory, 'none', 'gateway.seed'), stored);
    expect(result).toMatchObject({ ok: false, fault: { kind: 'misconfigured', code: 'key.unwritable' } });
  });
});

describe('the directory of the keys', () => {
  it('must be ours alone', async () => {
    expect((await checkKeyDirectory(directory)).ok).toBe(true);
    await chmod(directory, 0o750);
    expect(await checkKeyDirectory(directory)).toMatchObject({ ok: false, fault: { code: 'key.mode' } });
  });

  it('must be a directory', async () => {
    await createSeedFile(disk, path, stored);
    expect(await checkKeyDirectory(path)).toMatchObject({ ok: false, fault: { code: 'key.directory' } });
    expect(await checkKeyDirectory(join(directory, 'none'))).toMatchObject({
      ok: false,
      fault: { code: 'key.directory' },
    });
  });
});

describe('seeds', () => {
  it('are new each time', async () => {
    const seeds = await Promise.all(Array.from({ length: 100 }, () => newSeed()));
    expect(new Set(seeds.map(toHex)).size).toBe(100);
  });

  it('give a salt secret that is stable, differs by seed and is not the seed', () => {
    // HKDF-SHA256 over 01..20 with this domain, computed by an independent implementation.
    expect(toHex(saltSecretOf(seed))).toBe(
      'e1d2f308f4c26dd5789da37132a22853e7982a75e201a50952894f3eae010aaa',
    );
    expect(toHex(saltSecretOf(new Uint8Array(32)))).not.toBe(toHex(saltSecretOf(seed)));
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKey } from './key-file.ts';
import { keyText, parseKeyText, shortKeyText } from './key-text.ts';

const key = Uint8Array.from({ length: 32 }, (_, i) => i * 7);

describe('key text', () => {
  it('reads back what it writes, and bare digits in either case', () => {
    for (const text of [keyText(key), toHex(key), toHex(key).toUpperCase(), ` ${keyText(key)}\n`]) {
      expect(parseKeyText(text, '--key')).toEqual({ ok: true, value: key });
    }
  });

  it('shows the first eight bytes in groups for the eye', () => {
    expect(shortKeyText(key)).toBe('0007-0e15-1c23-2a31');
  });

  it.each(['', 'outpost-ed25519:', toHex(key).slice(2), `${toHex(key)}00`, 'ed25519:00', 'zz'.repeat(32)])(
    'refuses %j with one sentence that says what to write',
    (text) => {
      const result = parseKeyText(text, '--key');
      if (result.ok) throw new Error('expected a fault');
      expect(result.fault).toMatchObject({ kind: 'misconfigured', where: '--key' });
      expect(result.fault.words).toContain('64 hex digits');
    },
  );
});

describe('readKey', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'outpost-key-text-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('takes a key, or the path of a file that holds one', async () => {
    const path = join(directory, 'network.pub');
    await writeFile(path, `${keyText(key)}\n`);
    expect(await readKey(toHex(key), '--key')).toEqual({ ok: true, value: key });
    expect(await readKey(path, '--key')).toEqual({ ok: true, value: key });
  });

  it('names the file where the file is the trouble, and what was given where nothing fits', async () => {
    const path = join(directory, 'other.txt');
    await writeFile(path, 'no key');
    expect(await readKey(path, '--key')).toMatchObject({ ok: false, fault: { where: path } });
    expect(await readKey(join(directory, 'none'), '--key')).toMatchObject({
      ok: false,
      fault: { where: '--key' },
    });
    expect(await readKey(directory, '--key')).toMatchObject({ ok: false });
  });

  it('never looks for a file where the prefix says that it is a key', async () => {
    expect(await readKey('outpost-ed25519:12', '--key')).toMatchObject({
      ok: false,
      fault: { where: '--key' },
    });
  });
});

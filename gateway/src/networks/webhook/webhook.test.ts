import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asciiBytes } from '@outpost/schemas/words';
import { describe, expect, it, test } from 'vitest';
import { scratch } from '../../journal/testing.ts';
import type { NetworkSettings } from '../contract.ts';
import { readSecretFile } from '../secret-file.ts';
import { checkSettings } from './settings.ts';
import { parseSecret, signatureOf } from './signature.ts';
import vectors from './vectors/signatures.json' with { type: 'json' };

test('the published example of a signature comes out', () => {
  const key = parseSecret(vectors.secret, 'the test');
  if (!key.ok) throw new Error(key.fault.words);
  const { id, seconds, body, signature } = vectors;
  expect(signatureOf(key.value, id, BigInt(seconds), asciiBytes(body))).toBe(signature);
});

test('a secret of another shape is refused without being repeated', () => {
  for (const text of [
    '',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_c2hvcnQ',
    `whsec_${'A'.repeat(88)}`,
    'whsec_!!',
  ]) {
    const read = parseSecret(text, '/etc/secret');
    expect(read).toMatchObject({ ok: false, fault: { kind: 'misconfigured', where: '/etc/secret' } });
    if (!read.ok && text.length > 6) expect(read.fault.words).not.toContain(text.slice(6));
  }
});

describe('a file with a secret', () => {
  it('is read by its owner only', async () => {
    await using directory = await scratch();
    const file = join(directory.path, 'token');
    await writeFile(file, ' abc\n');
    await chmod(file, 0o640);
    expect(await readSecretFile(file, 'x')).toMatchObject({ ok: false, fault: { kind: 'misconfigured' } });
    await chmod(file, 0o600);
    expect(await readSecretFile(file, 'x')).toEqual({ ok: true, value: 'abc' });
    await writeFile(file, '\n');
    expect((await readSecretFile(file, 'x')).ok).toBe(false);
    await writeFile(file, 'a'.repeat(4_097));
    expect((await readSecretFile(file, 'x')).ok).toBe(false);
    expect(await readSecretFile(join(directory.path, 'none'), 'x')).toMatchObject({
      fault: { words: 'cannot be read (ENOENT).' },
    });
  });
});

describe('settings', () => {
  const settings = (over: Partial<NetworkSettings> = {}): NetworkSettings => ({
    name: 'own',
    url: 'https://example.org/readings',
    options: {},
    ...over,
  });

  it('have usual values', () => {
    expect(checkSettings(settings())).toMatchObject({ ok: true, value: { batch: 1, leaves: true } });
  });

  it.each([
    ['url', { url: 'http://example.org/' }],
    ['url', { url: 'https://a:b@example.org/' }],
    ['url', { url: 'https://example.org/?token=abc' }],
    ['url', { url: 'example.org' }],
    ['key', { key: 'ab' }],
    ['options.batch', { options: { batch: 65 } }],
    ['options.batch', { options: { batch: 1.5 } }],
    ['options.leaves', { options: { leaves: 'no' } }],
    ['options.tokenFile', { options: { tokenFile: 'token' } }],
    ['options.secretFile', { options: { secretFile: 1 } }],
    ['options.tokn', { options: { tokn: '/x' } }],
  ] as const)('are refused at %s: %j', (what, over) => {
    const checked = checkSettings(settings(over));
    expect(checked).toMatchObject({
      ok: false,
      fault: { kind: 'misconfigured', where: `network own, ${what}` },
    });
  });
});

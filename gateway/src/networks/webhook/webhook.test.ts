import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asciiBytes } from '@outpost/schemas/words';
import { describe, expect, it, test } from 'vitest';
import { scratch } from '../../journal/testing.ts';
import type { NetworkSettings } from '../contract.ts';
import type { Reply } from '../post.ts';
import { readSecretFile } from '../secret-file.ts';
import { verdictOf } from './codec.ts';
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

describe('an answer', () => {
  const reply = (status: number, text = '', contentType = 'text/plain'): Reply => ({
    status,
    contentType,
    retryAfterMs: undefined,
    body: asciiBytes(text),
  });

  it.each([200, 201, 202, 204, 299])('%d settles', (status) => {
    expect(verdictOf(reply(status), 'here')).toEqual({ kind: 'settled', words: `HTTP ${status}` });
  });

  it.each([400, 413, 422])('%d refuses, with the words of the receiver', (status) => {
    expect(verdictOf(reply(status, 'no\u001b[31m such\ncar'), 'here')).toEqual({
      kind: 'refused',
      code: `http-${status}`,
      words: 'no [31m such car',
    });
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('%d is for later', (status) => {
    expect(verdictOf(reply(status), 'here')).toMatchObject({ kind: 'kept', retryAfterMs: 0, alarm: false });
    expect(verdictOf({ ...reply(status), retryAfterMs: 7_000 }, 'here')).toMatchObject({
      retryAfterMs: 7_000,
    });
  });

  it.each([301, 302, 401, 403, 404, 405, 410, 415, 418])('%d wants a person', (status) => {
    expect(verdictOf(reply(status), 'here')).toMatchObject({
      kind: 'kept',
      retryAfterMs: 300_000,
      alarm: true,
      fault: { kind: 'refused' },
    });
  });

  it('of another type than text is not repeated to people', () => {
    expect(verdictOf(reply(400, '<html>', 'text/html'), 'here')).toMatchObject({ words: 'without a word.' });
    expect(verdictOf(reply(400, '"x"', 'application/problem+json'), 'here')).toMatchObject({ words: '"x"' });
    const long = verdictOf(reply(400, 'x'.repeat(10_000)), 'here');
    expect(long.kind === 'refused' && long.words.length).toBe(200);
  });
});

import { asciiBytes } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from './backup.ts';

const PASSPHRASE = 'correct horse battery';
/** The least that is accepted, so that the tests are quick. */
const CHEAP = { log2N: 15, r: 8, p: 1 };
const content = asciiBytes('whatever a key ring holds');

const sealed = async (): Promise<Uint8Array> => {
  const result = await seal(PASSPHRASE, content, CHEAP);
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

const wordsOf = async (passphrase: string, bytes: Uint8Array): Promise<string> => {
  const result = await unseal(passphrase, bytes, 'keys.backup');
  if (result.ok) throw new Error('expected a fault');
  expect(result.fault).toMatchObject({ kind: 'misconfigured', where: 'keys.backup' });
  return result.fault.words;
};

describe('a backup', () => {
  it('gives its content to the passphrase it was sealed with, in whichever Unicode form', async () => {
    expect(await unseal(PASSPHRASE, await sealed(), 'keys.backup')).toEqual({ ok: true, value: content });
    const accented = await seal('cafe\u0301 au lait', content, CHEAP);
    if (!accented.ok) throw new Error(accented.fault.words);
    expect((await unseal('caf\u00e9 au lait', accented.value, 'keys.backup')).ok).toBe(true);
  });

  it('says in one sentence that a passphrase is wrong', async () => {
    expect(await wordsOf('correct horse batterz', await sealed())).toContain(
      'not sealed with this passphrase',
    );
  });

  it('shows nothing of its content and is different each time', async () => {
    const [one, other] = [await sealed(), await sealed()];
    expect(one).not.toEqual(other);
    expect(String.fromCharCode(...one)).not.toContain('key ring');
  });

  it('is refused with a flipped bit in every one of its parts', async () => {
    const bytes = await sealed();
    // Magic, N, r, p, salt, commitment, ciphertext, tag.
    for (const at of [3, 16, 17, 18, 20, 40, 70, bytes.length - 1]) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1;
      expect(await wordsOf(PASSPHRASE, flipped)).toMatch(/damaged|no backup|passphrase/);
    }
  });

  it('is told from a wrong passphrase where its ciphertext is damaged', async () => {
    const bytes = await sealed();
    bytes[bytes.length - 20]! ^= 0x80;
    expect(await wordsOf(PASSPHRASE, bytes)).toContain('use another copy');
  });

  it('cannot make the machine that opens it work without bound', async () => {
    const bytes = await sealed();
    for (const [at, value] of [
      [16, 40],
      [16, 10],
      [17, 255],
      [18, 200],
    ] as const) {
      const greedy = bytes.slice();
      greedy[at] = value;
      expect(await wordsOf(PASSPHRASE, greedy)).toContain('more work');
    }
  });

  it('is no backup when it is something else', async () => {
    expect(await wordsOf(PASSPHRASE, new Uint8Array(0))).toContain('no backup');
    expect(await wordsOf(PASSPHRASE, new Uint8Array(500))).toContain('no backup');
  });

  it('costs 64 MiB and two passes unless told otherwise', async () => {
    const result = await seal(PASSPHRASE, content);
    if (!result.ok) throw new Error(result.fault.words);
    expect([...result.value.subarray(16, 19)]).toEqual([16, 8, 2]);
    expect(await unseal(PASSPHRASE, result.value, 'keys.backup')).toEqual({ ok: true, value: content });
  });

  it('is not made under a short passphrase', async () => {
    expect(await seal('short', content)).toMatchObject({ ok: false, fault: { code: 'backup.passphrase' } });
  });
});

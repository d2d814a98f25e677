import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromBase64, fromHex, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { platformEquation } from '../keys/index.ts';
import { clearedEncoding } from '../networks/helium/testing/independent.ts';
import type { Terminal } from './context.ts';
import { outpost } from './main.ts';

const A = '0016c001ff10a235';
const SEED = 'f8374ea8637b16cb24fa88566e77c6aaf8374ea8637b16cb24fa88566e77c6aa';
const PUBLIC = 'b97656ba0883b2e86793f6c1ba4847e819f4b231239d59481c11d43f48362a09';
const SOLANA = 'DUy5qtj81b7UNMv33Pmmb8w2itHrJwVWuF3Ne3zCNbHA';
const ADDRESS = '14MRZY2jc2ABDq1faCCMmXrkm2PXY9UBRTP1j9PWnFTKnCb7Hyn';

const helium = async (...args: readonly string[]) => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    secret: async () => undefined,
    env: {},
    signal: new AbortController().signal,
  };
  const code = await outpost(['network', 'helium', ...args], terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const place = async () => {
  const directory = await scratch();
  const file = join(directory.path, 'gateway_key.bin');
  await writeFile(file, fromHex(`01${SEED}${PUBLIC}`)!);
  const data = ['--data', join(directory.path, 'data')] as const;
  return {
    file,
    data,
    out: join(directory.path, 'again.bin'),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
};

describe('outpost network helium', () => {
  it('takes over a key, shows its names and addresses, and gives it back to the byte', async () => {
    await using at = await place();
    expect(await helium('import', at.file, '--gateway', A, ...at.data)).toMatchObject({ code: 0 });
    const shown = await helium('show', ...at.data);
    for (const each of [A, ADDRESS, SOLANA, 'shallow-cobalt-dachshund']) expect(shown.out).toContain(each);
    expect(shown.out).not.toContain(SEED);
    expect(await helium('export', '--out', at.out, ...at.data)).toMatchObject({ code: 0 });
    expect(await readFile(at.out)).toEqual(await readFile(at.file));
    expect((await stat(at.out)).mode & 0o777).toBe(0o600);
    expect(await helium('import', at.file, '--gateway', A, ...at.data)).toMatchObject({ code: 78 });
  });

  it('prints the transaction to join, signed by the gateway, with the wallet’s accounts in it', async () => {
    await using at = await place();
    await helium('import', at.file, '--gateway', A, ...at.data);
    const printed = await helium('add', '--owner', SOLANA, '--json', ...at.data);
    const { txn, owner, payer } = JSON.parse(printed.out) as Record<string, string>;
    expect([owner, payer]).toEqual([SOLANA, SOLANA]);
    const envelope = fromBase64(txn ?? '')!;
    expect(envelope[0]).toBe(0x0a);
    const cleared = clearedEncoding(envelope.slice(3), 4)!;
    expect(platformEquation(fromHex(PUBLIC)!, cleared.signed, cleared.signature)).toBe(true);
    expect(toHex(cleared.signed)).toBe(`0a2101${PUBLIC}122101${PUBLIC}2a2101${PUBLIC}`);
  });

  it('makes a key for a gateway that has none, and says in a sentence what is wrong', async () => {
    await using at = await place();
    expect((await helium('show', ...at.data)).out).toContain('No gateway has a key');
    expect((await helium('add', '--owner', ADDRESS, ...at.data)).err).toContain('--gateway EUI');
    expect((await helium('add', '--owner', 'nobody', '--gateway', A, ...at.data)).err).toContain(
      'no address of a wallet',
    );
    const made = await helium('add', '--owner', ADDRESS, '--gateway', A, ...at.data);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect((await helium('show', ...at.data)).out).toContain(A);
  });
});

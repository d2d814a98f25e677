import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromBase64, fromHex, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { platformEquation } from '../keys/index.ts';
import { heliumVerifies, keyBytes, readAddress } from '../networks/helium/keys.ts';
import { clearedEncoding } from '../networks/helium/testing/independent.ts';
import type { Terminal } from './context.ts';
import { outpost } from './main.ts';

const A = '0016c001ff10a235';
const SEED = 'f8374ea8637b16cb24fa88566e77c6aaf8374ea8637b16cb24fa88566e77c6aa';
const PUBLIC = 'b97656ba0883b2e86793f6c1ba4847e819f4b231239d59481c11d43f48362a09';
const SOLANA = 'DUy5qtj81b7UNMv33Pmmb8w2itHrJwVWuF3Ne3zCNbHA';
/** Of the tests of helium/helium-crypto-rs. */
const COMPACT_FILE = '00ec2a8e3984220e819ed2067c519244029ae51d572773e5895cf1f5c80ecb4487';
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
    for (const each of [A, ADDRESS, SOLANA, `01${PUBLIC}`, 'shallow-cobalt-dachshund'])
      expect(shown.out).toContain(each);
    expect(shown.out).not.toContain(SEED);
    expect(await helium('export', '--out', at.out, ...at.data)).toMatchObject({ code: 0 });
    expect(await readFile(at.out)).toEqual(await readFile(at.file));
    expect((await stat(at.out)).mode & 0o777).toBe(0o600);
    expect(await helium('import', at.file, '--gateway', A, ...at.data)).toMatchObject({ code: 78 });
  });

  it.each([
    [
      'Ed25519 of testnet',
      `11${SEED}${PUBLIC}`,
      { kind: 'ed25519', network: 'testnet', solana: SOLANA },
      '1b',
    ],
    ['compact P-256', COMPACT_FILE, { kind: 'ecc-compact', network: 'mainnet', solana: null }, '11'],
    [
      'compact P-256 of testnet',
      `10${COMPACT_FILE.slice(2)}`,
      { kind: 'ecc-compact', network: 'testnet' },
      '1',
    ],
    ['secp256k1', `03${SEED}`, { kind: 'secp256k1', network: 'mainnet', solana: null }, '1S'],
    ['secp256k1 of testnet', `13${SEED}`, { kind: 'secp256k1', network: 'testnet', solana: null }, '1'],
  ])(
    'takes over a key of the kind %s as well, signs with it, and gives it back',
    async (_, bytes, expected, prefix) => {
      await using at = await place();
      await writeFile(at.file, fromHex(bytes)!);
      expect(await helium('import', at.file, '--gateway', A, ...at.data)).toMatchObject({ code: 0 });
      const shown = await helium('show', '--json', ...at.data);
      const [view] = JSON.parse(shown.out) as { readonly address: string; readonly key: string }[];
      expect(view).toMatchObject({ gateway: A, ...expected });
      expect(view?.address.startsWith(prefix)).toBe(true);
      const key = readAddress(view?.address ?? '');
      if (!key.ok) throw new Error(key.fault.words);
      expect(view?.key).toBe(toHex(keyBytes(key.value)));
      const { txn } = JSON.parse((await helium('add', '--owner', SOLANA, '--json', ...at.data)).out) as {
        txn: string;
      };
      // One message of two bytes of length in the envelope of transactions.
      const cleared = clearedEncoding(fromBase64(txn)!.slice(3), 4)!;
      expect(heliumVerifies(key.value, cleared.signed, cleared.signature, platformEquation)).toBe(true);
      expect(await helium('export', '--out', at.out, ...at.data)).toMatchObject({ code: 0 });
      expect(toHex(Uint8Array.from(await readFile(at.out)))).toBe(bytes);
    },
  );

  it('names wallet and payer by either of their addresses, and takes no key file that is damaged', async () => {
    await using at = await place();
    const wallets = ['--owner', ADDRESS, '--payer', SOLANA, '--gateway', A];
    const told = await helium('add', ...wallets, ...at.data);
    expect(told.out.match(new RegExp(SOLANA, 'g'))).toHaveLength(2);
    for (const bytes of [`02${SEED}`, `01${SEED}`, `01${SEED}${SEED}`, '']) {
      await writeFile(at.file, fromHex(bytes)!);
      const taken = await helium('import', at.file, '--gateway', '0016c001ff10a236', ...at.data);
      expect(taken).toMatchObject({ code: 78, out: '' });
      expect(taken.err).toContain('holds no key of a Helium gateway: ');
    }
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

import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerEntry, openLedger } from './ledger.ts';
import { must } from './rig.ts';

const bytes = Uint8Array.of(1, 2, 3);
const ENTRIES: readonly LedgerEntry[] = [
  { kind: 'key-record', bytes },
  { kind: 'link', attestation: bytes, tainted: true },
  { kind: 'settled', hash: bytes, receipt: bytes },
  { kind: 'refused', hash: bytes, code: 'fork', words: 'two of one' },
];
let directory = '';
let path = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outpost-ledger-'));
  path = join(directory, 'ledger.cbor');
});
afterEach(() => rm(directory, { recursive: true }));

const write = async (entries: readonly LedgerEntry[]): Promise<void> => {
  await using ledger = must(await openLedger(path)).ledger;
  await Promise.all(entries.map((entry) => ledger.append([entry])));
};
const read = async (): Promise<readonly LedgerEntry[]> => {
  const { ledger, entries } = must(await openLedger(path));
  await ledger[Symbol.asyncDispose]();
  return entries;
};

describe('the memory of a simulated network', () => {
  it('gives back what was appended, in order', async () => {
    await write(ENTRIES);
    await write(ENTRIES);
    expect(await read()).toEqual([...ENTRIES, ...ENTRIES]);
  });

  it('loses nothing but the entry that was being written when the power went, wherever it was cut', async () => {
    await write(ENTRIES);
    const whole = await readFile(path);
    for (let end = 0; end < whole.length; end += 1) {
      await writeFile(path, whole);
      await truncate(path, end);
      const found = await read();
      expect(found).toEqual(ENTRIES.slice(0, found.length));
      await write([ENTRIES[0]!]);
      expect(await read()).toEqual([...found, ENTRIES[0]]);
    }
  });

  it('is not what any other file is', async () => {
    await write(ENTRIES);
    await appendFile(path, 'something else');
    expect(await openLedger(path)).toMatchObject({
      ok: false,
      fault: { kind: 'misconfigured', where: path },
    });
  });
});

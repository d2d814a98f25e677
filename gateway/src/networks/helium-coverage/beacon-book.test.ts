import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entropyLine } from '@outpost/schemas/radio';
import { describe, expect, it } from 'vitest';
import { entropiesFrom } from '../../coverage/known.ts';
import { scratch } from '../../journal/testing.ts';
import { BOOK_FILE, createBeaconBook, OLDER_FILE } from './beacon-book.ts';

const ROOF = '0016c001ff10a235';
const madeOf = (number: number) => ({
  payload: Uint8Array.from({ length: 51 }, (_, i) => (i === 0 ? number : i)),
  gateway: ROOF,
  atS: 1_700_000_000 + number,
  entropy: {
    localEntropy: Uint8Array.of(1, 2, 3, number),
    remoteEntropy: { bytes: new Uint8Array(32).fill(number), timestampS: 1_700_000_000, version: 0 },
  },
});

describe('the book of beacons', () => {
  it('knows after a new start what each was made of, and when each gateway’s last one was made', async () => {
    await using directory = await scratch();
    const book = createBeaconBook(directory.path);
    await book.recall();
    expect(book.lastS(ROOF)).toBeUndefined();
    for (const number of [1, 2])
      expect(await book.keep(madeOf(number))).toEqual({ ok: true, value: undefined });
    const again = createBeaconBook(directory.path);
    await again.recall();
    expect(again.lastS(ROOF)).toBe(1_700_000_002);
    expect(again.find(madeOf(1).payload)).toEqual({
      gateway: ROOF,
      atS: 1_700_000_001,
      entropy: madeOf(1).entropy,
    });
    expect(again.find(madeOf(3).payload)).toBeUndefined();
    expect((await stat(join(directory.path, BOOK_FILE))).mode & 0o777).toBe(0o600);
  });

  it('is the file that evidence of coverage is verified with', async () => {
    await using directory = await scratch();
    const path = join(directory.path, BOOK_FILE);
    await createBeaconBook(directory.path).keep(madeOf(1));
    const read = entropiesFrom(await readFile(path, 'utf8'), path);
    expect(read.ok && [...read.value.values()]).toEqual([madeOf(1).entropy]);
  });

  it('loses nothing to a line that a power cut has halved, before or behind it', async () => {
    await using directory = await scratch();
    const path = join(directory.path, BOOK_FILE);
    const book = createBeaconBook(directory.path);
    await book.keep(madeOf(1));
    await appendFile(path, entropyLine(madeOf(2).payload, madeOf(2).entropy).slice(0, 90));
    await book.keep(madeOf(3));
    const again = createBeaconBook(directory.path);
    await again.recall();
    const found = [1, 2, 3].map((number) => again.find(madeOf(number).payload) !== undefined);
    expect(found).toEqual([true, false, true]);
  });

  it('goes on in a new file when one is full, and still knows the old', async () => {
    await using directory = await scratch();
    const path = join(directory.path, BOOK_FILE);
    const { payload, entropy, gateway, atS } = madeOf(1);
    await writeFile(path, `${entropyLine(payload, entropy, { gateway, atS })}\n${' '.repeat(4 << 20)}\n`);
    const book = createBeaconBook(directory.path);
    await book.keep(madeOf(2));
    expect((await stat(path)).size).toBeLessThan(1_000);
    expect((await stat(join(directory.path, OLDER_FILE))).size).toBeGreaterThan(4 << 20);
    const again = createBeaconBook(directory.path);
    await again.recall();
    expect(
      [again.find(madeOf(1).payload), again.find(madeOf(2).payload)].every((each) => each !== undefined),
    ).toBe(true);
  });

  it('says in a sentence that it cannot be written', async () => {
    await using directory = await scratch();
    await writeFile(join(directory.path, 'file'), '');
    const kept = await createBeaconBook(join(directory.path, 'file')).keep(madeOf(1));
    expect(kept).toMatchObject({
      ok: false,
      fault: { words: expect.stringMatching(/^cannot be written .*no beacon is sent\.$/) },
    });
  });
});

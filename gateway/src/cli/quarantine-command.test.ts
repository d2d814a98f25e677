import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { asciiBytes, type DeviceName, fault, monoNs } from '@outpost/schemas/words';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { journalDirectory } from '../data-directory.ts';
import { nodeDisk, openJournal } from '../journal/index.ts';
import { asideEntry } from '../record/entry.ts';
import { outpost } from './main.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outpost-quarantine-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const run = async (...args: readonly string[]) => {
  const out: string[] = [];
  const err: string[] = [];
  const code = await outpost(['quarantine', ...args, '--data', directory], {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    secret: async () => undefined,
    env: {},
    signal: new AbortController().signal,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const why = fault('malformed', 'elm327.broken', 'car', 'the frame broke off.');

/** A journal with two frames of a dongle in quarantine: one that never made sense, one that does now. */
const fill = async (): Promise<void> => {
  const clock = systemClock();
  const journal = await openJournal({
    directory: journalDirectory(directory),
    disk: nodeDisk(clock),
    clock,
    readers: ['attest'],
    context: () => new Uint8Array(0),
    commitEveryMs: 1_000,
    bytesMax: 1 << 28,
    archiveBytesMax: 1 << 28,
    archiveDays: 30,
    broken: (error) => {
      throw error;
    },
    damaged: () => undefined,
  });
  if (!journal.ok) throw new Error(journal.fault.words);
  const aside = (raw: Uint8Array) =>
    asideEntry({ device: 'car' as DeviceName, mono: monoNs(1n), code: why.code, words: why.words, raw });
  const speed = '7E803410D58';
  const kept = await journal.value.append(
    [aside(asciiBytes('\u001b[31m7E8xx')), aside(asciiBytes(speed))],
    'now',
  );
  expect(kept.ok).toBe(true);
  await journal.value[Symbol.asyncDispose]();
};

describe('outpost quarantine', () => {
  it('lists what is there, shows one whole, and lets no device write on the terminal', async () => {
    await fill();
    const listed = await run('list');
    expect(listed.code).toBe(0);
    const [first, second] = listed.out.split('\n');
    expect(first).toMatch(/^\d+ {2}time unknown +car {2}elm327\.broken {2}10 B {2}\.\[31m7E8xx$/);
    expect(second).toContain('11 B  7E803410D58');
    const offset = first?.split(' ')[0] ?? '';
    const shown = await run('show', offset);
    expect(shown.out).toContain('elm327.broken: the frame broke off.');
    expect(shown.out).toContain('1b 5b 33 31 6d 37 45 38 78 78');
    expect((await run('list', '--device', 'gnss')).out).toBe('Nothing is in quarantine.');
    const json = JSON.parse((await run('list', '--json', '--last', '1')).out) as readonly object[];
    expect(json).toMatchObject([{ device: 'car', code: 'elm327.broken', time: null }]);
  });

  it('reads them again with the present program, and says that nothing of it is signed', async () => {
    await fill();
    const { code, out } = await run('replay', '--adapter', 'elm327');
    expect(code).toBe(0);
    const [first, second, sum] = out.split('\n');
    expect(first).toMatch(/still says nothing/);
    expect(second).toMatch(/now says: .*"mantissa":88/);
    expect(sum).toMatch(/^1 of 2 are understood now\. None of them becomes evidence/);
  });

  it('says what is wrong in one sentence', async () => {
    await fill();
    const wrongs = [
      await run('show', '12'),
      await run('list', '--last', 'x'),
      await run('replay'),
      await run('replay', '--adapter', 'nothing'),
    ];
    expect(wrongs.map(({ code }) => code)).toEqual([78, 78, 78, 78]);
    for (const { err } of wrongs) expect(err.split('\n').length).toBe(1);
  });
});

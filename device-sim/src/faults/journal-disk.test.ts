import {
  type Entry,
  type Journal,
  type JournalOptions,
  type JournalState,
  openJournal,
} from '@outpost/gateway';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { describe, expect, it } from 'vitest';
import { random } from '../random/sfc32.ts';
import { type FaultDisk, newFaultDisk } from './disk.ts';

const KIB = 1024;

interface Opened {
  readonly journal: Journal & JournalState;
  readonly clock: ManualClock;
}

const open = async (disk: FaultDisk, changes: Partial<JournalOptions> = {}): Promise<Opened> => {
  const clock = manualClock();
  const opened = await openJournal({
    directory: '/box/journal',
    disk,
    clock,
    readers: ['store'],
    segmentBytes: 64 * KIB,
    bytesMax: 64 * 1024 * KIB,
    archiveDays: 30,
    archiveBytesMax: 1024 * KIB,
    freeBytesMin: 0,
    context: () => new Uint8Array(0),
    holder: { pid: 1, started: 'now', isRunning: () => false },
    ...changes,
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  return { journal: opened.value, clock };
};

const entry = (text: string): Entry => ({ kind: 1, stream: 0, bytes: new TextEncoder().encode(text) });

const append = async (journal: Journal, text: string): Promise<string> => {
  const result = await journal.append([entry(text)], 'now');
  return result.ok ? 'kept' : result.fault.code;
};

const texts = async (
  journal: Journal,
  from = journal.start,
  to = journal.end,
): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const { bytes } of journal.read(from, to)) found.push(new TextDecoder().decode(bytes));
  return found;
};

const long = (letter: string): string => letter.repeat(9000);

describe('the journal on a full disk', () => {
  it('refuses, loses nothing, and goes on by itself when there is space again', async () => {
    const disk = newFaultDisk({ capacityBytes: 100 * KIB });
    const { journal } = await open(disk);
    const kept: string[] = [];
    for (let i = 0; i < 30; i += 1) {
      const text = long(String.fromCharCode(65 + i));
      if ((await append(journal, text)) === 'kept') kept.push(text);
    }
    expect(kept.length).toBeGreaterThan(3);
    expect(kept.length).toBeLessThan(15);
    expect(journal.stats().refusedDiskFull).toBe(30 - kept.length);
    expect(await texts(journal)).toEqual(kept);
    disk.setCapacity(Number.POSITIVE_INFINITY);
    expect(await append(journal, long('z'))).toBe('kept');
    const again = await open(disk.powerCut(random(1)));
    expect(await texts(again.journal)).toEqual([...kept, long('z')]);
    expect(again.journal.recovery).toMatchObject({ tailLost: false, damages: [] });
  });

  it('still takes what fits into the page at hand, and cursors', async () => {
    const disk = newFaultDisk();
    const { journal } = await open(disk);
    expect(await append(journal, 'first')).toBe('kept');
    disk.setCapacity(disk.allocatedBytes);
    expect(await append(journal, long('x'))).toBe('journal.disk-full');
    for (let i = 0; i < 20; i += 1) expect(await append(journal, `small ${i}`)).toBe('kept');
    await journal.commit('store', journal.end);
    const again = await open(disk.powerCut(random(2)));
    expect((await texts(again.journal)).length).toBe(21);
    expect(again.journal.position('store')).toBe(again.journal.end);
  });

  it('refuses what can wait before the disk is full, and looks again once a second', async () => {
    const disk = newFaultDisk({ capacityBytes: 1024 * KIB });
    const { journal, clock } = await open(disk, { freeBytesMin: 2048 * KIB });
    const soon = async (): Promise<string> => {
      const result = journal.append([entry('reading')], 'soon');
      await clock.advance(1000);
      return result.then((answer) => (answer.ok ? 'kept' : answer.fault.code));
    };
    expect(await soon()).toBe('journal.disk-full');
    expect(await append(journal, 'attestation')).toBe('kept');
    disk.setCapacity(4096 * KIB);
    // It looked after the commit just now, and the answer of the next look counts from the question after it.
    expect([await soon(), await soon(), await soon()]).toEqual([
      'journal.disk-full',
      'journal.disk-full',
      'kept',
    ]);
    expect(await texts(journal)).toEqual(['attestation', 'reading']);
  });
});

describe('the journal on a disk that fails', () => {
  it.each(['write', 'datasync'] as const)(
    'leaves the segment in which a %s failed and writes what was not acknowledged anew',
    async (operation) => {
      const disk = newFaultDisk();
      const { journal } = await open(disk);
      expect(await append(journal, 'before')).toBe('kept');
      disk.fail({ operation, code: 'EIO', times: 1, path: '.segment' });
      expect(await append(journal, long('a'))).toBe('kept');
      expect(await append(journal, 'after')).toBe('kept');
      expect(journal.stats()).toMatchObject({ abandonedSegments: 1, segments: 2 });
      expect(await texts(journal)).toEqual(['before', long('a'), 'after']);
      for (let seed = 0; seed < 20; seed += 1) {
        const again = await open(disk.powerCut(random(seed)));
        expect(await texts(again.journal)).toEqual(['before', long('a'), 'after']);
      }
    },
  );

  it('says in words that it is the end when the second attempt fails too, and has everything at the next start', async () => {
    const disk = newFaultDisk();
    const { journal } = await open(disk);
    expect(await append(journal, 'before')).toBe('kept');
    disk.fail({ operation: 'datasync', code: 'EIO', path: '.segment' });
    const words = /cannot be written any more .*What was acknowledged is safe/;
    await expect(append(journal, 'lost')).rejects.toThrow(words);
    await expect(append(journal, 'late')).rejects.toThrow(words);
    await journal[Symbol.asyncDispose]();
    const again = await open(disk.powerCut(random(3)));
    expect((await texts(again.journal))[0]).toBe('before');
  });

  it('rejects a cursor that could not be written and keeps the one before it', async () => {
    const disk = newFaultDisk();
    const { journal } = await open(disk);
    await append(journal, 'a');
    const first = journal.end;
    await journal.commit('store', first);
    await append(journal, 'b');
    disk.fail({ operation: 'datasync', code: 'EIO', times: 1, path: 'cursors' });
    await expect(journal.commit('store', journal.end)).rejects.toMatchObject({ code: 'EIO' });
    expect(journal.position('store')).toBe(first);
    for (let seed = 0; seed < 20; seed += 1) {
      const { journal: again } = await open(disk.powerCut(random(seed)));
      expect([first, again.end]).toContain(again.position('store'));
    }
    await journal.commit('store', journal.end);
    const { journal: again } = await open(disk.powerCut(random(4)));
    expect(again.position('store')).toBe(again.end);
  });

  it('is not slower than its disk asks: appends during a slow sync share the next one', async () => {
    const clock = manualClock();
    const disk = newFaultDisk({ syncMs: 40, clock });
    const opening = open(disk, { clock });
    for (let i = 0; i < 10; i += 1) await clock.advance(40);
    const { journal } = await opening;
    const before = journal.stats().commits;
    const appends = [append(journal, 'first')];
    for (let i = 0; i < 20; i += 1) {
      await clock.advance(10);
      appends.push(append(journal, `${i}`));
    }
    for (let i = 0; i < 10; i += 1) await clock.advance(40);
    expect(await Promise.all(appends)).toEqual(appends.map(() => 'kept'));
    expect(journal.stats().commits - before).toBeLessThan(9);
  });
});

describe('a journal that is opened after damage', () => {
  it('puts a segment aside that cannot be read at either end, and reads the others', async () => {
    const disk = newFaultDisk();
    const { journal } = await open(disk);
    for (let i = 0; journal.spans.length < 4; i += 1) await append(journal, `${i} ${long('x')}`);
    const [, middle, behind] = journal.spans;
    const outside = [
      ...(await texts(journal, journal.start, middle?.base)),
      ...(await texts(journal, behind?.base)),
    ];
    await journal[Symbol.asyncDispose]();
    const path = `/box/journal/${middle?.base.toString(16).padStart(16, '0')}.segment`;
    for (const at of [0, 4096, 60 * KIB]) disk.damage(path, at, 0xff);
    const told: string[] = [];
    const { journal: again } = await open(disk, { damaged: ({ where }) => told.push(where) });
    expect(told[0]).toContain('put aside as .damaged');
    expect(await texts(again)).toEqual(outside);
    expect(again.recovery.tailLost).toBe(false);
    expect(again.stats().damages).toBe(1);
    expect(await disk.list('/box/journal')).toContain(path.slice('/box/journal/'.length).concat('.damaged'));
    await again[Symbol.asyncDispose]();
    const { journal: third } = await open(disk);
    expect([await texts(third), third.stats().damages]).toEqual([outside, 0]);
  });

  it('begins behind every cursor, so that no offset is given twice', async () => {
    const disk = newFaultDisk();
    const { journal } = await open(disk);
    await append(journal, 'a');
    await journal.commit('store', journal.end);
    const end = journal.end;
    await journal[Symbol.asyncDispose]();
    for (const { base } of journal.spans)
      await disk.unlink(`/box/journal/${base.toString(16).padStart(16, '0')}.segment`);
    const { journal: again } = await open(disk);
    expect(again.recovery.tailLost).toBe(true);
    expect(await append(again, 'b')).toBe('kept');
    expect([again.start, await texts(again)]).toEqual([end, ['b']]);
  });
});

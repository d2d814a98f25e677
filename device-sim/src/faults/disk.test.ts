import { describe, expect, it } from 'vitest';
import { random } from '../random/sfc32.ts';
import { type FaultDisk, newFaultDisk } from './disk.ts';

const PAGE = 4096;
const page = (fill: number): Uint8Array => new Uint8Array(PAGE).fill(fill);

/** What a hundred power cuts leave, each as text. */
const outcomes = async (disk: FaultDisk, look: (left: FaultDisk) => string): Promise<Set<string>> =>
  new Set(Array.from({ length: 100 }, (_, seed) => look(disk.powerCut(random(seed)))));

const firstBytes = (path: string, pages: readonly number[]) => (left: FaultDisk) => {
  const bytes = left.contents(path);
  return pages.map((index) => bytes[index * PAGE] ?? '-').join(' ');
};

const synced = async (): Promise<FaultDisk> => {
  const disk = newFaultDisk();
  const file = await disk.open('/a/file', 'create');
  await file.write(page(1), 0);
  await file.write(page(1), PAGE);
  await file.datasync();
  await disk.syncDirectory('/a');
  return disk;
};

describe('a disk in memory whose power goes', () => {
  it('keeps everything that was synced', async () => {
    const disk = await synced();
    expect(await outcomes(disk, firstBytes('/a/file', [0, 1]))).toEqual(new Set(['1 1']));
  });

  it('keeps any subset of the pages that were not, and of a page written twice any version', async () => {
    const disk = await synced();
    const file = await disk.open('/a/file', 'update');
    await file.write(page(2), 0);
    await file.write(page(2), PAGE);
    await file.write(page(3), PAGE);
    const seen = await outcomes(disk, (left) => {
      const bytes = left.contents('/a/file');
      const isTorn = [0, PAGE].some((at) => new Set(bytes.subarray(at, at + PAGE)).size > 1);
      return isTorn ? 'torn' : firstBytes('/a/file', [0, 1])(left);
    });
    for (const outcome of ['1 1', '1 2', '1 3', '2 1', '2 2', '2 3', 'torn']) expect(seen).toContain(outcome);
    expect(await (await disk.open('/a/file', 'read')).sizeBytes()).toBe(2 * PAGE);
  });

  it('forgets names whose directory was not synced, whatever became of the file', async () => {
    const disk = await synced();
    const made = await disk.open('/a/new', 'create');
    await made.write(page(5), 0);
    await made.datasync();
    await disk.rename('/a/file', '/a/other');
    const names = await Promise.all(
      Array.from({ length: 100 }, (_, seed) => disk.powerCut(random(seed)).list('/a')),
    );
    const seen = new Set(names.map((list) => [...list].sort().join(' ')));
    expect(seen).toEqual(new Set(['file', 'other', 'file new', 'new other']));
    await disk.syncDirectory('/a');
    expect((await disk.powerCut(random(1)).list('/a')).length).toBe(2);
  });

  it('does not make a page durable by repeating a sync that failed', async () => {
    const disk = await synced();
    const file = await disk.open('/a/file', 'update');
    await file.write(page(2), 0);
    disk.fail({ operation: 'datasync', code: 'EIO', times: 1 });
    await expect(file.datasync()).rejects.toMatchObject({ code: 'EIO' });
    await file.datasync();
    const seen = await outcomes(disk, firstBytes('/a/file', [1]));
    expect(seen).toEqual(new Set(['1']));
    const first = await outcomes(disk, (left) => String(left.contents('/a/file')[PAGE - 1]));
    expect(first.size).toBeGreaterThan(1);
    await file.write(page(3), 0);
    await file.datasync();
    expect(await outcomes(disk, firstBytes('/a/file', [0]))).toEqual(new Set(['3']));
  });

  it('stops at the boundary it is told, and is full at its capacity', async () => {
    const disk = newFaultDisk({ capacityBytes: 3 * PAGE });
    const file = await disk.open('/a/file', 'create');
    await expect(file.write(new Uint8Array(4 * PAGE), 0)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect([disk.allocatedBytes, await disk.freeBytes('/a')]).toEqual([3 * PAGE, 0]);
    await file.write(page(1), 0);
    disk.cutAt(disk.boundaries + 2);
    await file.write(page(2), 0);
    await expect(file.write(page(3), 0)).rejects.toMatchObject({ code: 'EPOWER' });
    await expect(disk.list('/a')).rejects.toMatchObject({ code: 'EPOWER' });
    expect(disk.isCut).toBe(true);
  });

  it('keeps what was written through, and nothing else with it', async () => {
    const disk = await synced();
    const file = await disk.open('/a/file', 'update');
    await file.write(page(2), 0);
    await file.writeThrough(page(3), PAGE);
    const seen = await outcomes(disk, firstBytes('/a/file', [0, 1]));
    for (const outcome of ['1 3', '2 3']) expect(seen).toContain(outcome);
    expect([...seen].every((outcome) => outcome.endsWith(' 3'))).toBe(true);
  });

  it('has everything that was written for the next process after a kill', async () => {
    const disk = await synced();
    const file = await disk.open('/a/file', 'update');
    await file.write(page(2), 0);
    const next = disk.afterKill();
    await expect(file.write(page(3), 0)).rejects.toMatchObject({ code: 'EPOWER' });
    expect(firstBytes('/a/file', [0, 1])(next)).toBe('2 1');
    const seen = await outcomes(next, firstBytes('/a/file', [0]));
    for (const outcome of ['1', '2']) expect(seen).toContain(outcome);
  });
});

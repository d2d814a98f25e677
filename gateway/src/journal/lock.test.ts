import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from './disk.ts';
import { type Holder, thisProcess } from './holder.ts';
import { takeLock } from './lock.ts';
import { openTest, scratch } from './testing.ts';

/** Processes of a made-up machine: those in `running` live. */
const machine = () => {
  const running = new Set<string>();
  const start = (pid: number, started: string): Holder => {
    running.add(`${pid} ${started}`);
    return { pid, started, isRunning: (other, when) => running.has(`${other} ${when}`) };
  };
  return { start, kill: ({ pid, started }: Holder) => running.delete(`${pid} ${started}`) };
};

const locks = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory)).filter((name) => name.startsWith('lock.'));

describe('the lock of a data directory', () => {
  it('lets a second gateway know which process has it', async () => {
    await using dir = await scratch();
    await using _first = await openTest(dir.path);
    await expect(openTest(dir.path)).rejects.toThrow(`process ${process.pid} is using this directory`);
  });

  it('is free after its holder ended, and after it was killed', async () => {
    await using dir = await scratch();
    const { start, kill } = machine();
    const first = start(100, 'a');
    const taken = await takeLock(nodeDisk(), dir.path, first);
    if (!taken.ok) throw new Error(taken.fault.words);
    await taken.value.release();
    expect((await takeLock(nodeDisk(), dir.path, first)).ok).toBe(true);
    kill(first);
    expect((await takeLock(nodeDisk(), dir.path, start(101, 'b'))).ok).toBe(true);
    expect(await locks(dir.path)).toHaveLength(1);
  });

  it('is not held by another process that was given the same number', async () => {
    await using dir = await scratch();
    const { start, kill } = machine();
    const first = start(100, 'a');
    await takeLock(nodeDisk(), dir.path, first);
    kill(first);
    expect((await takeLock(nodeDisk(), dir.path, start(100, 'b'))).ok).toBe(true);
    expect((await takeLock(nodeDisk(), dir.path, start(102, 'c'))).ok).toBe(false);
  });

  it('left empty or as noise by a power cut holds nobody back', async () => {
    for (const text of ['', 'noise', '12', '\n\n', '-1\nx\n']) {
      await using dir = await scratch();
      await writeFile(join(dir.path, 'lock.3'), text);
      expect((await takeLock(nodeDisk(), dir.path, machine().start(100, 'a'))).ok).toBe(true);
      expect(await locks(dir.path)).toEqual(['lock.4']);
    }
  });

  it('is never held by two of many that start at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      await using dir = await scratch();
      const { start, kill } = machine();
      const dead = start(99, 'dead');
      await takeLock(nodeDisk(), dir.path, dead);
      kill(dead);
      const all = await Promise.all(
        Array.from({ length: 6 }, (_, i) => takeLock(nodeDisk(), dir.path, start(100 + i, 'x'))),
      );
      expect(all.filter(({ ok }) => ok).length).toBeLessThanOrEqual(1);
    }
  });
});

describe('this process', () => {
  it('runs, and neither a later one with its number nor a number nobody has does', () => {
    const own = thisProcess();
    expect(own.isRunning(own.pid, own.started)).toBe(true);
    expect(own.isRunning(own.pid, 'another start')).toBe(false);
    expect(own.isRunning(2 ** 22 + 1, own.started)).toBe(false);
  });
});

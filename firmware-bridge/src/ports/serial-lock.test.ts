import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type LockPlace, lockFileName, lockLine, systemLockPlace } from './serial-lock.ts';

const root = mkdtempSync(join(tmpdir(), 'outpost-lock-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A machine of its own with these processes, by number and time of start. */
const place = (pid: number, running: ReadonlyMap<number, string>): LockPlace => ({
  directories: [mkdtempSync(join(root, 'place-'))],
  pid,
  startOf: (other) => running.get(other),
  isRunning: (other) => running.has(other),
});

const FILE = 'LCK..ttyUSB0';
const DEVICE = '/dev/ttyUSB0';

const fileOf = ({ directories }: LockPlace): string => join(directories[0] ?? '', FILE);

describe('the lock of a serial line', () => {
  it('is named after the device as other programs name theirs', () => {
    expect(lockFileName('/dev/ttyUSB0')).toBe(FILE);
    expect(lockFileName('/dev/pts/7')).toBe('LCK..pts_7');
  });

  it('holds the process number in ten characters, and goes when it is released', () => {
    const here = place(42, new Map([[42, '1000']]));
    const outcome = lockLine(DEVICE, here);
    expect(outcome.kind).toBe('locked');
    expect(readFileSync(fileOf(here), 'latin1')).toBe('        42\n1000\n');
    if (outcome.kind === 'locked') outcome.lock.release();
    expect(existsSync(fileOf(here))).toBe(false);
  });

  it('keeps a second one away, in another process and in the same one, and names the first', () => {
    const running = new Map([
      [42, '1000'],
      [43, '1001'],
    ]);
    const here = place(42, running);
    lockLine(DEVICE, here);
    for (const pid of [42, 43]) {
      expect(lockLine(DEVICE, { ...here, pid })).toEqual({ kind: 'held', pid: 42, file: fileOf(here) });
    }
    expect(lockLine('/dev/ttyUSB1', here).kind).toBe('locked');
  });

  it('counts a lock in any of the directories, wherever its own would go', () => {
    const first = place(
      42,
      new Map([
        [42, '1'],
        [43, '2'],
      ]),
    );
    const second = place(43, new Map());
    lockLine(DEVICE, first);
    const both = { ...first, pid: 43, directories: [...second.directories, ...first.directories] };
    expect(lockLine(DEVICE, both)).toMatchObject({ kind: 'held', pid: 42 });
  });

  it('takes over from a process that is gone', () => {
    const here = place(43, new Map([[43, '1001']]));
    writeFileSync(fileOf(here), '        42\n');
    expect(lockLine(DEVICE, here).kind).toBe('locked');
    expect(readFileSync(fileOf(here), 'latin1')).toContain('43');
  });

  it('takes over where the number now belongs to another process, as after a restart in a container', () => {
    const here = place(1, new Map([[1, '2000']]));
    writeFileSync(fileOf(here), '         1\n1000\n');
    expect(lockLine(DEVICE, here).kind).toBe('locked');
  });

  it('respects a lock of another program, which names no start', () => {
    const here = place(
      43,
      new Map([
        [42, '1'],
        [43, '2'],
      ]),
    );
    writeFileSync(fileOf(here), '        42\n');
    expect(lockLine(DEVICE, here)).toMatchObject({ kind: 'held', pid: 42 });
  });

  it('does not break into a line whose lock it cannot read', () => {
    const here = place(43, new Map([[43, '2']]));
    writeFileSync(fileOf(here), '\x2a\0\0\0');
    expect(lockLine(DEVICE, here)).toEqual({ kind: 'held', pid: undefined, file: fileOf(here) });
  });

  it('leaves a lock alone that somebody else took meanwhile', () => {
    const here = place(42, new Map([[42, '1000']]));
    const outcome = lockLine(DEVICE, here);
    writeFileSync(fileOf(here), '        43\n');
    if (outcome.kind === 'locked') outcome.lock.release();
    expect(existsSync(fileOf(here))).toBe(true);
  });

  it('follows no link that somebody laid out for it', () => {
    const here = place(42, new Map([[42, '1000']]));
    const victim = join(root, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, `${fileOf(here)}.42`);
    expect(lockLine(DEVICE, here).kind).toBe('locked');
    expect(readFileSync(victim, 'latin1')).toBe('precious');
  });

  it('goes to the next directory where the first is absent, and does without where there is none', () => {
    const absent = join(root, 'absent');
    const here = place(42, new Map([[42, '1000']]));
    const second = { ...here, directories: [absent, ...here.directories] };
    expect(lockLine(DEVICE, second).kind).toBe('locked');
    expect(existsSync(fileOf(here))).toBe(true);
    expect(lockLine(DEVICE, { ...here, directories: [absent] }).kind).toBe('locked');
  });

  // Root may write anywhere, so this says nothing to root.
  it.skipIf(process.getuid?.() === 0)('passes by a directory it may not write to (not as root)', () => {
    const closed = join(root, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o555);
    const here = place(42, new Map([[42, '1000']]));
    expect(lockLine(DEVICE, { ...here, directories: [closed, ...here.directories] }).kind).toBe('locked');
    expect(existsSync(fileOf(here))).toBe(true);
  });

  it('knows the processes of this machine', () => {
    const here = systemLockPlace();
    expect(here.isRunning(process.pid)).toBe(true);
    expect(here.startOf(process.pid)).toMatch(/^\d+$/);
    expect(here.isRunning(2 ** 22 + 1)).toBe(false);
    expect(here.startOf(2 ** 22 + 1)).toBeUndefined();
  });
});

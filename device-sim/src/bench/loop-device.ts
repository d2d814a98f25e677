import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** What a block device has been asked to write since it was made. */
export interface Written {
  readonly bytes: number;
  readonly flushes: number;
}

const IMAGE_BYTES = 256 * 1024 * 1024;
const SECTOR_BYTES = 512;
/** Fields of /sys/block/<dev>/stat, from 0 (Documentation/block/stat.rst). */
const SECTORS_WRITTEN = 6;
const FLUSHES = 15;

const run = (command: string, ...args: readonly string[]): string | undefined => {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
};

const writtenTo = (device: string): Written => {
  const fields = readFileSync(`/sys/block/${device}/stat`, 'utf8').trim().split(/\s+/).map(Number);
  return { bytes: (fields[SECTORS_WRITTEN] ?? 0) * SECTOR_BYTES, flushes: fields[FLUSHES] ?? 0 };
};

/**
 * Runs something on an ext4 of its own on a loop block device, whose counters include the file system's journal.
 * Undefined where this user may not have one. Everything is taken down again in any case.
 */
export const onLoopDevice = async <T>(
  act: (directory: string, written: () => Written) => Promise<T>,
): Promise<T | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const scratch = await mkdtemp(join(tmpdir(), 'outpost-loop-'));
  const image = join(scratch, 'image');
  const mount = join(scratch, 'mount');
  let device: string | undefined;
  try {
    await using file = await open(image, 'w');
    await file.truncate(IMAGE_BYTES);
    await mkdir(mount);
    if (run('mkfs.ext4', '-q', '-F', image) === undefined) return undefined;
    device = run('losetup', '--find', '--show', image);
    if (device === undefined || run('mount', device, mount) === undefined) return undefined;
    const name = basename(device);
    if (!(await readdir('/sys/block')).includes(name)) return undefined;
    if ((await readFile(`/sys/block/${name}/stat`, 'utf8')).trim() === '') return undefined;
    const result = await act(mount, () => writtenTo(name));
    return result;
  } finally {
    run('umount', mount);
    if (device !== undefined) run('losetup', '--detach', device);
    await rm(scratch, { recursive: true, force: true });
  }
};

import { mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, NS_PER_MS } from '@outpost/schemas/words';
import { writeWhole } from '../store/whole-file.ts';

/** Those that are kept; the oldest makes room. */
const EARLIER_MAX = 20;
const NAME = /^(\d{13})\.json$/;

/** A configuration as it stood before it was changed. */
export interface Earlier {
  readonly id: string;
  /** When it was replaced, milliseconds since 1970. */
  readonly untilMs: number;
}

/** Earlier configurations, a file each in a directory of their own. */
export interface EarlierFiles {
  /** The newest first. */
  list(): Promise<readonly Earlier[]>;
  keep(text: string): Promise<void>;
  /** Undefined where it is not kept any more. */
  read(id: string): Promise<string | undefined>;
}

export const earlierFiles = (directory: string, clock: Clock): EarlierFiles => {
  const fileOf = (id: string): string => join(directory, `${id}.json`);

  const list = async (): Promise<readonly Earlier[]> => {
    const names = await readdir(directory).catch(() => [] as string[]);
    const found = names.flatMap((name) => NAME.exec(name)?.[1] ?? []);
    return found.map((id) => ({ id, untilMs: Number(id) })).sort((a, b) => b.untilMs - a.untilMs);
  };

  return {
    list,
    keep: async (text) => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const before = await list();
      const nowMs = Number(clock.wall() / NS_PER_MS);
      // Two within a millisecond, or with a clock that went back, still stand in order.
      const ms = Math.max(nowMs, (before[0]?.untilMs ?? 0) + 1);
      await writeWhole(fileOf(String(ms).padStart(13, '0')), text);
      for (const { id } of before.slice(EARLIER_MAX - 1)) await unlink(fileOf(id));
    },
    read: async (id) =>
      (await list()).some((each) => each.id === id) ? await readFile(fileOf(id), 'utf8') : undefined,
  };
};

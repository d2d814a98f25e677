import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import type { Terminal } from './context.ts';
import { outpost } from './main.ts';

const terminalOf = () => {
  const lines: string[] = [];
  const terminal: Terminal = {
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    secret: async () => undefined,
    env: {},
    signal: new AbortController().signal,
  };
  return { lines, terminal };
};

const tripsOf = async (
  file: string,
): Promise<{ readonly code: number; readonly lines: readonly string[] }> => {
  const { lines, terminal } = terminalOf();
  return { code: await outpost(['trips', file], terminal), lines };
};

describe('outpost trips', () => {
  it('says in one sentence that a file is not there, or is no evidence', async () => {
    await using directory = await scratch();
    const missing = await tripsOf(join(directory.path, 'none'));
    expect(missing.code).toBe(1);
    expect(missing.lines).toHaveLength(1);
    expect(missing.lines[0]).toMatch(/none: cannot be read: .*no such file/);
    const path = join(directory.path, 'garbage');
    await writeFile(path, 'garbage');
    const garbage = await tripsOf(path);
    expect(garbage.code).toBe(1);
    expect(garbage.lines).toHaveLength(1);
    expect(garbage.lines[0]).toMatch(/garbage: is no whole evidence/);
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault, WallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../../journal/testing.ts';
import { at } from './testing.ts';
import { openWeeks } from './weeks-file.ts';

const CAR = 'did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:33';
const never = (why: Fault): never => {
  throw new Error(why.words);
};
/** A Wednesday of week 250, and of others after it. */
const wednesday = (week: number): WallNs =>
  (at('2026-11-18T12:00:00Z') + BigInt(week - 250) * 604_800_000_000_000n) as WallNs;

describe('what a box knows of the weeks of its vehicles', () => {
  it('says once a week that it qualifies, remembers it over a restart, and counts the streak', async () => {
    await using directory = await scratch();
    const weeks = await openWeeks(directory.path, never);
    const firsts: boolean[] = [];
    for (const week of [250, 250, 251, 252])
      firsts.push(await weeks.taken(CAR, wednesday(week), wednesday(week)));
    expect(firsts).toEqual([true, false, true, true]);
    const again = await openWeeks(directory.path, never);
    expect(await again.taken(CAR, wednesday(252), wednesday(252))).toBe(false);
    expect(again.forecast(CAR, wednesday(252))).toMatchObject({
      qualified: true,
      words: 'Qualified for week 252.',
    });
    expect(again.forecast(CAR, wednesday(253))).toMatchObject({ qualified: false, streak: { connected: 3 } });
    expect(again.forecast(CAR, wednesday(255)).words).toContain('3rd inactive week');
  });

  it('counts nothing for a week that was over when its signals came', async () => {
    await using directory = await scratch();
    const weeks = await openWeeks(directory.path, never);
    expect(await weeks.taken(CAR, wednesday(250), wednesday(251))).toBe(false);
    expect(weeks.subjects).toEqual([]);
  });

  it('goes on from what the owner said meanwhile, in another program', async () => {
    await using directory = await scratch();
    const running = await openWeeks(directory.path, never);
    await running.taken(CAR, wednesday(250), wednesday(250));
    const command = await openWeeks(directory.path, never);
    await command.begin(CAR, { connected: 20, disconnected: 0 }, wednesday(250));
    await running.taken(CAR, wednesday(251), wednesday(251));
    expect(running.forecast(CAR, wednesday(251))).toMatchObject({ streak: { connected: 22 }, points: 2_000 });
  });

  it('begins anew with a damaged file, and tells of one that cannot be written', async () => {
    await using directory = await scratch();
    await writeFile(join(directory.path, 'weeks.json'), '{"a": {"fromWeek": "x"}}');
    expect((await openWeeks(directory.path, never)).subjects).toEqual([]);
    const blocked = join(directory.path, 'blocked');
    await mkdir(join(blocked, 'weeks.json'), { recursive: true });
    const told: string[] = [];
    const weeks = await openWeeks(blocked, ({ code }) => told.push(code));
    expect(await weeks.taken(CAR, wednesday(250), wednesday(250))).toBe(true);
    expect(told).toEqual(['dimo.weeks']);
  });
});

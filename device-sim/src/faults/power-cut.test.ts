import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runFlips } from '../soak/flips.ts';
import { runKills } from '../soak/kills.ts';
import { newCutTally, runCuts, runEveryBoundary } from '../soak/power-cuts.ts';
import { repository } from '../tidy/sources.ts';

// Small counts of what `npm run soak -- journal` does in full. A failure names its seed.

describe('the journal', () => {
  it('loses nothing acknowledged in random lives that power cuts and kills end', async () => {
    const tally = newCutTally();
    for (let seed = 1; tally.cuts < 110; seed += 1) await runCuts({ seed, lives: 5, steps: 20 }, tally);
    expect(tally.acknowledgedRecords).toBeGreaterThan(5_000);
    expect(tally.cutsWhileOpening).toBeGreaterThan(3);
  });

  it('loses nothing acknowledged where the disk is also full now and then, or fails', async () => {
    const tally = newCutTally();
    for (let seed = 1; tally.cuts < 40; seed += 1) {
      await runCuts({ seed, lives: 5, steps: 20, troubled: true }, tally);
    }
    expect(tally.acknowledgedRecords).toBeGreaterThan(1_500);
  });

  it('loses nothing acknowledged when the power goes at any write of a scripted life', async () => {
    const tally = newCutTally();
    const boundaries = await runEveryBoundary(5, 12, tally);
    expect(tally.cuts).toBe(boundaries);
    expect(boundaries).toBeGreaterThan(40);
  });

  it.each(['closed', 'killed'] as const)(
    'notices any damaged byte of its last segment and reads the rest, having been %s',
    async (left) => {
      const flipped = await runFlips({ seed: 3, left, every: 499, damage: 'flip' });
      const cut = await runFlips({ seed: 3, left, every: 1999, damage: 'truncate' });
      expect(flipped.places + cut.places).toBeGreaterThan(150);
      expect(flipped.lossy).toBeGreaterThan(50);
      expect(left === 'closed' ? flipped.worst : 1).toBe(1);
    },
  );

  const child = join(repository, 'device-sim', 'dist', 'soak', 'journal-child.js');
  it.skipIf(!existsSync(child))('loses nothing acknowledged under kill -9 of a real process', async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'outpost-kills-'));
    try {
      const { signal } = new AbortController();
      const directory = join(scratch, 'journal');
      const tally = await runKills({ child, directory, kills: 5, seed: 1, signal, say: () => undefined });
      expect(tally.kills).toBe(5);
      expect(tally.acknowledgedRecords).toBeGreaterThan(5);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
});

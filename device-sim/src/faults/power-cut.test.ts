import { describe, expect, it } from 'vitest';
import { newCutTally, runCuts, runEveryBoundary } from '../soak/power-cuts.ts';

describe('the journal under power cuts', () => {
  it('loses nothing acknowledged in random lives cut at random places', async () => {
    const tally = newCutTally();
    for (let seed = 1; tally.cuts < 300; seed += 1)
      await runCuts({ seed, lives: 4, steps: 25, troubled: seed % 2 === 0 }, tally);
    expect(tally.acknowledgedRecords).toBeGreaterThan(1000);
  });

  it('loses nothing acknowledged when the power goes at any write of a scripted life', async () => {
    const tally = newCutTally();
    await runEveryBoundary(77, 20, tally);
    expect(tally.cuts).toBeGreaterThan(50);
  });
});

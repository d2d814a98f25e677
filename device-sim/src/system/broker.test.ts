import { describe, expect, it } from 'vitest';
import { runBrokerKills } from '../soak/broker-kill.ts';

describe('a gateway that a device publishes to', () => {
  it('has on its disk whatever it acknowledged when it is killed', async () => {
    const { signal } = new AbortController();
    const plan = { kills: 1, perSecond: 1_000, seed: 11, signal, say: () => undefined };
    const { acknowledged, lost } = await runBrokerKills(plan);
    expect(acknowledged).toBeGreaterThan(0);
    expect(lost).toBe(0);
  }, 120_000);
});

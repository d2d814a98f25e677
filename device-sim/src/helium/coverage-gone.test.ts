import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { beaconHeard, type CoverageRig, openCoverageRig } from './coverage-rig.ts';
import { IMPATIENCE, PATIENCE } from './hopping-clock.ts';
import { until } from './raw-client.ts';
import type { CoverageService } from './serve-coverage.ts';

const GATEWAYS = ['0016c001ff10a235', '0016c001ff10a236', '0016c001ff10a237'] as const;
const DAY_NS = 86_400_000_000_000n;

const payload = (): Uint8Array => {
  const bytes = Uint8Array.from(randomBytes(51));
  bytes[0] = 4;
  bytes[1] = 0;
  return bytes;
};

/** Whether a report of that gateway arrives, within some minutes. */
const settles = async (rig: CoverageRig, eui: string): Promise<boolean> => {
  for (let times = 0; times < 10; times += 1) {
    if ((await rig.deliver(beaconHeard(eui, payload()))).kind === 'settled') return true;
    await rig.passing(30);
  }
  return false;
};

/** What is done to the ingest service so that it is gone. */
const WAYS_TO_GO: readonly (readonly [string, (service: CoverageService) => void])[] = [
  [
    'takes no connection',
    ({ faults, server }) => {
      faults.isAway = true;
      server.cut();
    },
  ],
  [
    'hangs',
    ({ faults, server }) => {
      faults.hangs = true;
      server.cut();
    },
  ],
  [
    'does not know the method any more',
    ({ faults, server }) => {
      faults.isForgotten = true;
      server.cut();
    },
  ],
];

describe('the ingest service gone for a day', () => {
  it.each(WAYS_TO_GO)(
    'because it %s alarms nobody, is asked rarely, and is found again',
    async (_, leave) => {
      await using rig = await openCoverageRig();
      for (const eui of GATEWAYS) await rig.deliver(beaconHeard(eui, payload()));
      leave(rig.served.ingest);
      await rig.passing(60, () => rig.notes.length > 0);
      const before = rig.served.ingest.tried;
      if (rig.served.ingest.faults.hangs) rig.clock.patience = IMPATIENCE;
      const end = rig.clock.mono() + DAY_NS;
      const outcomes = new Set<string>();
      while (rig.clock.mono() < end) {
        await rig.clock.hop();
        outcomes.add((await rig.deliver(beaconHeard(GATEWAYS[0], payload()))).kind);
      }
      // For some seconds it may only be late; after that nothing waits for it.
      expect([...outcomes]).toEqual(['kept', 'expired']);
      rig.clock.patience = PATIENCE;
      expect(rig.alarms).toEqual([]);
      // One sentence, said once: which service, and since when.
      expect(rig.notes).toHaveLength(1);
      expect(rig.notes[0]).toMatch(
        /^the ingest service at 127\.0\.0\.1:\d+ is not there since 2023-11-14T22:1\d:\d\dZ \(.+\); asked again by itself\.$/,
      );
      // For all three gateways together.
      expect(rig.served.ingest.tried - before).toBeLessThanOrEqual(24 * 3);
      const sessions = rig.served.ingest.core.tally.sessions;
      Object.assign(rig.served.ingest.faults, { isAway: false, hangs: false, isForgotten: false });
      expect(await rig.passing(1_800, () => rig.notes.length > 1)).toBe(true);
      expect(rig.notes).toEqual([rig.notes[0], '']);
      expect(
        await rig.passing(1_800, () => rig.served.ingest.core.tally.sessions >= sessions + GATEWAYS.length),
      ).toBe(true);
      for (const eui of GATEWAYS) expect(await settles(rig, eui)).toBe(true);
    },
  );

  it('leaves nothing behind that a second start would trip over', async () => {
    await using rig = await openCoverageRig();
    await rig.deliver(beaconHeard(GATEWAYS[0], payload()));
    rig.served.ingest.faults.isAway = true;
    rig.served.ingest.server.cut();
    await rig.passing(60, () => rig.notes.length > 0);
    await rig.stop();
    rig.served.ingest.faults.isAway = false;
    const ending = new AbortController();
    const running = rig.network.run?.(ending.signal).catch(() => undefined);
    const sessions = rig.served.ingest.core.tally.sessions;
    expect(await rig.passing(1_800, () => rig.served.ingest.core.tally.sessions > sessions)).toBe(true);
    await until('it is well', () => rig.notes.at(-1) === '');
    ending.abort(new Error('the test is over'));
    await running;
  });
});

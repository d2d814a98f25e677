import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { breath, passing } from './client-rig.ts';
import { beaconHeard, type CoverageRig, openCoverageRig } from './coverage-rig.ts';
import { until } from './raw-client.ts';
import type { CoverageService } from './serve-coverage.ts';

const GATEWAYS = ['0016c001ff10a235', '0016c001ff10a236', '0016c001ff10a237'] as const;
const DAY_STEPS = 144;
const STEP_MS = 600_000;

const payload = (): Uint8Array => {
  const bytes = Uint8Array.from(randomBytes(51));
  bytes[0] = 4;
  bytes[1] = 0;
  return bytes;
};

/** A day in steps of ten minutes; what is heard meanwhile is asked about in each. */
const day = async (rig: CoverageRig, each: () => Promise<void> = () => Promise.resolve()): Promise<void> => {
  for (let step = 0; step < DAY_STEPS; step += 1) {
    await rig.clock.advance(STEP_MS);
    await breath();
    await each();
  }
};

/** Time passes until it is so, which may take that long and no longer. */
const atMost = async ({ clock }: CoverageRig, ms: number, isSo: () => boolean): Promise<void> => {
  for (let passed = 0; !isSo() && passed <= ms; passed += 4_000) {
    await clock.advance(4_000);
    await breath();
  }
  expect(isSo()).toBe(true);
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
      await passing(rig.clock, 1_000, () => rig.notes.length > 0);
      const before = rig.served.ingest.tried;
      let kept = 0;
      await day(rig, async () => {
        const outcome = await rig.deliver(beaconHeard(GATEWAYS[0], payload()));
        kept += outcome.kind === 'kept' ? 1 : 0;
      });
      expect(kept).toBe(DAY_STEPS);
      expect(rig.alarms).toEqual([]);
      // One sentence, said once: which service, and since when.
      expect(rig.notes).toHaveLength(1);
      expect(rig.notes[0]).toMatch(
        /^the ingest service at 127\.0\.0\.1:\d+ is not there since 2023-11-14T22:13:\d\dZ \(.+\); asked again by itself\.$/,
      );
      // For all three gateways together.
      expect(rig.served.ingest.tried - before).toBeLessThanOrEqual(2 * 24 * 2 + 12);
      const sessions = rig.served.ingest.core.tally.sessions;
      Object.assign(rig.served.ingest.faults, { isAway: false, hangs: false, isForgotten: false });
      await atMost(rig, 1_800_000, () => rig.notes.length > 1);
      expect(rig.notes).toEqual([rig.notes[0], '']);
      await passing(
        rig.clock,
        1_000,
        () => rig.served.ingest.core.tally.sessions >= sessions + GATEWAYS.length,
      );
      for (const eui of GATEWAYS)
        expect(await rig.deliver(beaconHeard(eui, payload()))).toEqual({ kind: 'settled' });
    },
  );

  it('leaves nothing behind that a second start would trip over', async () => {
    await using rig = await openCoverageRig();
    await rig.deliver(beaconHeard(GATEWAYS[0], payload()));
    rig.served.ingest.faults.isAway = true;
    rig.served.ingest.server.cut();
    await passing(rig.clock, 1_000, () => rig.notes.length > 0);
    await rig.stop();
    rig.served.ingest.faults.isAway = false;
    const ending = new AbortController();
    const running = rig.network.run?.(ending.signal).catch(() => undefined);
    const sessions = rig.served.ingest.core.tally.sessions;
    await passing(rig.clock, 4_000, () => rig.served.ingest.core.tally.sessions > sessions);
    await until('it is well', () => rig.notes.at(-1) === '');
    ending.abort(new Error('the test is over'));
    await running;
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { receptionProblem } from '../../evidence/reception-body.ts';
import { type Modulation, type ReceptionBody, wallNs } from '../../words/index.ts';
import { regionNamed } from '../region/index.ts';
import { openCells } from './cells.ts';
import { openEncounters } from './encounters.ts';
import { receptionExplainer } from './explain.ts';
import { openSenders } from './senders.ts';
import { CAR, HOTSPOT, OTHER, signed } from './testing.ts';

const whole = (min: number, max: number) => fc.option(fc.integer({ min, max }), { nil: undefined });

const modulations: fc.Arbitrary<Modulation> = fc.oneof(
  fc.record({
    kind: fc.constant('lora' as const),
    spreadingFactor: fc.integer({ min: 5, max: 12 }),
    bandwidthHz: fc.oneof(fc.constant(125_000), fc.integer({ min: 1, max: 100_000_000 })),
    codingRate: fc.constantFrom('', '4/5', 'OFF'),
  }),
  fc.record({
    kind: fc.constant('fsk' as const),
    bitsPerSecond: fc.integer({ min: 1, max: 100_000_000 }),
    deviationHz: whole(1, 200_000),
  }),
  fc.record({
    kind: fc.constant('lr-fhss' as const),
    codingRate: fc.constantFrom('1/3' as const, '5/6' as const),
    widthHz: fc.integer({ min: 1, max: 100_000_000 }),
    gridSteps: whole(0, 52),
  }),
);

/** Whatever the signed form can hold, most of it heard or sent by few radios within a minute. */
const bodies: fc.Arbitrary<Partial<ReceptionBody>> = fc.record({
  direction: fc.constantFrom('heard' as const, 'heard' as const, 'sent' as const),
  phy: fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.uint8Array({ maxLength: 1_024 })),
  crc: fc.constantFrom('ok' as const, 'bad' as const, 'none' as const, 'unknown' as const),
  frequencyHz: whole(1, 100_000_000_000),
  modulation: fc.option(modulations, { nil: undefined }),
  rssiDeciDbm: whole(-3_000, 1_000),
  signalRssiDeciDbm: whole(-3_000, 1_000),
  snrDeciDb: whole(-1_000, 1_000),
  powerDeciDbm: whole(-3_000, 1_000),
  tmst: whole(0, 0xffff_ffff),
  gatewayTime: fc.option(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(wallNs), { nil: undefined }),
  fineNs: whole(0, 999_999_999),
  location: fc.option(
    fc.record({
      latitude: fc.integer({ min: -900_000_000, max: 900_000_000 }),
      longitude: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
      altitudeCm: fc.constant(undefined),
      source: fc.constantFrom('gnss' as const, 'configured' as const),
    }),
    { nil: undefined },
  ),
});

const receptions = fc
  .tuple(fc.constantFrom(HOTSPOT, CAR, OTHER), fc.integer({ min: 0, max: 60_000 }), bodies)
  .map(([key, ms, body]) => signed(key, ms, body));

it('whatever is signed gets one verdict in words, and nobody meets himself', () => {
  fc.assert(
    fc.property(fc.array(receptions, { maxLength: 20 }), (all) => {
      const senders = openSenders();
      for (const each of all) senders.take(each);
      const context = { region: regionNamed('EU868'), senders, gainDbi: () => undefined };
      const explain = receptionExplainer(context);
      const [encounters, cells] = [openEncounters(senders), openCells(() => 1n, senders)];
      let counted = 0;
      for (const each of all) {
        expect(receptionProblem(each.body)).toBeUndefined();
        const explained = explain(each);
        expect(explained.words).toMatch(
          /^(?:would be (?:accepted|rejected): |is doubtful: |cannot be judged, because |this gateway reported|was sent)/,
        );
        expect(explained.words).not.toMatch(/NaN|undefined|Infinity/);
        encounters.take(each, explained);
        cells.take(each, explained);
        if (explained.verdict === 'accepted') counted += 1;
      }
      for (const { keys, heard } of encounters.list()) {
        expect(keys[0] < keys[1]).toBe(true);
        expect(heard[0].accepted + heard[0].unjudged + heard[1].accepted + heard[1].unjudged).toBeGreaterThan(
          0,
        );
      }
      const mapped = cells.list().reduce((sum, { count }) => sum + count, 0);
      expect(mapped).toBeLessThanOrEqual(counted);
    }),
    { numRuns: 300 },
  );
});

import { wallNs } from '@outpost/schemas/words';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Offset } from '../journal/contract.ts';
import { readSettlement, settlementEntry } from './entry.ts';
import { readingsSettledEntry, readReadingsSettled } from './live-entry.ts';
import type { Reward } from './reward.ts';

const reward = (): fc.Arbitrary<Reward> =>
  fc.record({
    unit: fc.constantFrom('DC', 'DIMO', 'kWh'),
    mantissa: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    decimals: fc.constantFrom(0, 5, 18),
    basis: fc.constantFrom('network', 'rule'),
  });

test('each reading gets its own reward back, or none', () => {
  const rewarded = fc.array(fc.option(reward(), { nil: undefined }), { maxLength: 40 });
  fc.assert(
    fc.property(rewarded, (rewards) => {
      const settled = rewards.map((each, at) => ({ reading: BigInt(at * 3) as Offset, reward: each }));
      const entry = readingsSettledEntry({ network: 'play', wall: wallNs(5n), settled, others: [] });
      expect(readReadingsSettled(entry.bytes)?.settled).toEqual(settled);
    }),
  );
});

test('the end of an attestation carries the reward, and one of an older journal has none', () => {
  const settlement = {
    network: 'play',
    stream: 'car/telemetry',
    attestation: new Uint8Array(32),
    kind: 'settled',
    code: '',
    words: '',
    receipt: undefined,
    wall: wallNs(5n),
  } as const;
  const none = readSettlement(settlementEntry(settlement).bytes);
  expect(none.ok && none.value.reward).toBe(undefined);
  fc.assert(
    fc.property(reward(), (each) => {
      const read = readSettlement(settlementEntry({ ...settlement, reward: each }).bytes);
      expect(read.ok && read.value).toEqual({ ...settlement, reward: each });
    }),
  );
});

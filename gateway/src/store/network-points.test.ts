import { type StreamId, wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { Kept, Offset } from '../journal/contract.ts';
import { newChains } from '../record/chains.ts';
import { settlementEntry } from '../record/entry.ts';
import { readingsSettledEntry } from '../record/live-entry.ts';
import { storeRecordsOf } from '../record/store-records.ts';
import { lineOf } from './line.ts';
import { pointProblem } from './point.ts';
import { pointOf } from './points.ts';
import { WALL_START } from './testing/records.ts';

const wall = wallNs(WALL_START);
const at = (number: number) => number as unknown as Offset;

/** Lines of an entry as the store makes them of it, at journal offset 7. */
const linesOf = (entry: Omit<Kept, 'offset' | 'next'>): readonly string[] =>
  storeRecordsOf(newChains(0n as Offset), { ...entry, offset: 7n as Offset, next: 8n as Offset }).map(
    (record) => {
      const point = pointOf(record, wall, 'ntp');
      if (!point.ok) throw new Error(point.fault.words);
      expect(pointProblem(point.value)).toBeUndefined();
      return lineOf(point.value);
    },
  );

const settlement = {
  network: 'main',
  stream: 'car/telemetry' as StreamId,
  attestation: new Uint8Array(32),
  kind: 'settled' as const,
  code: '',
  words: '',
  receipt: undefined,
  wall,
};

describe('what networks gave, as points', () => {
  it('has its unit as a tag, the exact amount and the rounded one', () => {
    const reward = { unit: 'DIMO', mantissa: 9_007_199_254_740_991, decimals: 18, basis: 'network' as const };
    const [line] = linesOf(settlementEntry({ ...settlement, reward }));
    expect(line).toBe(
      'receipts,network=main,device=car,stream=car/telemetry,verdict=settled,unit=DIMO,basis=network,decimals=18 ' +
        `reward=0.009007199254740991,count=1i,amount=9007199254740991i,attestation="${'00'.repeat(32)}",code="",text="" ` +
        '1700000000000000007',
    );
    expect(linesOf(settlementEntry(settlement))[0]).not.toMatch(/reward|amount|unit/);
  });

  it('is summed for readings that ended together, apart by verdict and by unit', () => {
    const dc = (mantissa: number) => ({ unit: 'DC', mantissa, decimals: 0, basis: 'rule' as const });
    const entry = readingsSettledEntry({
      network: 'hotspots',
      wall,
      settled: [
        { reading: at(1), reward: dc(2) },
        { reading: at(2) },
        { reading: at(3), reward: dc(3) },
        { reading: at(4), reward: { unit: 'X', mantissa: 5, decimals: 1, basis: 'network' } },
      ],
      others: [
        { reading: at(5), kind: 'refused', code: 'no', words: 'no.' },
        { reading: at(6), kind: 'expired', code: 'expired', words: 'too old' },
        { reading: at(7), kind: 'refused', code: 'full', words: 'full.' },
      ],
    });
    expect([...linesOf(entry)].sort()).toEqual([
      'deliveries,network=hotspots,verdict=expired count=1i 1700000000000000007',
      'deliveries,network=hotspots,verdict=refused count=2i 1700000000000000007',
      'deliveries,network=hotspots,verdict=settled count=1i 1700000000000000007',
      'deliveries,network=hotspots,verdict=settled,unit=DC,basis=rule reward=5,count=2i,amount=5i 1700000000000000007',
      'deliveries,network=hotspots,verdict=settled,unit=X,basis=network,decimals=1 reward=0.5,count=1i,amount=5i 1700000000000000007',
    ]);
  });

  it('keeps a sum that no 64 bits hold as the rounded one alone', () => {
    const most = { unit: 'X', mantissa: Number.MAX_SAFE_INTEGER, decimals: 0, basis: 'network' as const };
    const settled = Array.from({ length: 1_200 }, (_, reading) => ({ reading: at(reading), reward: most }));
    const [line] = linesOf(readingsSettledEntry({ network: 'n', wall, settled, others: [] }));
    expect(line).toContain(` reward=${Number(1_200n * BigInt(Number.MAX_SAFE_INTEGER))},count=1200i `);
    expect(line).not.toContain('amount');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerLine } from './lines.ts';
import { newestOf } from './newest.ts';

const late = (at: number) => ({ kind: 'late', at }) as unknown as LedgerLine;
const hour = (at: number) => ({ kind: 'hour', at }) as unknown as LedgerLine;
const totals: LedgerLine = {
  kind: 'totals',
  totals: { days: [], predictions: [], attestations: 0, shared: 0 },
};

async function* given(lines: readonly LedgerLine[]) {
  yield* lines;
}

describe('the newest lines of a ledger', () => {
  it('are the last of each kind in their order, with how many there were before them', async () => {
    const most = fc.record({ rows: fc.integer({ min: 1, max: 6 }), hours: fc.integer({ min: 1, max: 6 }) });
    await fc.assert(
      fc.asyncProperty(fc.nat(14), fc.nat(14), most, async (rows, hours, limit) => {
        const all = [
          ...Array.from({ length: rows }, (_, at) => late(at)),
          ...Array.from({ length: hours }, (_, at) => hour(at)),
        ];
        const found = [];
        for await (const line of newestOf(given([...all, totals]), limit)) found.push(line);
        const omitted = { rows: Math.max(0, rows - limit.rows), hours: Math.max(0, hours - limit.hours) };
        expect(found).toEqual([
          ...(omitted.rows + omitted.hours > 0 ? [{ kind: 'omitted', ...omitted }] : []),
          ...all.slice(0, rows).slice(-limit.rows),
          ...all.slice(rows).slice(-limit.hours),
          totals,
        ]);
      }),
    );
  });
});

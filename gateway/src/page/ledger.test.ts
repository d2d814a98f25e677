import { ok } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ledgerPage } from '../ledger/page.ts';
import { answer, make, moveCursor } from '../ledger/testing.ts';
import { newTestBox, type TestBox } from '../run/testing.ts';
import type { LedgerPage } from './api/ledger.ts';
import { openTestPage, type TestPage } from './testing.ts';

let box: TestBox;
let page: TestPage;
let cookie: string;

beforeAll(async () => {
  box = await newTestBox();
  const [first, second, third] = await make(box, 4);
  await answer(box, first!, { reward: { unit: 'OUT', mantissa: 25, decimals: 1, basis: 'network' } });
  await answer(box, second!, { kind: 'refused', code: 'no', words: 'not that.' });
  await answer(box, third!, {
    network: 'other',
    reward: { unit: 'X', mantissa: 1, decimals: 0, basis: 'rule' },
  });
  await moveCursor(box, second!.next);
  const { journal } = box.opened;
  page = await openTestPage({
    clock: box.clock,
    ledger: async (asked, signal) => {
      const { start, end, spans } = journal;
      const source = {
        start,
        end,
        spans,
        readers: journal.stats().readers,
        read: journal.read,
        contextAt: journal.contextAt,
      };
      return ok(await ledgerPage(source, { networks: [], ...asked }, signal));
    },
  });
  cookie = await page.claim();
});
afterAll(async () => {
  await page?.[Symbol.asyncDispose]();
  await box?.[Symbol.asyncDispose]();
});

const ledger = async (query: string): Promise<LedgerPage> =>
  (await (await page.get(`/api/ledger?${query}`, cookie)).json()) as LedgerPage;

describe('the ledger over the API', () => {
  it('gives the newest first, sums that are exact, and says how many more there are', async () => {
    const { lives, hours, totals, more } = await ledger('rows=3');
    expect(lives.map(({ counter, fates }) => [counter, fates.map(({ fate }) => fate)])).toEqual([
      [3, ['pending']],
      [2, ['pending', 'settled']],
      [1, ['refused']],
    ]);
    // The same evidence to two networks.
    expect([lives.map(({ networks }) => networks), totals?.shared]).toEqual([[1, 2, 1], 1]);
    expect([hours, more]).toEqual([[], 1]);
    expect(totals?.days).toMatchObject([
      { network: 'other', counts: { settled: 1 }, rewards: [{ unit: 'X', basis: 'rule', amount: '1' }] },
      {
        network: 'sim',
        of: 'attestations',
        counts: { settled: 1, refused: 1, pending: 2 },
        rewards: [{ unit: 'OUT', basis: 'network', amount: '2.5' }],
      },
    ]);
  });

  it('is of a time, a network and a device, and of nothing that is not described', async () => {
    expect((await ledger('device=truck')).lives).toEqual([]);
    await box.clock.advance(7_200_000);
    expect((await ledger('lastS=3600')).lives).toEqual([]);
    expect((await ledger('network=sim')).lives).toHaveLength(4);
    for (const query of ['lastS=1', 'rows=100000', 'x=1']) {
      expect((await page.get(`/api/ledger?${query}`, cookie)).status, query).toBe(400);
    }
    expect((await page.get('/api/ledger')).status).toBe(401);
  });
});

import { describe, expect, it } from 'vitest';
import { openCells } from './cells.ts';
import type { Explained, Judgement } from './explain.ts';
import { openSenders } from './senders.ts';
import { CAR, HOTSPOT, located, MODULE, OTHER, position, START_MS, signed } from './testing.ts';

/** A grid of squares of a tenth of a degree, enough to tell places apart. */
const cellAt = ({ latitude, longitude }: { latitude: number; longitude: number }) =>
  BigInt(Math.floor(latitude / 1e6)) * 10_000n + BigInt(Math.floor(longitude / 1e6));
const [HERE, THERE] = [520n * 10_000n + 130n, 521n * 10_000n + 130n];

const as = (verdict: Judgement): Explained => ({
  verdict,
  score: undefined,
  findings: [],
  words: '',
  reception: undefined,
});

describe('the map of coverage', () => {
  it('has the best signal and the number of receptions by cell, of what would be accepted', () => {
    const book = openCells(cellAt, openSenders());
    book.take(signed(HOTSPOT, 1_000, { snrDeciDb: 20, rssiDeciDbm: -1_100 }), as('accepted'));
    book.take(signed(OTHER, 0, { snrDeciDb: 72, rssiDeciDbm: -1_070 }), as('accepted'));
    book.take(signed(HOTSPOT, 2_000, { snrDeciDb: undefined, rssiDeciDbm: -1_200 }), as('accepted'));
    for (const verdict of ['rejected', 'doubtful', 'duplicate'] as const)
      book.take(signed(HOTSPOT, 9_000, { snrDeciDb: 150, rssiDeciDbm: -10 }), as(verdict));
    book.take(signed(HOTSPOT, 9_000, { direction: 'sent' }), as('sent'));
    book.take(signed(HOTSPOT, 9_000, { crc: 'bad' }), as('unjudged'));
    expect(book.list()).toEqual([
      {
        cell: HERE,
        side: 'receiver',
        count: 3,
        bestSnrDb: 7.2,
        bestRssiDbm: -107,
        unjudged: 0,
        unjudgedBestSnrDb: undefined,
        radios: 2,
        first: BigInt(START_MS) * 1_000_000n,
        last: BigInt(START_MS + 2_000) * 1_000_000n,
      },
    ]);
  });

  it('puts a reception where its sender stood, if somebody says where', () => {
    const senders = openSenders();
    senders.take(signed(CAR, 0, { direction: 'sent', location: located(12) }));
    const book = openCells(cellAt, senders);
    book.take(signed(HOTSPOT, 5), as('accepted'));
    book.take(signed(HOTSPOT, 5, { phy: Uint8Array.of(1) }), as('accepted'));
    expect(book.list().map(({ cell, side, count }) => [cell, side, count])).toEqual([
      [HERE, 'receiver', 1],
      [THERE, 'sender', 1],
    ]);
  });

  it('counts what a module heard apart, where its box was, and what has no place at all', () => {
    const senders = openSenders();
    senders.take(position(CAR, 0, 12));
    const book = openCells(cellAt, senders);
    book.take(signed(CAR, 0, { ...MODULE, snrDeciDb: 105 }), as('unjudged'));
    book.take(signed(CAR, 60_000, MODULE), as('unjudged'));
    expect(book.list()).toMatchObject([
      { cell: THERE, count: 0, bestSnrDb: undefined, unjudged: 1, unjudgedBestSnrDb: 10.5 },
    ]);
    expect([book.placeless, book.forgotten]).toEqual([1, 0]);
  });
});

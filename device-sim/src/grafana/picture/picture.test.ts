import { loraAirtimeUs, lorawanFrame } from '@outpost/schemas/radio';
import { describe, expect, it } from 'vitest';
import { AIRTIMES, airtimeUs } from '../airtime-query.ts';
import { seriesOf, tableOf } from './frames.ts';
import { ticksBetween } from './model.ts';
import { element, words } from './svg.ts';
import { transformed } from './transform.ts';
import { valueText } from './units.ts';

describe('the airtime that queries work out', () => {
  it('is that of every frame of every rate, a CRC counted', () => {
    for (const terms of AIRTIMES) {
      const [, factor, kilohertz] = /^SF(\d+)BW(\d+)$/.exec(terms.rate) ?? [];
      const rate = {
        kind: 'lora',
        spreadingFactor: Number(factor),
        bandwidthHz: Number(kilohertz) * 1_000,
      } as const;
      for (let bytes = 1; bytes <= 255; bytes += 1) {
        expect(airtimeUs(terms, bytes), terms.rate).toBeCloseTo(
          loraAirtimeUs(lorawanFrame(rate, bytes, 'up')) ?? Number.NaN,
          3,
        );
      }
    }
  });
});

describe('a picture of a dashboard', () => {
  it('writes values in their units', () => {
    expect(valueText(12_345)).toBe('12.3 K');
    expect(valueText(3.25, 's')).toBe('3.25 s');
    expect(valueText(7_200, 's')).toBe('2 hours');
    expect(valueText(868_300_000, 'hertz', 1)).toBe('868.3 MHz');
    expect(valueText(1_536, 'bytes')).toBe('1.5 KiB');
    expect(valueText(-92, 'dBm')).toBe('-92 dBm');
    expect(valueText(22_140, 'lengthm', 1)).toBe('22.1 km');
    expect(valueText(3.5, 'suffix: l/h')).toBe('3.5 l/h');
    expect(() => valueText(1, 'furlongs')).toThrow('furlongs is no unit');
  });

  it('takes an answer apart into lines and tables as Grafana does', () => {
    const rows = [
      { measurement: 'm', device: 'a', time: '2026-01-05T13:00:00Z', last: 1 },
      { measurement: 'm', device: 'a', time: '2026-01-05T13:00:10Z', last: null },
      { measurement: 'm', device: 'b', time: '2026-01-05T13:00:00Z', last: 3 },
    ];
    const at = Date.UTC(2026, 0, 5, 13);
    expect(seriesOf(rows, { query: '', alias: '$tag_device: x' })).toEqual([
      {
        name: 'a: x',
        labels: { device: 'a' },
        points: [
          [at, 1],
          [at + 10_000, undefined],
        ],
      },
      { name: 'b: x', labels: { device: 'b' }, points: [[at, 3]] },
    ]);
    expect(tableOf(rows)).toEqual({
      columns: ['Time', 'device', 'last'],
      rows: [
        [at, 'a', 1],
        [at + 10_000, 'a', undefined],
        [at, 'b', 3],
      ],
    });
  });

  it('joins, groups and sorts tables', () => {
    const left = {
      columns: ['Time', 'device', 'x'],
      rows: [
        [0, 'a', 1],
        [0, 'b', 2],
      ],
    };
    const right = { columns: ['Time', 'device', 'y'], rows: [[0, 'b', 5]] };
    expect(
      transformed(
        [left, right],
        [
          { id: 'filterFieldsByName', options: { exclude: { names: ['Time'] } } },
          { id: 'joinByField', options: { byField: 'device', mode: 'outer' } },
        ],
      ),
    ).toEqual([
      {
        columns: ['device', 'x', 'y'],
        rows: [
          ['a', 1, undefined],
          ['b', 2, 5],
        ],
      },
    ]);
    const codes = {
      columns: ['code', 'count'],
      rows: [
        ['a', 1],
        ['b', 2],
        ['b', 3],
      ],
    };
    expect(
      transformed(
        [codes],
        [
          {
            id: 'groupBy',
            options: { fields: { code: { operation: 'groupby' }, count: { operation: 'aggregate' } } },
          },
          { id: 'sortBy', options: { sort: [{ field: 'count (sum)', desc: true }] } },
        ],
      ),
    ).toEqual([
      {
        columns: ['code', 'count (sum)'],
        rows: [
          ['b', 5],
          ['a', 1],
        ],
      },
    ]);
    expect(() => transformed([codes], [{ id: 'reduce', options: {} }])).toThrow(
      'reduce is no transformation',
    );
  });

  it('has round ticks, and text that cannot break it', () => {
    expect(ticksBetween(-3, 22, 5)).toEqual([0, 5, 10, 15, 20]);
    expect(ticksBetween(0, 3_000, 3, true)).toEqual([0, 1_024, 2_048]);
    expect(words(1, 2, '<script>"&', { width: 400 })).toContain('&lt;script&gt;&quot;&amp;');
    expect(element('a', { title: '"<' })).toBe('<a title="&quot;&lt;"/>');
  });
});

import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { MEASUREMENTS } from '@outpost/gateway';
import { type BoardRow, board } from '../board.ts';
import { lines, rows } from '../influx-query.ts';
import { chart, type PanelOf, type Steps, stat, table } from '../panels.ts';

const { self, selfDevice, events } = MEASUREMENTS;

const now = (title: string, says: string, select: string, unit: string, steps?: Steps): PanelOf =>
  stat({ title, says, unit }, [lines({ select, from: self }, title)], steps);

const over = (title: string, says: string, unit: string, fields: Readonly<Record<string, string>>): PanelOf =>
  chart(
    { title, says, unit },
    Object.entries(fields).map(([name, select]) =>
      lines({ select, from: self, every: '$__interval', fill: 'null' }, name),
    ),
  );

const rate = (field: string): string => `non_negative_derivative(max("${field}"), 1s)`;

const nothingIsLostRow = (): BoardRow => [
  'Nothing is lost',
  [
    now(
      'Readings unaccounted for',
      'Made − kept − refused − waiting. Anything but 0 is a fault of this program.',
      'last("readings_made") - last("readings_kept") - last("readings_refused") - last("readings_waiting")',
      'short',
      [
        [null, 'red'],
        [0, 'green'],
        [1, 'red'],
      ],
    ),
    now(
      'Records unaccounted for',
      'Read for InfluxDB − stored − dead-lettered − pending.',
      'last("points_read") - last("points_stored") - last("points_dead_lettered") - last("points_pending")',
      'short',
      [
        [null, 'red'],
        [0, 'green'],
        [1, 'red'],
      ],
    ),
    now('Readings refused', 'Not kept, for want of room.', 'last("readings_refused")', 'short', [
      [null, 'green'],
      [1, 'red'],
    ]),
    now('Dead letters', 'Records that InfluxDB would not take.', 'last("points_dead_lettered")', 'short', [
      [null, 'green'],
      [1, 'red'],
    ]),
    now('Journal damages', 'Damaged stretches that were stepped over.', 'last("journal_damages")', 'short', [
      [null, 'green'],
      [1, 'red'],
    ]),
    now('Room', 'What readings may still take on the card.', 'last("journal_room_bytes")', 'bytes', [
      [null, 'red'],
      [67_108_864, 'green'],
    ]),
  ],
];

const flowRow = (): BoardRow => [
  'Flow',
  [
    over('Readings', 'Per second.', 'cps', {
      made: rate('readings_made'),
      kept: rate('readings_kept'),
    }),
    over('InfluxDB', 'Records stored per second, and those that wait.', 'short', {
      stored: rate('points_stored'),
      waiting: 'max("points_pending")',
      retries: rate('store_retries'),
    }),
    over('Journal', 'On the disk, and what the slowest follower has to read.', 'bytes', {
      size: 'max("journal_bytes")',
      unread: 'max("journal_unread_bytes")',
    }),
  ],
];

const costRow = (): BoardRow => [
  'Cost',
  [
    over('Card writes', 'Bytes per second. A gigabyte a day is 11.6 kB/s.', 'Bps', {
      written: rate('journal_written_bytes'),
    }),
    over('Syncs', 'Times per second that the card was made to keep what it had.', 'cps', {
      syncs: rate('journal_syncs'),
    }),
    over('Memory', 'Of the program.', 'mbytes', { resident: 'max("rss_mebibytes")' }),
    over('Event loop', 'How late it is in the slowest 1 %.', 'ms', { p99: 'max("loop_delay_p99_ms")' }),
    chart(
      {
        title: 'Frames that made no sense',
        says: 'By device; all are kept with their reason.',
        unit: 'short',
      },
      [
        lines(
          {
            select: 'max("items_quarantined")',
            from: selfDevice,
            groupBy: ['device'],
            every: '$__interval',
            fill: 'null',
          },
          '$tag_device',
        ),
      ],
    ),
    table({ title: 'Events of the box', says: 'The newest first.', span: 8 }, [
      rows({ select: '"kind", "text"', from: events, tail: 'ORDER BY time DESC LIMIT 50' }),
    ]),
  ],
];

/** Is the program itself well, and does the conservation identity hold? */
export const outpost = (): Dashboard =>
  board({
    uid: 'outpost-self',
    title: 'Outpost itself',
    says: 'The program: what it keeps, what it costs the card, whether anything went missing.',
    variables: [],
    notes: [],
    rows: [nothingIsLostRow(), flowRow(), costRow()],
  });

import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { MEASUREMENTS } from '@outpost/gateway';
import { type BoardRow, board } from '../board.ts';
import { cardWrites } from '../card-writes.ts';
import { is, lines, rows } from '../influx-query.ts';
import { chart, type PanelOf, type Steps, stat, table } from '../panels.ts';

const { self, selfDevice, events } = MEASUREMENTS;

const GIB = 2 ** 30;

const now = (title: string, says: string, select: string, unit: string, steps?: Steps): PanelOf =>
  stat({ title, says, unit }, [lines({ select, from: self }, title)], steps);

const over = (
  title: string,
  says: string,
  unit: string,
  fields: Readonly<Record<string, string>>,
  span = 8,
): PanelOf =>
  chart(
    { title, says, unit, span },
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
    over('InfluxDB', 'Records stored per second, and writes that had to be done again.', 'cps', {
      stored: rate('points_stored'),
      retries: rate('store_retries'),
    }),
    over(
      'Records that wait for InfluxDB',
      'They are in the journal; none are lost while it is away.',
      'short',
      {
        waiting: 'max("points_pending")',
      },
    ),
    over('Journal', 'On the disk.', 'bytes', { size: 'max("journal_bytes")' }),
    over(
      'Depth of the journal',
      'What the slowest follower has to read, and what waits for its commit.',
      'bytes',
      {
        unread: 'max("journal_unread_bytes")',
        uncommitted: 'max("journal_pending_bytes")',
      },
    ),
    over(
      'Commits and syncs',
      'How often entries were kept together, and the card made to keep them.',
      'cps',
      {
        commits: rate('journal_commits'),
        syncs: rate('journal_syncs'),
      },
    ),
  ],
];

const costRow = (): BoardRow => [
  'Cost',
  [
    stat(
      {
        title: 'Card writes in a day',
        says: 'What the journal wrote in the last 24 hours. More than 2 GiB wears a card out within years.',
        unit: 'bytes',
        span: 4,
        height: 8,
      },
      [lines(cardWrites('time > now() - 24h'), 'written')],
      [
        [null, 'green'],
        [GIB, 'yellow'],
        [2 * GIB, 'red'],
      ],
    ),
    over('Card writes', 'Of the journal. A gigabyte a day is 11.6 kB/s.', 'Bps', {
      written: rate('journal_written_bytes'),
    }),
    over('Memory', 'Of the program, without InfluxDB.', 'mbytes', { resident: 'max("rss_mebibytes")' }, 6),
    over('Event loop', 'How late it is in the slowest 1 %.', 'ms', { p99: 'max("loop_delay_p99_ms")' }, 6),
    chart(
      {
        title: 'Frames that made no sense',
        says: 'By device; all are kept with their reason.',
        unit: 'short',
        span: 12,
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
    table(
      { title: 'Events of the box', says: 'What is of no device alone, the newest first.' },
      [
        rows({
          select: '"kind", "text"',
          from: events,
          where: [is('device', '')],
          tail: 'ORDER BY time DESC LIMIT 50',
        }),
      ],
      { Time: { width: 160 }, kind: { width: 120 } },
    ),
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

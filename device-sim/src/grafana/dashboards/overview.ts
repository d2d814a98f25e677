import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { MEASUREMENTS } from '@outpost/gateway';
import { type BoardRow, board } from '../board.ts';
import { chosen, lines, rows } from '../influx-query.ts';
import { chart, stat, table, timeline } from '../panels.ts';

const { self, selfDevice, selfNetwork, events, attestations, receipts } = MEASUREMENTS;

const device = chosen('device');
const LAST = '$__interval';

const nowRow = (): BoardRow => [
  'Now',
  [
    stat(
      {
        title: 'Last reading',
        says: 'How long ago each device said something. A parked car says its voltage every few seconds.',
        unit: 's',
        span: 8,
      },
      [
        lines(
          {
            select: 'last("last_reading_age_s")',
            from: selfDevice,
            where: [device],
            groupBy: ['device'],
          },
          '$tag_device',
        ),
      ],
      [
        [null, 'green'],
        [120, 'yellow'],
        [3_600, 'red'],
      ],
    ),
    stat({ title: 'Readings kept', says: 'In the journal since the gateway began.', unit: 'short' }, [
      lines({ select: 'last("readings_kept")', from: self }, 'kept'),
    ]),
    stat(
      {
        title: 'Attestations unsent',
        says: 'Signed and waiting for a network. It grows while a network is away; nothing is lost.',
        unit: 'short',
      },
      [lines({ select: 'last("pending")', from: selfNetwork, groupBy: ['network'] }, '$tag_network')],
      [
        [null, 'green'],
        [100, 'yellow'],
      ],
    ),
    stat(
      {
        title: 'Attestations settled',
        says: 'Taken by each network since the gateway began.',
        unit: 'short',
      },
      [lines({ select: 'last("settled")', from: selfNetwork, groupBy: ['network'] }, '$tag_network')],
    ),
    stat(
      {
        title: 'Clock',
        says: '1 while the time can be believed. Until then readings are kept in order and get their time later.',
      },
      [lines({ select: 'last("clock_trusted")', from: self }, 'trusted')],
      [
        [null, 'red'],
        [1, 'green'],
      ],
    ),
  ],
];

const devicesRow = (): BoardRow => [
  'Devices',
  [
    timeline(
      { title: 'Connected', says: 'Whether each device was there.' },
      [
        lines(
          {
            select: 'last("connected")',
            from: selfDevice,
            where: [device],
            groupBy: ['device'],
            every: LAST,
            fill: 'null',
          },
          '$tag_device',
        ),
      ],
      { 0: ['away', 'red'], 1: ['connected', 'green'] },
    ),
    chart(
      {
        title: 'Items received',
        says: 'Frames, or parts of frames, per second.',
        unit: 'cps',
        span: 12,
      },
      [
        lines(
          {
            select: 'non_negative_derivative(max("items"), 1s)',
            from: selfDevice,
            where: [device],
            groupBy: ['device'],
            every: LAST,
            fill: 'null',
          },
          '$tag_device',
        ),
      ],
    ),
    table({ title: 'What happened', says: 'Comings, goings, and what was set aside, the newest first.' }, [
      rows({
        select: '"device", "kind", "text"',
        from: events,
        tail: 'ORDER BY time DESC LIMIT 100',
      }),
    ]),
  ],
];

const evidenceRow = (): BoardRow => [
  'Evidence',
  [
    chart(
      {
        title: 'Readings signed',
        says: 'Readings under each signature, summed.',
        unit: 'short',
        span: 12,
      },
      [
        lines(
          {
            select: 'sum("size")',
            from: attestations,
            where: [device],
            groupBy: ['device'],
            every: LAST,
            fill: 'none',
          },
          '$tag_device',
        ),
      ],
    ),
    chart(
      {
        title: 'Verdicts of networks',
        says: 'Attestations by what became of them.',
        unit: 'short',
        span: 12,
      },
      [
        lines(
          {
            select: 'sum("count")',
            from: receipts,
            groupBy: ['network', 'verdict'],
            every: LAST,
            fill: 'none',
          },
          '$tag_network $tag_verdict',
        ),
      ],
    ),
  ],
];

/** Is it working, and does it earn? */
export const overview = (): Dashboard =>
  board({
    uid: 'outpost-overview',
    title: 'Overview',
    says: 'Is it working, and does it earn? One line for each device and each network.',
    variables: [{ tag: 'device', label: 'Device', from: selfDevice }],
    notes: [
      {
        name: 'Devices come and go',
        color: 'blue',
        from: events,
        text: 'text',
        where: ['"kind" =~ /^(connected|disconnected)$/', device],
      },
    ],
    rows: [nowRow(), devicesRow(), evidenceRow()],
  });

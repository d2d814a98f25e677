import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { MEASUREMENTS } from '@outpost/gateway';
import { type BoardRow, board } from '../board.ts';
import { chosen, is, lines, rows } from '../influx-query.ts';
import { bars, chart, inMeaning, joined, stat, table, timeline } from '../panels.ts';

const { self, selfDevice, selfNetwork, events, attestations, receipts } = MEASUREMENTS;

const device = chosen('device');
const LAST = '$__interval';

const CONNECTED = { 0: ['away', 'red'], 1: ['connected', 'green'] } as const;

/** Receipts of one kind, each device's together. */
const verdicts = (as: string, where: readonly string[]) =>
  rows({ select: `sum("count") AS "${as}"`, from: receipts, where: [...where, device], groupBy: ['device'] });

const deviceTable = () =>
  joined(
    {
      title: 'Devices',
      says: 'One line each. Attestations are those of the time shown; a receipt may be of one that was made before it.',
      span: 18,
      height: 6,
    },
    'device',
    [
      rows({
        select:
          'last("connected") AS "state", last("last_reading_age_s") AS "last reading", last("unsent") AS "unsent", last("items_quarantined") AS "made no sense"',
        from: selfDevice,
        where: [device],
        groupBy: ['device'],
      }),
      rows({
        select: 'last("text") AS "clock"',
        from: events,
        where: [is('kind', 'clock'), device],
        groupBy: ['device'],
        within: 'time > now() - 30d',
      }),
      rows({
        select: 'sum("size") AS "readings signed", count("size") AS "attestations"',
        from: attestations,
        where: [device],
        groupBy: ['device'],
      }),
      verdicts('settled', [is('verdict', 'settled')]),
      verdicts('not taken', ['"verdict" =~ /^(refused|expired|unknown)$/']),
    ],
    {
      state: { states: CONNECTED, width: 110 },
      'last reading': {
        unit: 's',
        steps: [
          [null, 'green'],
          [120, 'yellow'],
          [3_600, 'red'],
        ],
      },
      unsent: {
        unit: 'short',
        steps: [
          [null, 'green'],
          [100, 'yellow'],
        ],
      },
      'made no sense': { unit: 'short' },
      clock: { width: 190 },
      'readings signed': { unit: 'short' },
      attestations: { unit: 'short' },
      settled: { unit: 'short', steps: [[null, 'green']] },
      'not taken': {
        unit: 'short',
        steps: [
          [null, 'green'],
          [1, 'red'],
        ],
      },
    },
  );

const nowRow = (): BoardRow => [
  'Now',
  [
    deviceTable(),
    stat(
      {
        title: 'Earned',
        says: 'By each device in the time shown, in each unit; units are never added up.',
        unit: 'short',
        span: 6,
        height: 6,
      },
      [
        lines(
          {
            select: 'sum("reward")',
            from: receipts,
            where: [device],
            groupBy: ['device', 'unit'],
          },
          '$tag_device: $tag_unit',
        ),
      ],
      [[null, 'green']],
    ),
    stat({ title: 'Readings kept', says: 'In the journal since the gateway began.', unit: 'short' }, [
      lines({ select: 'last("readings_kept")', from: self }, 'kept'),
    ]),
    stat(
      {
        title: 'Attestations unsent',
        says: 'Signed and waiting for each network. It grows while a network is away; nothing is lost.',
        unit: 'short',
        span: 6,
      },
      [lines({ select: 'last("pending")', from: selfNetwork, groupBy: ['network'] }, '$tag_network')],
      [
        [null, 'green'],
        [100, 'yellow'],
      ],
    ),
    stat(
      {
        title: 'Oldest unsent',
        says: 'For how long delivery of the next one has been tried, by network.',
        unit: 's',
        span: 6,
      },
      [lines({ select: 'last("waiting_s")', from: selfNetwork, groupBy: ['network'] }, '$tag_network')],
      [
        [null, 'green'],
        [60, 'yellow'],
        [3_600, 'red'],
      ],
    ),
    stat(
      {
        title: 'Clock',
        says: 'Whether the time can be believed. Until then readings are kept in order and get their time later.',
        span: 4,
      },
      [lines({ select: 'last("clock_trusted")', from: self }, 'trusted')],
      [
        [null, 'red'],
        [1, 'green'],
      ],
      { 0: ['not believed', 'red'], 1: ['trusted', 'green'] },
    ),
    stat(
      {
        title: 'Waiting for InfluxDB',
        says: 'Records that wait to be stored. None are lost while it is away.',
        unit: 'short',
        span: 4,
      },
      [lines({ select: 'last("points_pending")', from: self }, 'waiting')],
      [
        [null, 'green'],
        [10_000, 'yellow'],
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
      CONNECTED,
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
    table(
      { title: 'What happened', says: 'Comings, goings, and what was set aside, the newest first.' },
      [
        rows({
          select: '"device", "kind", "text"',
          from: events,
          where: ['"kind" !~ /^(codes|identity|clock|epoch|redacted)$/', device],
          tail: 'ORDER BY time DESC LIMIT 100',
        }),
      ],
      { Time: { width: 170 }, device: { width: 90 }, kind: { width: 120 } },
    ),
  ],
];

const evidenceRow = (): BoardRow => [
  'Evidence',
  [
    bars(
      {
        title: 'Readings signed',
        says: 'Readings under signatures, by device.',
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
            fill: '0',
          },
          '$tag_device',
        ),
      ],
    ),
    inMeaning(
      bars(
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
              fill: '0',
            },
            '$tag_network $tag_verdict',
          ),
        ],
      ),
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

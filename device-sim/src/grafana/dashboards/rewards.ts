import * as common from '@grafana/grafana-foundation-sdk/common';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { MEASUREMENTS } from '@outpost/gateway';
import { type BoardRow, board } from '../board.ts';
import { chosen, lines, rows } from '../influx-query.ts';
import { bars, chart, inMeaning, stat, table, tallied } from '../panels.ts';

const { selfNetwork, attestations, receipts, deliveries } = MEASUREMENTS;
const network = chosen('network');

const VERDICTS = {
  settled: ['settled', 'green'],
  refused: ['refused', 'red'],
  expired: ['expired', 'orange'],
  unknown: ['unknown', 'yellow'],
} as const;

const gauge = (field: string) =>
  lines(
    { select: `last("${field}")`, from: selfNetwork, where: [network], groupBy: ['network'] },
    '$tag_network',
  );

const nowRow = (): BoardRow => [
  'Now',
  [
    stat(
      { title: 'Settled', says: 'Taken, since the gateway began.', unit: 'short' },
      [gauge('settled')],
      [[null, 'green']],
    ),
    stat(
      { title: 'Refused', says: 'Refused for good; the reason is below.', unit: 'short' },
      [gauge('refused')],
      [
        [null, 'green'],
        [1, 'red'],
      ],
    ),
    stat(
      { title: 'Expired', says: 'Too old before the network took them.', unit: 'short' },
      [gauge('expired')],
      [
        [null, 'green'],
        [1, 'yellow'],
      ],
    ),
    stat(
      { title: 'Unknown', says: 'Sent, and never answered.', unit: 'short' },
      [gauge('unknown')],
      [
        [null, 'green'],
        [1, 'yellow'],
      ],
    ),
    stat({ title: 'Withheld', says: 'Simulated, and not for this network.', unit: 'short' }, [
      gauge('withheld'),
    ]),
    stat(
      {
        title: 'Oldest unsent',
        says: 'For how long delivery of the next one has been tried.',
        unit: 's',
      },
      [gauge('waiting_s')],
      [
        [null, 'green'],
        [60, 'yellow'],
        [3_600, 'red'],
      ],
    ),
  ],
];

const overTimeRow = (): BoardRow => [
  'Over time',
  [
    bars({ title: 'Made', says: 'Attestations that were signed, by device.', unit: 'short', span: 6 }, [
      lines(
        {
          select: 'count("size")',
          from: attestations,
          groupBy: ['device'],
          every: '$__interval',
          fill: '0',
        },
        '$tag_device',
      ),
    ]),
    inMeaning(
      bars({ title: 'Verdicts', says: 'What networks said, by verdict.', unit: 'short', span: 6 }, [
        lines(
          {
            select: 'sum("count")',
            from: receipts,
            where: [network],
            groupBy: ['network', 'verdict'],
            every: '$__interval',
            fill: '0',
          },
          '$tag_network $tag_verdict',
        ),
      ]),
    ),
    chart({ title: 'Waiting', says: 'Attestations that wait for a network.', unit: 'short', span: 6 }, [
      lines(
        {
          select: 'max("pending")',
          from: selfNetwork,
          where: [network],
          groupBy: ['network'],
          every: '$__interval',
          fill: 'null',
        },
        '$tag_network',
      ),
    ]),
    chart(
      {
        title: 'Age of the oldest unsent',
        says: 'For how long delivery of the next one has been tried.',
        unit: 's',
        span: 6,
      },
      [
        lines(
          {
            select: 'max("waiting_s")',
            from: selfNetwork,
            where: [network],
            groupBy: ['network'],
            every: '$__interval',
            fill: 'null',
          },
          '$tag_network',
        ),
      ],
    ),
  ],
];

/** Attestations and single readings earn alike; which of the two is in which measurement. */
const EARNING = [receipts, deliveries] as const;

const earned = (every?: string) =>
  EARNING.map((from) =>
    lines(
      {
        select: 'sum("reward")',
        from,
        where: [network],
        groupBy: ['network', 'unit'],
        ...(every === undefined ? {} : { every, fill: 'none' }),
      },
      '$tag_network: $tag_unit',
    ),
  );

const rewardsRow = (): BoardRow => [
  'Rewards',
  [
    stat(
      {
        title: 'Earned',
        says: 'In the time shown, as networks said it or by their published rules; units are never added up.',
        unit: 'short',
        span: 6,
        height: 8,
      },
      earned(),
      [[null, 'green']],
    ),
    chart(
      {
        title: 'By network and day',
        says: 'What each of the last 14 days gave (UTC). Exact amounts are told by `outpost ledger`.',
        unit: 'short',
        span: 10,
      },
      earned('1d'),
    )
      .drawStyle(common.GraphDrawStyle.Bars)
      // A day is more than a dashboard shows of itself; raw points are kept for two weeks where nobody says otherwise.
      .timeFrom('14d'),
    inMeaning(
      chart(
        {
          title: 'Single readings',
          says: 'What networks that take readings one by one said of them, by hour and verdict.',
          unit: 'short',
        },
        [
          lines(
            {
              select: 'sum("count")',
              from: deliveries,
              where: [network],
              groupBy: ['network', 'verdict'],
              every: '1h',
              fill: 'none',
            },
            '$tag_network $tag_verdict',
          ),
        ],
      ).drawStyle(common.GraphDrawStyle.Bars),
    ),
  ],
];

const wordsRow = (): BoardRow => [
  'Words',
  [
    tallied(
      {
        title: 'Not taken, by reason',
        says: 'Refused, expired or never answered, in the time shown, by the network’s own code.',
        span: 8,
      },
      { by: ['network', 'verdict', 'code'], sum: 'count' },
      [
        rows({
          select: '"network", "verdict", "code", "count"',
          from: receipts,
          where: ['"verdict" =~ /^(refused|expired|unknown)$/', network],
        }),
      ],
    ),
    table(
      {
        title: 'Verdicts in words',
        says: 'The newest first; anything but "settled" says why.',
        span: 16,
      },
      [
        rows({
          select: '"network", "device", "verdict", "reward", "unit", "code", "text", "attestation"',
          from: receipts,
          where: [network],
          tail: 'ORDER BY time DESC LIMIT 200',
        }),
      ],
      { Time: { width: 160 }, verdict: { states: VERDICTS }, attestation: { width: 120 } },
    ),
  ],
];

export const rewards = (): Dashboard =>
  board({
    uid: 'outpost-attestations',
    title: 'Attestations and rewards',
    says: 'What was signed, what became of it at each network, what it gave, and in which words.',
    variables: [{ tag: 'network', label: 'Network', from: selfNetwork }],
    notes: [],
    rows: [nowRow(), rewardsRow(), overTimeRow(), wordsRow()],
  });

import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { MEASUREMENTS } from '@outpost/gateway';
import { GATEWAY_SIGNALS } from '@outpost/schemas/radio';
import { type BoardRow, board } from '../board.ts';
import { chosen, is, lines, rows } from '../influx-query.ts';
import { chart, map, type PanelOf, stat, table } from '../panels.ts';
import { unitOf } from '../units.ts';

const { receptions, device: deviceSignals } = MEASUREMENTS;
const device = chosen('device');
const gateway = chosen('gateway');
const heard = [is('direction', 'heard'), device, gateway];

const statistic = (title: string, says: string, key: keyof typeof GATEWAY_SIGNALS): PanelOf =>
  chart({ title, says, unit: unitOf(GATEWAY_SIGNALS[key]) }, [
    lines(
      {
        select: 'mean("value")',
        from: deviceSignals,
        where: [is('signal', GATEWAY_SIGNALS[key].name), device],
        groupBy: ['device', 'ecu'],
        every: '$__interval',
        fill: 'null',
      },
      '$tag_device $tag_ecu',
    ),
  ]);

const spread = (title: string, says: string, field: 'rssi' | 'snr', unit: string): PanelOf =>
  chart({ title, says, unit }, [
    // A percentile of the few frames that one step holds is none at all in InfluxQL.
    ...['min', 'median', 'max'].map((of) =>
      lines(
        {
          select: `${of}("${field}")`,
          from: receptions,
          where: heard,
          groupBy: ['gateway'],
          every: '$__interval',
          fill: 'none',
        },
        `$tag_gateway ${of}`,
      ),
    ),
  ]);

const nowRow = (): BoardRow => [
  'Now',
  [
    stat({ title: 'Frames heard', says: 'In the time shown.', unit: 'short', span: 6 }, [
      lines(
        { select: 'count("size")', from: receptions, where: heard, groupBy: ['gateway'] },
        '$tag_gateway',
      ),
    ]),
    stat(
      {
        title: 'Best SNR',
        says: 'Of what was heard in the time shown.',
        unit: 'dB',
        decimals: 1,
        span: 6,
      },
      [lines({ select: 'max("snr")', from: receptions, where: heard, groupBy: ['gateway'] }, '$tag_gateway')],
    ),
    stat(
      {
        title: 'Temperature',
        says: 'Of the concentrator. Above 70 °C it hears less and lives shorter.',
        unit: 'celsius',
        span: 6,
      },
      [
        lines(
          {
            select: 'last("value")',
            from: deviceSignals,
            where: [is('signal', GATEWAY_SIGNALS.temperature.name), device],
            groupBy: ['device', 'ecu'],
          },
          '$tag_device $tag_ecu',
        ),
      ],
      [
        [null, 'green'],
        [70, 'yellow'],
        [85, 'red'],
      ],
    ),
    stat(
      {
        title: 'Acknowledged',
        says: 'Share of its datagrams that reached this gateway in time, as the hotspot counts them.',
        unit: 'percent',
        span: 6,
      },
      [
        lines(
          {
            select: 'last("value")',
            from: deviceSignals,
            where: [is('signal', GATEWAY_SIGNALS.ackRatio.name), device],
            groupBy: ['device', 'ecu'],
          },
          '$tag_device $tag_ecu',
        ),
      ],
      [
        [null, 'red'],
        [80, 'yellow'],
        [95, 'green'],
      ],
    ),
  ],
];

const airRow = (): BoardRow => [
  'Air',
  [
    chart(
      {
        title: 'Frames by data rate',
        says: 'What is heard, by spreading factor and bandwidth.',
        unit: 'short',
      },
      [
        lines(
          {
            select: 'count("size")',
            from: receptions,
            where: heard,
            groupBy: ['rate'],
            every: '$__interval',
            fill: '0',
          },
          '$tag_rate',
        ),
      ],
    ),
    spread('RSSI', 'Signal strength of what is heard.', 'rssi', 'dBm'),
    spread('SNR', 'Signal over noise; LoRa hears down to −20 dB.', 'snr', 'dB'),
    statistic('Received', 'Frames that the radio received, damaged ones among them.', 'received'),
    statistic('Intact', 'Frames with a CRC that held. None for half an hour is a deaf radio.', 'receivedOk'),
    statistic('Transmitted', 'Frames that it sent.', 'transmitted'),
  ],
];

const coverageRow = (): BoardRow => [
  'Coverage',
  [
    map(
      { title: 'Where it heard from', says: 'Places that the hotspots themselves say they are at.' },
      [
        rows({
          select: '"lat", "lon", "rssi", "snr"',
          from: receptions,
          where: heard,
          tail: 'LIMIT 5000',
        }),
      ],
      'markers',
    ),
    table({ title: 'Last frames', says: 'The newest first.', height: 12 }, [
      rows({
        select: '"gateway", "rate", "frequency_hz", "rssi", "snr", "message", "dev_addr", "f_cnt", "size"',
        from: receptions,
        where: heard,
        tail: 'ORDER BY time DESC LIMIT 200',
      }),
    ]),
  ],
];

export const hotspot = (): Dashboard =>
  board({
    uid: 'outpost-hotspot',
    title: 'Hotspot',
    says: 'What the radio hears and sends, and whether it is well.',
    variables: [
      { tag: 'device', label: 'Device', from: receptions },
      { tag: 'gateway', label: 'Gateway', from: receptions },
    ],
    notes: [],
    rows: [nowRow(), airRow(), coverageRow()],
  });

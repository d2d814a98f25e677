import * as common from '@grafana/grafana-foundation-sdk/common';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { MEASUREMENTS } from '@outpost/gateway';
import { GATEWAY_SIGNALS } from '@outpost/schemas/radio';
import { AIRTIMES, airtimeQl } from '../airtime-query.ts';
import { type BoardRow, board } from '../board.ts';
import { heat } from '../heat.ts';
import { chosen, is, lines, rows } from '../influx-query.ts';
import { bars, chart, joined, type PanelOf, table } from '../panels.ts';
import { map } from '../places.ts';
import { unitOf } from '../units.ts';

const { receptions, device: deviceSignals, events } = MEASUREMENTS;
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
  ]).interval('5m');

/** Every single frame that was heard, as how much there was of something. */
const everyFrame = (
  title: string,
  says: string,
  [field, unit, decimals = 0]: readonly [field: string, unit: string, decimals?: number],
  cell: { readonly minutes: number; readonly size: number },
): PanelOf =>
  heat(
    { title, says, unit, decimals },
    [lines({ select: `"${field}"`, from: receptions, where: heard }, field)],
    cell,
  );

/** Beacons of other hotspots are no LoRaWAN, which is what their kind of message says. */
const beacons = [is('message', 'proprietary'), ...heard];

/** What each radio said last of itself; a radio is the last eight digits of its gateway. */
const saidLast = (as: string, key: keyof typeof GATEWAY_SIGNALS) =>
  rows({
    select: `last("value") AS "${as}"`,
    from: deviceSignals,
    where: [is('signal', GATEWAY_SIGNALS[key].name), device],
    groupBy: ['ecu'],
  });

const nowRow = (): BoardRow => [
  'Now',
  [
    joined(
      {
        title: 'Gateways',
        says: 'What each heard in the time shown, the middle of it and the best.',
        height: 6,
      },
      'gateway',
      [
        rows({
          select:
            'count("size") AS "frames", max("snr") AS "best SNR", median("snr") AS "median SNR", median("rssi") AS "median RSSI"',
          from: receptions,
          where: heard,
          groupBy: ['gateway'],
        }),
      ],
      {
        frames: { unit: 'short' },
        'best SNR': { unit: 'dB', decimals: 1 },
        'median SNR': { unit: 'dB', decimals: 1 },
        'median RSSI': { unit: 'dBm', decimals: 0 },
      },
    ),
    joined(
      {
        title: 'Radios',
        says: 'What each said last of itself. Above 70 °C a radio hears less and lives shorter; fewer than 90 % acknowledged is a bad line between.',
        height: 6,
      },
      'ecu',
      [
        saidLast('temperature', 'temperature'),
        saidLast('acknowledged', 'ackRatio'),
        saidLast('received', 'received'),
        saidLast('intact', 'receivedOk'),
        saidLast('sent', 'transmitted'),
      ],
      {
        temperature: {
          unit: 'celsius',
          decimals: 1,
          steps: [
            [null, 'green'],
            [70, 'yellow'],
            [80, 'red'],
          ],
        },
        acknowledged: {
          unit: 'percent',
          decimals: 1,
          steps: [
            [null, 'red'],
            [90, 'yellow'],
            [95, 'green'],
          ],
        },
        received: { unit: 'short' },
        intact: { unit: 'short' },
        sent: { unit: 'short' },
      },
    ),
  ],
];

const airRow = (): BoardRow => [
  'Air',
  [
    everyFrame(
      'RSSI',
      'Signal strength of every frame that is heard: darker where there are more.',
      ['rssi', 'dBm'],
      { minutes: 5, size: 3 },
    ),
    everyFrame('SNR', 'Signal over noise of every frame; LoRa hears down to −20 dB.', ['snr', 'dB'], {
      minutes: 5,
      size: 2,
    }),
    everyFrame('Channels', 'How much each channel is used, by frequency.', ['frequency_hz', 'hertz', 1], {
      minutes: 5,
      size: 200_000,
    }),
    bars(
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
    chart(
      {
        title: 'Duty cycle',
        says: 'Share of each hour that each sent, a CRC counted to every frame. Europe allows 1 % on most channels and 10 % on one.',
        unit: 'percent',
        decimals: 2,
      },
      [
        lines(
          {
            select: 'sum("air_us") / 36000000',
            from: AIRTIMES.map((terms) => ({
              select: `${airtimeQl(terms)} AS "air_us"`,
              from: receptions,
              where: [is('direction', 'sent'), is('rate', terms.rate), device, gateway],
              groupBy: ['gateway', 'rate'],
            })),
            groupBy: ['gateway'],
            every: '1h',
            fill: 'none',
          },
          '$tag_gateway',
        ),
      ],
    ).drawStyle(common.GraphDrawStyle.Bars),
    statistic('Transmitted', 'Frames that it sent, as it counts them.', 'transmitted'),
  ],
];

const healthRow = (): BoardRow => [
  'Health of the radio',
  [
    statistic('Received', 'Frames that the radio received, damaged ones among them.', 'received'),
    statistic('Intact', 'Frames with a CRC that held. None for half an hour is a deaf radio.', 'receivedOk'),
    table(
      {
        title: 'What its health was',
        says: 'Silence, noise, heat, lost datagrams and strangers, and when that ended, the newest first.',
        span: 8,
      },
      [
        rows({
          select: '"kind", "text"',
          from: events,
          where: ['"kind" =~ /^(radio|gateway|ack|crc|temperature|noise|clock-|address|stranger)/', device],
          tail: 'ORDER BY time DESC LIMIT 100',
        }),
      ],
      { Time: { width: 160 }, kind: { width: 120 } },
    ),
  ],
];

const coverageRow = (): BoardRow => [
  'Coverage',
  [
    map(
      {
        title: 'Hotspots and what they heard',
        says: 'Each where it says that it stands; the larger the more frames it heard in the time shown.',
      },
      [
        rows({
          select:
            'last("lat") AS "lat", last("lon") AS "lon", count("size") AS "frames", median("rssi") AS "rssi", median("snr") AS "snr"',
          from: receptions,
          where: heard,
          groupBy: ['gateway'],
        }),
      ],
      'markers',
    ),
    map(
      {
        title: 'Witnesses of beacons',
        says: 'Hotspots that heard a beacon of another one; the larger the more of them.',
      },
      [
        rows({
          select:
            'last("lat") AS "lat", last("lon") AS "lon", count("size") AS "frames", median("rssi") AS "rssi", median("snr") AS "snr"',
          from: receptions,
          where: beacons,
          groupBy: ['gateway'],
        }),
      ],
      'markers',
    ),
    table(
      { title: 'Last frames', says: 'The newest first.', height: 10, span: 24 },
      [
        rows({
          select:
            '"gateway", "rate", "frequency_hz" AS "frequency", "rssi", "snr", "message", "dev_addr", "f_cnt", "size"',
          from: receptions,
          where: heard,
          tail: 'ORDER BY time DESC LIMIT 200',
        }),
      ],
      {
        Time: { width: 160 },
        gateway: { width: 160 },
        frequency: { unit: 'hertz', decimals: 1 },
        rssi: { unit: 'dBm' },
        snr: { unit: 'dB', decimals: 1 },
        size: { unit: 'bytes' },
      },
    ),
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
    notes: [
      {
        name: 'Health of the radio',
        color: 'orange',
        from: events,
        text: 'text',
        where: ['"kind" =~ /^(radio-deaf|radio-hears|gateway-offline|gateway-online)$/', device],
      },
    ],
    rows: [nowRow(), airRow(), healthRow(), coverageRow()],
  });

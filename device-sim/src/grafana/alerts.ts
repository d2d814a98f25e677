import { MEASUREMENTS } from '@outpost/gateway';
import { GATEWAY_SIGNALS } from '@outpost/schemas/radio';
import { cardWrites } from './card-writes.ts';
import { DATASOURCE, influxQl } from './influx-query.ts';
import { signalOf } from './units.ts';

const { self, selfDevice, selfNetwork, vehicle, device, events, receipts } = MEASUREMENTS;

/** One thing that its owner should hear of, as a number over a stretch of time and a limit. */
export interface Alert {
  readonly uid: string;
  readonly title: string;
  /** The label that says of which one it speaks; none where there is one box. */
  readonly of?: 'device' | 'network';
  /** What it means and what to do. */
  readonly says: string;
  /** InfluxQL that gives a number for each of its groups. */
  readonly query: string;
  /** How far back the query looks. */
  readonly lookS: number;
  readonly fires: 'above' | 'below';
  readonly limit: number;
  /** How long it has to be so. */
  readonly forS: number;
  /** Where no number at all is what is wrong. */
  readonly noDataIsBad?: true;
}

const HOUR_S = 3_600;
const GIB = 1_073_741_824;

const within = (select: string, from: string, rest = ''): string =>
  `SELECT ${select} FROM "${from}" WHERE $timeFilter${rest}`;

const signal = (name: string): string => ` AND "signal" = '${signalOf(name).name}'`;

/** Everything that is worth waking somebody for. */
export const ALERTS: readonly Alert[] = [
  {
    uid: 'outpost-unsent',
    title: 'Attestations are not delivered',
    says: 'Delivery of the next attestation has been tried for an hour. Nothing is lost; `outpost status` says what stands in the way.',
    query: within('last("waiting_s")', selfNetwork, ' GROUP BY "network"'),
    of: 'network',
    lookS: 600,
    fires: 'above',
    limit: HOUR_S,
    forS: 0,
  },
  {
    uid: 'outpost-silent',
    title: 'A device is silent',
    says: 'No reading for an hour. Is it plugged in, powered, in range? `outpost doctor` looks.',
    query: within('last("last_reading_age_s")', selfDevice, ' GROUP BY "device"'),
    of: 'device',
    lookS: 600,
    fires: 'above',
    limit: HOUR_S,
    forS: 300,
  },
  {
    uid: 'outpost-deaf',
    title: 'A radio is deaf',
    says: 'The hotspot is there and has heard no intact frame for half an hour: antenna, cable, or the concentrator needs a restart.',
    query: within(
      'sum("value")',
      device,
      ` AND "signal" = '${GATEWAY_SIGNALS.receivedOk.name}' GROUP BY "device", "ecu"`,
    ),
    of: 'device',
    lookS: 1_800,
    fires: 'below',
    limit: 1,
    forS: 600,
  },
  {
    uid: 'outpost-clock',
    title: 'The clock cannot be believed',
    says: 'No NTP and no GNSS. Readings are kept in order; their wall time comes once the clock is right.',
    query: within('last("clock_trusted")', self),
    lookS: 600,
    fires: 'below',
    limit: 1,
    forS: 900,
  },
  {
    uid: 'outpost-dead-letters',
    title: 'InfluxDB does not take everything',
    says: 'Some records were refused by InfluxDB and set aside; `outpost status` says how many and why.',
    query: within('last("points_dead_lettered")', self),
    lookS: 600,
    fires: 'above',
    limit: 0,
    forS: 0,
  },
  {
    uid: 'outpost-store-away',
    title: 'Nothing arrives in InfluxDB',
    says: 'The gateway, or the way to InfluxDB, is down. What devices say is in the journal as long as the gateway runs.',
    query: within('count("up_s")', self),
    lookS: 600,
    fires: 'below',
    limit: 1,
    forS: 300,
    noDataIsBad: true,
  },
  {
    uid: 'outpost-card',
    title: 'The card is written to too much',
    says: 'More than 2 GiB in a day, which wears a card out within years. Raise journal.commitEveryMs, or read less often.',
    query: influxQl(cardWrites()),
    lookS: 24 * HOUR_S,
    fires: 'above',
    limit: 2 * GIB,
    forS: 0,
  },
  {
    uid: 'outpost-battery',
    title: 'A car battery is low',
    says: 'Below 12.2 V. The gateway has stopped asking; drive, charge, or unplug the dongle.',
    query: within(
      'last("value")',
      vehicle,
      `${signal('Vehicle.LowVoltageBattery.CurrentVoltage')} GROUP BY "device"`,
    ),
    of: 'device',
    // Of a parked car there is nothing newer once the gateway leaves it alone, and its battery is no fuller for that.
    lookS: 24 * HOUR_S,
    fires: 'below',
    limit: 12.2,
    forS: 300,
  },
  {
    uid: 'outpost-fault-code',
    title: 'A car has a new fault code',
    says: 'A control unit stores more trouble codes than at some look within the last week; the Vehicle dashboard shows which.',
    query: within(
      'last("count") - min("count")',
      events,
      ` AND "kind" = 'codes' GROUP BY "device", "status", "ecu"`,
    ),
    of: 'device',
    lookS: 7 * 24 * HOUR_S,
    fires: 'above',
    limit: 0,
    forS: 0,
  },
  {
    uid: 'outpost-fork',
    title: 'A key has signed twice',
    says: 'A network holds two histories under one key, or knows the key as revoked: a copy of the data directory runs somewhere, or an old backup was restored. Stop the copy; `outpost keys --help` says how to revoke a key.',
    query: within(
      'count("count")',
      receipts,
      ` AND "code" =~ /^(fork|branch|revoked-key|rotated-key)$/ GROUP BY "network", "device"`,
    ),
    of: 'network',
    lookS: 24 * HOUR_S,
    fires: 'above',
    limit: 0,
    forS: 0,
  },
  {
    uid: 'outpost-lost',
    title: 'Readings are unaccounted for',
    says: 'Readings made are not the sum of kept, refused and waiting. This is a fault of the program: please report it.',
    query: within(
      'last("readings_made") - last("readings_kept") - last("readings_refused") - last("readings_waiting")',
      self,
    ),
    lookS: 600,
    fires: 'above',
    limit: 0,
    forS: 60,
  },
];

const expression = (refId: string, model: object) => ({
  refId,
  relativeTimeRange: { from: 0, to: 0 },
  datasourceUid: '__expr__',
  model: { refId, datasource: { type: '__expr__', uid: '__expr__' }, ...model },
});

/**
 * Of which device or network it speaks. Written without the dollar sign that is usual there: some versions of Grafana
 * take one in such a file for a variable of the environment.
 */
const named = ({ title, of }: Alert): string => (of === undefined ? title : `${title}: {{ .Labels.${of} }}`);

const rule = (alert: Alert) => {
  const { uid, title, says, query, lookS, fires, limit, forS, noDataIsBad } = alert;
  return {
    uid,
    title,
    condition: 'C',
    data: [
      {
        refId: 'A',
        relativeTimeRange: { from: lookS, to: 0 },
        datasourceUid: DATASOURCE.uid,
        model: { refId: 'A', datasource: DATASOURCE, rawQuery: true, query, resultFormat: 'time_series' },
      },
      expression('B', { type: 'reduce', expression: 'A', reducer: 'last', settings: { mode: 'dropNN' } }),
      expression('C', {
        type: 'threshold',
        expression: 'B',
        conditions: [{ evaluator: { type: fires === 'above' ? 'gt' : 'lt', params: [limit] } }],
      }),
    ],
    for: `${forS}s`,
    noDataState: noDataIsBad === true ? 'Alerting' : 'OK',
    // One alert that nothing comes is enough where the database itself cannot be asked.
    execErrState: noDataIsBad === true ? 'Alerting' : 'Error',
    labels: { source: 'outpost' },
    annotations: { summary: named(alert), description: says },
  };
};

/** Grafana's file of alert rules. */
export const alertFile = () => ({
  apiVersion: 1,
  groups: [{ orgId: 1, name: 'outpost', folder: 'Outpost', interval: '1m', rules: ALERTS.map(rule) }],
});

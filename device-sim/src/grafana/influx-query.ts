import type * as cog from '@grafana/grafana-foundation-sdk/cog';

/** The data source that the provisioning makes; dashboards refer to it and to no other. */
export const DATASOURCE = { type: 'influxdb', uid: 'outpost-influxdb' } as const;

/** What Grafana's InfluxDB data source takes as a query in InfluxQL; its SDK has no builder of its own for it. */
export interface InfluxTarget {
  refId?: string;
  hide?: boolean;
  readonly datasource: typeof DATASOURCE;
  readonly rawQuery: true;
  readonly query: string;
  readonly resultFormat: 'time_series' | 'table';
  /** `$tag_device` and the like. */
  readonly alias?: string;
  _implementsDataqueryVariant(): void;
}

/** What one statement asks for. */
export interface Ask {
  /** What of each point; aggregates where `every` is a step of time. */
  readonly select: string;
  /** A measurement, or statements whose answers are asked in turn. */
  readonly from: string | readonly Ask[];
  readonly where?: readonly string[];
  readonly groupBy?: readonly string[];
  /** `$__interval`, or a fixed one. */
  readonly every?: string;
  /** The retention policy; the default one holds raw points. */
  readonly policy?: string;
  readonly fill?: 'null' | 'none' | 'previous' | '0';
  /** The stretch of time, where it is another than the one shown. */
  readonly within?: string;
  /** Behind everything else: ORDER BY, LIMIT. */
  readonly tail?: string;
}

const identifier = (name: string): string => `"${name}"`;

const sourceOf = (from: Ask['from'], policy: string | undefined): string => {
  if (typeof from !== 'string') return from.map((each) => `(${influxQl(each)})`).join(', ');
  return policy === undefined ? identifier(from) : `${identifier(policy)}.${identifier(from)}`;
};

/** One InfluxQL statement over the time that the dashboard shows. */
export const influxQl = ({
  select,
  from,
  where = [],
  groupBy = [],
  every,
  policy,
  fill,
  within = '$timeFilter',
  tail,
}: Ask): string => {
  const source = sourceOf(from, policy);
  const groups = [...(every === undefined ? [] : [`time(${every})`]), ...groupBy.map(identifier)];
  return [
    `SELECT ${select} FROM ${source} WHERE ${[...where, within].join(' AND ')}`,
    ...(groups.length === 0 ? [] : [`GROUP BY ${groups.join(', ')}`]),
    ...(fill === undefined ? [] : [`fill(${fill})`]),
    ...(tail === undefined ? [] : [tail]),
  ].join(' ');
};

/** The condition that a tag is what a variable of the dashboard says, several or all included. */
export const chosen = (tag: string): string => `"${tag}" =~ /^$${tag}$/`;

export const is = (tag: string, value: string): string => `"${tag}" = '${value}'`;

const target = (
  query: string,
  resultFormat: InfluxTarget['resultFormat'],
  alias?: string,
): cog.Builder<cog.Dataquery> => ({
  build: (): InfluxTarget => ({
    datasource: DATASOURCE,
    rawQuery: true,
    query,
    resultFormat,
    ...(alias === undefined ? {} : { alias }),
    _implementsDataqueryVariant: () => undefined,
  }),
});

/** Values over time, one line for each group. */
export const lines = (ask: Ask, alias: string): cog.Builder<cog.Dataquery> =>
  target(influxQl(ask), 'time_series', alias);

/** Rows as they are. */
export const rows = (ask: Ask): cog.Builder<cog.Dataquery> => target(influxQl(ask), 'table');

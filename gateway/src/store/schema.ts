import { type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { Influx } from './influx.ts';
import { identifier, RAW, ROLLUP } from './names.ts';
import type { Row } from './rows.ts';

export interface SchemaPlan {
  readonly database: string;
  readonly rawDays: number;
  readonly rollupDays: number;
}

/** What there is to write to. */
export interface Layout {
  /** Retention policy of raw points; undefined for the server's own choice. */
  readonly raw: string | undefined;
  /** Whether SELECT … INTO can make the 1-minute roll-ups. */
  readonly rollups: boolean;
  /** The database was not there before. */
  readonly created: boolean;
  /** One sentence each, for the log and `doctor`: what this server does not do for us. */
  readonly notes: readonly string[];
}

interface Policy {
  readonly name: string;
  readonly days: number;
  /** InfluxQL duration of a shard: the piece that expires at once. */
  readonly shard: string;
  readonly isDefault: boolean;
}

const HOURS_PER_DAY = 24;

/** `336h0m0s` as InfluxDB prints it; `0s` is for ever. */
const hoursOf = (duration: unknown): number => Number(/^(\d+)h/.exec(String(duration))?.[1] ?? 0);

const terms = ({ days, shard, isDefault }: Policy): string =>
  `DURATION ${days}d REPLICATION 1 SHARD DURATION ${shard}${isDefault ? ' DEFAULT' : ''}`;

const isAsPlanned = (row: Row, { days, shard, isDefault }: Policy): boolean =>
  hoursOf(row['duration']) === days * HOURS_PER_DAY &&
  hoursOf(row['shardGroupDuration']) === (shard === '1d' ? HOURS_PER_DAY : 4 * 7 * HOURS_PER_DAY) &&
  (!isDefault || row['default'] === true);

const policies = ({ rawDays, rollupDays }: SchemaPlan): readonly Policy[] => [
  { name: RAW, days: rawDays, shard: '1d', isDefault: true },
  { name: ROLLUP, days: rollupDays, shard: rollupDays < 28 ? '1d' : '4w', isDefault: false },
];

/** Statements that bring the policies to the plan; none where they are. */
const changes = (database: string, rows: readonly Row[], plan: SchemaPlan): readonly string[] =>
  policies(plan).flatMap((policy) => {
    const row = rows.find(({ name }) => name === policy.name);
    if (row !== undefined && isAsPlanned(row, policy)) return [];
    const verb = row === undefined ? 'CREATE' : 'ALTER';
    return [
      `${verb} RETENTION POLICY ${identifier(policy.name)} ON ${identifier(database)} ${terms(policy)}`,
    ];
  });

const runAll = async (
  influx: Influx,
  statements: readonly string[],
  signal: AbortSignal,
): Promise<Result<undefined>> => {
  for (const statement of statements) {
    const result = await influx.query(statement, signal);
    if (!result.ok) return result;
  }
  return ok(undefined);
};

const ensure = async (influx: Influx, plan: SchemaPlan, signal: AbortSignal): Promise<Result<boolean>> => {
  const { database } = plan;
  const databases = await influx.query('SHOW DATABASES', signal);
  if (!databases.ok) return databases;
  const created = !databases.value.some(({ name }) => name === database);
  if (created) {
    // With a policy of its own the database gets no `autogen`, which would keep whatever lands in it for ever.
    const [raw] = policies(plan);
    if (raw === undefined) throw new Error('unreachable: there are two policies');
    const own = `WITH DURATION ${raw.days}d REPLICATION 1 SHARD DURATION ${raw.shard} NAME ${identifier(raw.name)}`;
    const result = await influx.query(`CREATE DATABASE ${identifier(database)} ${own}`, signal);
    if (!result.ok) return result;
  }
  const rows = await influx.query(`SHOW RETENTION POLICIES ON ${identifier(database)}`, signal);
  if (!rows.ok) return rows;
  const result = await runAll(influx, changes(database, rows.value, plan), signal);
  return result.ok ? ok(created) : result;
};

/** The owner's server, on which this user may not change anything: what is there must do. */
const asFound = async (
  influx: Influx,
  database: string,
  why: Fault,
  signal: AbortSignal,
): Promise<Layout> => {
  const rows = await influx.query(`SHOW RETENTION POLICIES ON ${identifier(database)}`, signal);
  const names = rows.ok ? rows.value.map(({ name }) => name) : [];
  const rollups = names.includes(RAW) && names.includes(ROLLUP);
  return {
    raw: names.includes(RAW) ? RAW : undefined,
    rollups,
    created: false,
    notes: [
      `The database is used as it stands, because this user may not look after it (${why.words})`,
      ...(rollups
        ? []
        : [`There are no 1-minute roll-ups: the policies ${RAW} and ${ROLLUP} are not both there.`]),
    ],
  };
};

const unmanaged = (note: string): Layout => ({
  raw: undefined,
  rollups: false,
  created: false,
  notes: [note],
});

/**
 * Makes database and retention policies as planned, or finds out what can be written to. `influx` speaks as a user
 * who may do so; anything but InfluxDB 1 is taken as it is, since it has no such statements.
 */
export const prepareSchema = async (
  influx: Influx,
  plan: SchemaPlan,
  signal: AbortSignal,
): Promise<Result<Layout>> => {
  const server = await influx.ping(signal);
  if (!server.ok) return server;
  const { kind, version } = server.value;
  if (kind !== 'influxdb-1') {
    const name =
      kind === 'unknown' ? 'This server names no version of InfluxDB' : `This is InfluxDB ${version}`;
    return ok(
      unmanaged(
        `${name}: the database ${plan.database} must be there, and it gets raw points only, no roll-ups.`,
      ),
    );
  }
  const ensured = await ensure(influx, plan, signal);
  if (ensured.ok) return ok({ raw: RAW, rollups: true, created: ensured.value, notes: [] });
  const { kind: faultKind, code } = ensured.fault;
  if (
    code === 'influx.not-allowed' &&
    !/authorization failed|unable to parse authentication/.test(ensured.fault.words)
  ) {
    return ok(await asFound(influx, plan.database, ensured.fault, signal));
  }
  return faultKind === 'refused'
    ? fail(fault('misconfigured', 'influx.schema', influx.where, ensured.fault.words))
    : ensured;
};

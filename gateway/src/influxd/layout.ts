import { join } from 'node:path';

/** What lies where in the directory that belongs to the managed InfluxDB. */
export interface InfluxdLayout {
  readonly directory: string;
  readonly data: string;
  readonly wal: string;
  readonly meta: string;
  /** Written by influxd itself; its place on influxd's command line is also how we know the child for ours. */
  readonly pidFile: string;
  readonly portsFile: string;
  readonly credentialsFile: string;
  /** There once everything that makes a new database startable is on the disk. */
  readonly settledFile: string;
  /** What a repair moved out of the way. */
  readonly setAside: string;
}

export const influxdLayout = (directory: string): InfluxdLayout => ({
  directory,
  data: join(directory, 'data'),
  wal: join(directory, 'wal'),
  meta: join(directory, 'meta'),
  pidFile: join(directory, 'influxd.pid'),
  portsFile: join(directory, 'ports.json'),
  credentialsFile: join(directory, 'credentials.json'),
  settledFile: join(directory, 'settled'),
  setAside: join(directory, 'set-aside'),
});

export interface InfluxdPorts {
  readonly http: number;
  /** Backup and restore; bound even where nobody uses it. */
  readonly rpc: number;
}

/**
 * The whole configuration, by environment (InfluxDB 1 documentation, "Environment variables"). Unset, HTTP would
 * listen on all interfaces without asking who calls, and the server would store and report its own statistics.
 */
export const influxdEnvironment = (
  { data, wal, meta, directory }: InfluxdLayout,
  { http, rpc }: InfluxdPorts,
): Readonly<Record<string, string>> => ({
  HOME: directory,
  INFLUXDB_REPORTING_DISABLED: 'true',
  INFLUXDB_BIND_ADDRESS: `127.0.0.1:${rpc}`,
  INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${http}`,
  INFLUXDB_HTTP_AUTH_ENABLED: 'true',
  INFLUXDB_HTTP_LOG_ENABLED: 'false',
  INFLUXDB_META_DIR: meta,
  INFLUXDB_DATA_DIR: data,
  INFLUXDB_DATA_WAL_DIR: wal,
  // Not tsi1, whose own log is synced while the series file it names is not: after a power cut the points of series
  // younger than half a minute are on the disk and cannot be found. This one is made anew from the points.
  INFLUXDB_DATA_INDEX_VERSION: 'inmem',
  // A third of the default, for the memory that it costs.
  INFLUXDB_DATA_CACHE_SNAPSHOT_MEMORY_SIZE: '8m',
  INFLUXDB_DATA_QUERY_LOG_ENABLED: 'false',
  INFLUXDB_MONITOR_STORE_ENABLED: 'false',
  INFLUXDB_CONTINUOUS_QUERIES_ENABLED: 'false',
});

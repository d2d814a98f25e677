import type { IncomingHttpHeaders } from 'node:http';

/**
 * What answers at an address. Only InfluxDB 1 knows databases, retention policies and SELECT … INTO; 2 and 3 accept
 * points and most SELECTs; what names no version (VictoriaMetrics) accepts points.
 */
export type ServerKind = 'influxdb-1' | 'influxdb-2' | 'influxdb-3' | 'unknown';

export interface Server {
  readonly kind: ServerKind;
  /** As the server says it; empty where it says nothing. */
  readonly version: string;
}

const KIND_OF_MAJOR: Readonly<Record<string, ServerKind>> = {
  1: 'influxdb-1',
  2: 'influxdb-2',
  3: 'influxdb-3',
};

/** From the headers of `/ping` (InfluxDB HTTP API reference of each version). */
export const serverOf = (headers: IncomingHttpHeaders): Server => {
  const version = [headers['x-influxdb-version'] ?? ''].flat().join(' ');
  const major = /^v?(\d+)\./.exec(version)?.[1] ?? '';
  return { kind: KIND_OF_MAJOR[major] ?? 'unknown', version };
};

/** Names of retention policies, which dashboards use too. */
export const RAW = 'raw';
export const ROLLUP = 'r1m';

/** Measurements of the gateway's own numbers: the box, each device, each network. */
export const SELF = 'outpost';
export const SELF_DEVICE = 'outpost_device';
export const SELF_NETWORK = 'outpost_network';

/** An identifier of InfluxQL, quoted (InfluxQL specification, "Identifiers"). */
export const identifier = (name: string): string =>
  `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/** A string literal of InfluxQL, quoted (InfluxQL specification, "Strings"). */
export const literal = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;

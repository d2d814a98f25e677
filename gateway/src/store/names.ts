/** Names of retention policies, which dashboards use too. */
export const RAW = 'raw';
export const ROLLUP = 'r1m';

/** Every measurement there is, which dashboards use too. */
export const MEASUREMENTS = {
  /** Everything that a vehicle's signals say, and the only one that is rolled up. */
  vehicle: 'vehicle',
  /** What the signals of other devices say. */
  device: 'device',
  position: 'position',
  trips: 'trips',
  /** Every radio frame that was heard or sent. */
  receptions: 'receptions',
  events: 'events',
  attestations: 'attestations',
  /** What networks said of attestations. */
  receipts: 'receipts',
  /** What networks that take single readings made of them, counted together; see `outpost ledger` for each. */
  deliveries: 'deliveries',
  /** The gateway's own numbers: of the box, of each device, of each network. */
  self: 'outpost',
  selfDevice: 'outpost_device',
  selfNetwork: 'outpost_network',
} as const;

/** An identifier of InfluxQL, quoted (InfluxQL specification, "Identifiers"). */
export const identifier = (name: string): string =>
  `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/** A string literal of InfluxQL, quoted (InfluxQL specification, "Strings"). */
export const literal = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;

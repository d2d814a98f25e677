export { type Credentials, type Login, loadCredentials } from './credentials.ts';
export { type FindParts, findInfluxd, type InfluxdProgram } from './find.ts';
export {
  type Influxd,
  type InfluxdParts,
  type InfluxdStatus,
  openInfluxd,
  PREFERRED_PORTS,
} from './influxd.ts';
export { type InfluxdLayout, type InfluxdPorts, influxdEnvironment, influxdLayout } from './layout.ts';
export { influxAs, provision } from './provision.ts';
export { brokenDatabases, repairSeries } from './repair.ts';

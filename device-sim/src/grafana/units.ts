import { type Signal, signalByName, type Unit } from '@outpost/schemas/vehicle';

/** Names of our units in Grafana's list; what it has no name for is shown as it is. */
const GRAFANA: Readonly<Partial<Record<Unit, string>>> = {
  'km/h': 'velocitykmh',
  rpm: 'rotrpm',
  percent: 'percent',
  celsius: 'celsius',
  kPa: 'pressurekpa',
  V: 'volt',
  A: 'amp',
  mA: 'mamp',
  s: 's',
  min: 'm',
  h: 'h',
  km: 'lengthkm',
  'l/h': 'suffix: l/h',
  W: 'watt',
  kWh: 'kwatth',
  l: 'litre',
  Hz: 'hertz',
  dBm: 'dBm',
  count: 'short',
};

/** A row of the signal table. Throws where there is none of that name, so that a renamed signal breaks the build. */
export const signalOf = (name: string): Signal => {
  const row = signalByName(name);
  if (row === undefined) throw new Error(`There is no signal ${name} for a dashboard to show.`);
  return row;
};

export const unitOf = ({ unit }: Signal): string => GRAFANA[unit] ?? `suffix: ${unit}`;

/** How Grafana writes a value in one of its units. Throws for one that it does not have, which would show as nothing. */
const SI = ['', 'k', 'M', 'G', 'T'] as const;
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti'] as const;
const SHORT = ['', ' K', ' Mil', ' Bil'] as const;

const SIGNIFICANT = 3;

const plain = (value: number, decimals: number | undefined): string => {
  if (decimals !== undefined) return value.toFixed(decimals);
  if (value === 0) return '0';
  const places = Math.max(0, SIGNIFICANT - 1 - Math.floor(Math.log10(Math.abs(value))));
  return String(Number(value.toFixed(Math.min(places, 6))));
};

const scaled = (
  value: number,
  decimals: number | undefined,
  {
    by,
    prefixes,
    unit,
    start = 0,
  }: { by: number; prefixes: readonly string[]; unit: string; start?: number },
): string => {
  let [left, step] = [value, start];
  while (Math.abs(left) >= by && step < prefixes.length - 1) [left, step] = [left / by, step + 1];
  const text = plain(left, decimals);
  const name = `${prefixes[step] ?? ''}${unit}`;
  return name === '' || name.startsWith(' ') ? `${text}${name}` : `${text} ${name}`;
};

const DURATIONS = [
  [86_400, 'days'],
  [3_600, 'hours'],
  [60, 'mins'],
  [1, 's'],
] as const;

const seconds = (value: number, decimals: number | undefined): string => {
  const [by, name] = DURATIONS.find(([each]) => Math.abs(value) >= each) ?? [1, 's'];
  return `${plain(value / by, decimals)} ${name}`;
};

const FIXED: Readonly<Record<string, string>> = {
  percent: '%',
  celsius: '°C',
  velocitykmh: 'km/h',
  rotrpm: 'rpm',
  dB: 'dB',
  pressurekpa: 'kPa',
};

const SI_UNITS: Readonly<Record<string, readonly [unit: string, start: number]>> = {
  volt: ['V', 0],
  hertz: ['Hz', 0],
  lengthm: ['m', 0],
  watth: ['Wh', 0],
  dBm: ['dBm', 0],
  cps: ['c/s', 0],
};

const BINARY_UNITS: Readonly<Record<string, readonly [unit: string, start: number]>> = {
  bytes: ['B', 0],
  mbytes: ['B', 2],
};

const SUFFIX = 'suffix:';

export const valueText = (value: number, unit = 'short', decimals?: number): string => {
  if (unit === 'short') return scaled(value, decimals, { by: 1_000, prefixes: SHORT, unit: '' });
  if (unit === 's') return seconds(value, decimals);
  if (unit === 'ms') return `${plain(value, decimals)} ms`;
  if (unit === 'mlitre') return `${plain(value, decimals)} mL`;
  if (unit === 'Bps') return scaled(value, decimals, { by: 1_000, prefixes: SI, unit: 'B/s' });
  if (unit.startsWith(SUFFIX)) return `${plain(value, decimals)}${unit.slice(SUFFIX.length)}`;
  const fixed = FIXED[unit];
  if (fixed !== undefined) return `${plain(value, decimals)} ${fixed}`;
  const si = SI_UNITS[unit];
  if (si !== undefined)
    return scaled(value, decimals, { by: 1_000, prefixes: SI, unit: si[0], start: si[1] });
  const binary = BINARY_UNITS[unit];
  if (binary === undefined) throw new Error(`${unit} is no unit that pictures of dashboards know`);
  return scaled(value, decimals, { by: 1_024, prefixes: BINARY, unit: binary[0], start: binary[1] });
};

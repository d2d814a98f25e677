import {
  DEVICE_METRICS,
  GATEWAY_METRICS,
  type Metric,
  NETWORK_METRICS,
  type SelfNow,
} from '../metrics/index.ts';

/** Label values as the text format wants them (Prometheus, "Exposition formats"). */
const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

interface Part<P> {
  readonly part: P;
  readonly labels: string;
}

const family = <P>(
  prefix: string,
  { name, kind, help, of }: Metric<P>,
  parts: readonly Part<P>[],
): string => {
  const full = `${prefix}_${name}${kind === 'counter' ? '_total' : ''}`;
  const samples = parts.flatMap(({ part, labels }) => {
    const value = of(part);
    return value === undefined ? [] : [`${full}${labels} ${value}`];
  });
  return samples.length === 0
    ? ''
    : `# HELP ${full} ${help}\n# TYPE ${full} ${kind}\n${samples.join('\n')}\n`;
};

/** All numbers in the Prometheus text format, version 0.0.4. */
export const prometheusText = ({ gateway, devices, networks }: SelfNow): string =>
  [
    ...GATEWAY_METRICS.map((metric) => family('outpost', metric, [{ part: gateway, labels: '' }])),
    ...DEVICE_METRICS.map((metric) =>
      family(
        'outpost_device',
        metric,
        devices.map((part) => ({ part, labels: `{device="${escaped(part.view.name)}"}` })),
      ),
    ),
    ...NETWORK_METRICS.map((metric) =>
      family(
        'outpost_network',
        metric,
        networks.map((part) => ({ part, labels: `{network="${escaped(part.view.name)}"}` })),
      ),
    ),
  ].join('');

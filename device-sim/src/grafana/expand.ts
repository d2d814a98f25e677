import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { ALERTS } from './alerts.ts';

/** A query as Grafana sends it. */
export interface Expanded {
  /** Which panel, variable, annotation or alert asks it. */
  readonly who: string;
  readonly query: string;
  /** What the answer must have beside the time. */
  readonly columns: readonly string[];
}

interface Asks {
  readonly query?: unknown;
}

/** Variables stand for everything, the time for the last hours, the interval for ten seconds. */
const expand = (query: string): string =>
  query
    .replaceAll('$timeFilter', 'time > now() - 6h')
    .replaceAll('$__interval', '10s')
    .replaceAll(/\/\^\$[a-z]+\$\//g, '/.*/');

/** Columns that a map needs; any other panel shows what comes. */
const columnsOf = (type: string | undefined): readonly string[] => (type === 'geomap' ? ['lat', 'lon'] : []);

/** Every query of a dashboard: its panels, variables and annotations. */
export const queriesOf = (name: string, board: Dashboard): readonly Expanded[] => {
  const panels = (board.panels ?? []).flatMap((panel) => {
    const { title, type, targets } = panel as { title?: string; type?: string; targets?: readonly Asks[] };
    return (targets ?? []).map(({ query }, index) => ({
      who: `${name}: ${title ?? ''} ${index}`,
      query: expand(String(query)),
      columns: columnsOf(type),
    }));
  });
  const variables = (board.templating?.list ?? []).map(({ name: variable, query }) => ({
    who: `${name}: variable ${variable}`,
    query: expand(String(query)),
    columns: ['value'],
  }));
  const annotations = (board.annotations?.list ?? []).flatMap(({ name: note, target }) => {
    const { query } = (target ?? {}) as Asks;
    return query === undefined
      ? []
      : [{ who: `${name}: annotation ${note}`, query: expand(String(query)), columns: [] }];
  });
  return [...panels, ...variables, ...annotations];
};

export const alertQueries = (): readonly Expanded[] =>
  ALERTS.map(({ title, query }) => ({ who: `alert: ${title}`, query: expand(query), columns: [] }));

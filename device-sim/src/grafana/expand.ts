import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertFile } from './alerts.ts';

/** What a dashboard shows, and in which steps where a query asks for steps. */
export interface Shown {
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalS: number;
}

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

/**
 * What Grafana's own backend makes of a raw InfluxQL query, with variables standing for everything. `now()` stays the
 * database's in Grafana; here it is the end of what is shown, so that a recorded afternoon has a now.
 */
export const expand = (query: string, { fromMs, toMs, intervalS }: Shown): string =>
  query
    .replaceAll('$timeFilter', `time >= ${fromMs}ms and time <= ${toMs}ms`)
    .replaceAll('$__interval', `${intervalS}s`)
    .replaceAll('now()', `${toMs}ms`)
    .replaceAll(/\/\^\$[a-z]+\$\//g, '/^.*$/');

/** Columns that a map needs; any other panel shows what comes. */
const columnsOf = (type: string | undefined): readonly string[] => (type === 'geomap' ? ['lat', 'lon'] : []);

/** Every query of a dashboard: its panels, variables and annotations. */
export const queriesOf = (name: string, board: Dashboard, shown: Shown): readonly Expanded[] => {
  const panels = (board.panels ?? []).flatMap((panel) => {
    const { title, type, targets } = panel as { title?: string; type?: string; targets?: readonly Asks[] };
    return (targets ?? []).map(({ query }, index) => ({
      who: `${name}: ${title ?? ''} ${index}`,
      query: expand(String(query), shown),
      columns: columnsOf(type),
    }));
  });
  const variables = (board.templating?.list ?? []).map(({ name: variable, query }) => ({
    who: `${name}: variable ${variable}`,
    query: expand(String(query), shown),
    columns: ['value'],
  }));
  const annotations = (board.annotations?.list ?? []).flatMap(({ name: note, target }) => {
    const { query } = (target ?? {}) as Asks;
    return query === undefined
      ? []
      : [{ who: `${name}: annotation ${note}`, query: expand(String(query), shown), columns: [] }];
  });
  return [...panels, ...variables, ...annotations];
};

/** The rules of the file that Grafana reads. */
export type AlertRule = ReturnType<typeof alertFile>['groups'][number]['rules'][number];

export const alertRules = (): readonly AlertRule[] => alertFile().groups.flatMap(({ rules }) => rules);

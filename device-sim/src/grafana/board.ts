import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type Ask, DATASOURCE, type InfluxTarget, influxQl } from './influx-query.ts';
import type { PanelOf } from './panels.ts';

const TAG = 'outpost';

export interface Variable {
  /** The tag whose values it offers; the variable has its name. */
  readonly tag: string;
  readonly label: string;
  readonly from: string;
}

export interface Note {
  readonly name: string;
  readonly color: string;
  readonly from: Ask['from'];
  /** The column that is shown. */
  readonly text: string;
  readonly where: readonly string[];
}

/** Panels under one title. */
export type BoardRow = readonly [title: string, panels: readonly PanelOf[]];

export interface BoardParts {
  readonly uid: string;
  readonly title: string;
  readonly says: string;
  readonly variables: readonly Variable[];
  readonly notes: readonly Note[];
  readonly rows: readonly BoardRow[];
}

const variable = ({ tag, label, from }: Variable): QueryVariableBuilder =>
  new QueryVariableBuilder(tag)
    .label(label)
    .datasource(DATASOURCE)
    .query(`SHOW TAG VALUES FROM "${from}" WITH KEY = "${tag}"`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });

const annotation = ({ name, color, from, text, where }: Note): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(color)
    .target({
      build: (): InfluxTarget & { readonly textColumn: string } => ({
        refId: 'Anno',
        datasource: DATASOURCE,
        rawQuery: true,
        query: influxQl({
          select: `"${text}"`,
          from,
          where,
        }),
        resultFormat: 'table',
        textColumn: text,
        _implementsDataqueryVariant: () => undefined,
      }),
    });

/** A dashboard in the classic form, which every Grafana since 9 reads. */
export const board = ({ uid, title, says, variables, notes, rows }: BoardParts): Dashboard => {
  const builder = new DashboardBuilder(`Outpost: ${title}`)
    .uid(uid)
    .description(says)
    .tags([TAG])
    // As often as a Raspberry Pi bears it beside its own work.
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .link(
      new DashboardLinkBuilder('Outpost')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .keepTime(true),
    );
  for (const each of variables) builder.withVariable(variable(each));
  for (const note of notes) builder.annotation(annotation(note));
  for (const [row, panels] of rows) {
    builder.withRow(new RowBuilder(row));
    for (const panel of panels) builder.withPanel(panel);
  }
  return builder.build();
};

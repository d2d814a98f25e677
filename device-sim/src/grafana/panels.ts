import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE } from './influx-query.ts';

type Target = cog.Builder<cog.Dataquery>;
export type PanelOf = cog.Builder<dashboard.Panel>;

export interface Said {
  readonly title: string;
  /** What it means and what to do where it is bad. */
  readonly says: string;
  readonly unit?: string;
  readonly decimals?: number;
  /** Of 24 columns. */
  readonly span?: number;
  readonly height?: number;
}

/** From which value on what colour is shown; `null` is from the start. */
export type Steps = readonly (readonly [
  number | null,
  'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'text',
])[];

export const thresholds = (steps: Steps): cog.Builder<dashboard.ThresholdsConfig> =>
  new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));

interface Common<Self> {
  title(title: string): Self;
  description(description: string): Self;
  datasource(datasource: common.DataSourceRef): Self;
  span(columns: number): Self;
  height(rows: number): Self;
  targets(targets: Target[]): Self;
  unit(unit: string): Self;
  decimals(decimals: number): Self;
}

/** Grafana tells a panel's queries apart by letters. */
const lettered = (target: Target, index: number): Target => ({
  build: () => ({ ...target.build(), refId: String.fromCharCode('A'.charCodeAt(0) + index) }),
});

export const described = <Self extends Common<Self>>(
  panel: Self,
  said: Said,
  targets: readonly Target[],
): Self => {
  const { title, says, unit, decimals, span = 8, height = 8 } = said;
  const made = panel
    .title(title)
    .description(says)
    .datasource(DATASOURCE)
    .span(span)
    .height(height)
    .targets(targets.map(lettered));
  if (unit !== undefined) made.unit(unit);
  return decimals === undefined ? made : made.decimals(decimals);
};

/** What is asked for most seldom comes once a minute, and late at times; longer than this nothing came. */
const GAP_MS = 180_000;

/** Lines over time. A gap in the readings is a gap in the line. */
export const chart = (said: Said, targets: readonly Target[]): TimeseriesBuilder =>
  described(new TimeseriesBuilder(), said, targets)
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Auto)
    .spanNulls(GAP_MS)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.None),
    );

/** Series whose names end so have a colour that means the same everywhere. */
const MEANING = { settled: 'green', refused: 'red', expired: 'orange', unknown: 'yellow' } as const;

/** A chart of what became of things, each end in its own colour. */
export const inMeaning = (panel: TimeseriesBuilder): TimeseriesBuilder => {
  for (const [end, fixedColor] of Object.entries(MEANING)) {
    panel.overrideByRegexp(`/${end}$/`, [{ id: 'color', value: { mode: 'fixed', fixedColor } }]);
  }
  return panel;
};

/** How much there was of each in each few minutes: bars, one upon the other. */
export const bars = (said: Said, targets: readonly Target[]): TimeseriesBuilder =>
  chart(said, targets)
    .interval('5m')
    .drawStyle(common.GraphDrawStyle.Bars)
    .fillOpacity(80)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));

/** Words and colours for a few values. */
export type States = Readonly<Record<string, readonly [text: string, color: string]>>;

const mappingOf = (states: States): dashboard.ValueMapping => ({
  type: dashboard.MappingType.ValueToText,
  options: Object.fromEntries(
    Object.entries(states).map(([value, [text, color]], index) => [value, { text, color, index }]),
  ),
});

/** The last value, large, in the colour of its threshold. */
export const stat = (
  said: Said,
  targets: readonly Target[],
  steps: Steps = [[null, 'text']],
  states?: States,
): StatBuilder => {
  const panel = described(new StatBuilder(), { span: 4, height: 4, ...said }, targets)
    .thresholds(thresholds(steps))
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
  return states === undefined ? panel : panel.mappings([mappingOf(states)]);
};

/** How a column of a table is shown, by the name that its query gives it. */
export interface Column {
  readonly unit?: string;
  readonly decimals?: number;
  /** Of pixels; the rest share what is left. */
  readonly width?: number;
  /** Colours of the text. */
  readonly steps?: Steps;
  readonly states?: States;
}

const propertiesOf = ({ unit, decimals, width, steps, states }: Column): dashboard.DynamicConfigValue[] => [
  ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
  ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
  ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
  ...(steps === undefined ? [] : [{ id: 'thresholds', value: thresholds(steps).build() }]),
  ...(states === undefined ? [] : [{ id: 'mappings', value: [mappingOf(states)] }]),
  ...(steps === undefined && states === undefined
    ? []
    : [{ id: 'custom.cellOptions', value: { type: 'color-text' } }]),
];

type Columns = Readonly<Record<string, Column>>;

export const table = (said: Said, targets: readonly Target[], columns: Columns = {}): TableBuilder => {
  const panel = described(new TableBuilder(), { span: 12, ...said }, targets).filterable(true);
  for (const [name, column] of Object.entries(columns)) panel.overrideByName(name, propertiesOf(column));
  return panel;
};

/** One row for each value of a tag, with what several queries say of it side by side. The time is of no query alone. */
export const joined = (said: Said, tag: string, targets: readonly Target[], columns: Columns): TableBuilder =>
  table(said, targets, columns)
    .withTransformation({ id: 'filterFieldsByName', options: { exclude: { names: ['Time'] } } })
    .withTransformation({ id: 'joinByField', options: { byField: tag, mode: 'outer' } });

/** Rows counted together where they agree in some columns; `sum` is the column that is added up. */
export const tallied = (
  said: Said,
  { by, sum }: { readonly by: readonly string[]; readonly sum: string },
  targets: readonly Target[],
  columns: Columns = {},
): TableBuilder =>
  table(said, targets, columns)
    .withTransformation({
      id: 'groupBy',
      options: {
        fields: {
          ...Object.fromEntries(by.map((name) => [name, { operation: 'groupby', aggregations: [] }])),
          [sum]: { operation: 'aggregate', aggregations: ['sum'] },
        },
      },
    })
    .withTransformation({ id: 'sortBy', options: { sort: [{ field: `${sum} (sum)`, desc: true }] } });

/** Which of a few states something was in, and when. */
export const timeline = (said: Said, targets: readonly Target[], states: States): TimelineBuilder =>
  described(new TimelineBuilder(), { span: 24, height: 6, ...said }, targets)
    .mappings([mappingOf(states)])
    .showValue(common.VisibilityMode.Auto)
    .mergeValues(true);

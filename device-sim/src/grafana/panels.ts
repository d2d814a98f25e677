import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as GeomapBuilder } from '@grafana/grafana-foundation-sdk/geomap';
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

const described = <Self extends Common<Self>>(panel: Self, said: Said, targets: readonly Target[]): Self => {
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

/** Lines over time. A gap in the readings is a gap in the line. */
export const chart = (said: Said, targets: readonly Target[]): TimeseriesBuilder =>
  described(new TimeseriesBuilder(), said, targets)
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Never)
    // A minute without a point is a gap; shorter ones are how seldom something is asked for.
    .spanNulls(60_000)
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

/** The last value, large, in the colour of its threshold. */
export const stat = (said: Said, targets: readonly Target[], steps: Steps = [[null, 'text']]): StatBuilder =>
  described(new StatBuilder(), { span: 4, height: 4, ...said }, targets)
    .thresholds(thresholds(steps))
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));

export const table = (said: Said, targets: readonly Target[]): TableBuilder =>
  described(new TableBuilder(), { span: 12, ...said }, targets).filterable(true);

/** Which of a few states something was in, and when. */
export const timeline = (
  said: Said,
  targets: readonly Target[],
  states: Readonly<Record<string, readonly [string, string]>>,
): TimelineBuilder =>
  described(new TimelineBuilder(), { span: 24, height: 6, ...said }, targets)
    .mappings([
      {
        type: dashboard.MappingType.ValueToText,
        options: Object.fromEntries(
          Object.entries(states).map(([value, [text, color]], index) => [value, { text, color, index }]),
        ),
      },
    ])
    .showValue(common.VisibilityMode.Auto)
    .mergeValues(true);

/** Places of rows with `lat` and `lon`. */
export const map = (said: Said, targets: readonly Target[], layer: 'route' | 'markers'): GeomapBuilder =>
  described(new GeomapBuilder(), { span: 12, height: 12, ...said }, targets).layers([
    new common.MapLayerOptionsBuilder()
      .type(layer)
      .name(said.title)
      .location(
        new common.FrameGeometrySourceBuilder()
          .mode(common.FrameGeometrySourceMode.Coords)
          .latitude('lat')
          .longitude('lon'),
      )
      .tooltip(true),
  ]);

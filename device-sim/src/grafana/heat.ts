import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  PanelBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { described, type Said } from './panels.ts';

const buckets = (size: string): common.HeatmapCalculationBucketConfigBuilder =>
  new common.HeatmapCalculationBucketConfigBuilder().mode(common.HeatmapCalculationMode.Size).value(size);

/** How often which value came, by time: a cell is darker the more there were. Its queries bring every single value. */
export const heat = (
  said: Said,
  targets: Parameters<typeof described>[2],
  cell: { readonly minutes: number; readonly size: number },
): PanelBuilder =>
  described(new PanelBuilder(), said, targets)
    .calculate(true)
    .calculation(
      new common.HeatmapCalculationOptionsBuilder()
        .xBuckets(buckets(`${cell.minutes}m`))
        .yBuckets(buckets(String(cell.size))),
    )
    .yAxis(
      new YAxisConfigBuilder()
        .axisPlacement(common.AxisPlacement.Left)
        .unit(said.unit ?? 'short')
        .decimals(said.decimals ?? 0),
    )
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64),
    )
    .cellGap(1)
    .hideLegend();

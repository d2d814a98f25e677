import { clockAxis, noteLines, type Plot, plotOf, spanOf, valueAxis } from './axes.ts';
import type { Series } from './frames.ts';
import { type Box, lookOf, type PanelContent, type PanelModel, type Stretch } from './model.ts';
import { colour, element, INK, PALETTE, pathOf, type Svg, widthOf, words } from './svg.ts';

const LEGEND_PX = 18;
const LEGEND_ROWS_MAX = 3;

type Place = readonly [number, number];

/** Points that follow each other are joined; nothing between them only where it lasts less than `gapMs`. */
const strokesOf = ({ points }: Series, plot: Plot, gapMs: number): readonly (readonly Place[])[] => {
  const strokes: Place[][] = [];
  let [lastMs, isEmpty] = [Number.NEGATIVE_INFINITY, true];
  for (const [ms, value] of points) {
    if (typeof value !== 'number') {
      isEmpty = true;
      continue;
    }
    const place: Place = [plot.x(ms), plot.y(value)];
    if (isEmpty && ms - lastMs > gapMs) strokes.push([place]);
    else strokes.at(-1)?.push(place);
    [lastMs, isEmpty] = [ms, false];
  }
  return strokes;
};

/** Its own colour where the panel gives it one, else the next of the palette. */
const inksOf = (panel: PanelModel, all: readonly Series[]): readonly string[] =>
  all.map(({ name }, index) => {
    const fixed = lookOf(panel, name).color?.fixedColor;
    return fixed === undefined ? (PALETTE[index % PALETTE.length] as string) : colour(fixed);
  });

const lineOf = (series: Series, plot: Plot, gapMs: number, stroke: string): readonly Svg[] => {
  const strokes = strokesOf(series, plot, gapMs);
  const areas = strokes
    .filter(({ length }) => length > 1)
    .map((places) => {
      const [first, last] = [places[0] as Place, places.at(-1) as Place];
      return [[first[0], plot.bottom] as Place, ...places, [last[0], plot.bottom] as Place];
    });
  return [
    element('path', { d: pathOf(areas), fill: stroke, 'fill-opacity': '0.08' }),
    element('path', {
      d: pathOf(strokes),
      fill: 'none',
      stroke,
      'stroke-width': 1.2,
      'stroke-linejoin': 'round',
    }),
    ...strokes
      .filter(({ length }) => length === 1)
      .map(([place]) => element('circle', { cx: place?.[0], cy: place?.[1], r: 2, fill: stroke })),
  ];
};

const BAR_SHARE = 0.85;
const BAR_MAX_PX = 60;

/** Where each bar begins and ends, by its moment: side by side, or each upon the one before. */
const barsOf = (
  all: readonly Series[],
  plot: Plot,
  {
    isStacked,
    inks,
    stepPx,
  }: { readonly isStacked: boolean; readonly inks: readonly string[]; readonly stepPx: number },
): readonly Svg[] => {
  const moments = [...new Set(all.flatMap(({ points }) => points.map(([ms]) => ms)))].sort((a, b) => a - b);
  const apart = moments.slice(1).map((ms, index) => plot.x(ms) - plot.x(moments[index] as number));
  const wide = Math.min(BAR_MAX_PX, stepPx, ...apart) * BAR_SHARE;
  const width = isStacked ? wide : wide / all.length;
  const heights = new Map<number, number>();
  return all.flatMap(({ points }, index) =>
    points.flatMap(([ms, value]) => {
      if (typeof value !== 'number' || value === 0) return [];
      const from = isStacked ? (heights.get(ms) ?? 0) : 0;
      heights.set(ms, from + value);
      const left = plot.x(ms) + (isStacked ? 0 : index * width);
      const x = Math.max(plot.left, left);
      const [top, bottom] = [plot.y(from + value), plot.y(from)];
      const fill = inks[index];
      return [
        element('rect', {
          x,
          y: top,
          width: Math.max(1, left + width * 0.95 - x),
          height: bottom - top,
          fill,
        }),
      ];
    }),
  );
};

/** The highest sum of what stands upon each other. */
const stackedValues = (all: readonly Series[]): readonly number[] => {
  const heights = new Map<number, number>();
  for (const [ms, value] of all.flatMap(({ points }) => points))
    heights.set(ms, (heights.get(ms) ?? 0) + (typeof value === 'number' ? value : 0));
  return [...heights.values()];
};

interface Legend {
  readonly svg: readonly Svg[];
  readonly height: number;
}

const legendOf = (names: readonly string[], inks: readonly string[], { width, height }: Box): Legend => {
  const placed: { name: string; index: number; x: number; row: number }[] = [];
  let [x, row] = [8, 0];
  for (const [index, name] of names.entries()) {
    const wide = widthOf(name, 11) * 1.12 + 32;
    if (x > 8 && x + wide > width) [x, row] = [8, row + 1];
    if (row < LEGEND_ROWS_MAX) placed.push({ name, index, x, row });
    x += wide;
  }
  const rows = Math.min(row + 1, LEGEND_ROWS_MAX);
  const top = height - rows * LEGEND_PX;
  const svg = placed.flatMap((each) => {
    const y = top + each.row * LEGEND_PX + 12;
    return [
      element('rect', {
        x: each.x,
        y: y - 5,
        width: 12,
        height: 3,
        fill: inks[each.index],
      }),
      words(each.x + 17, y, each.name, { size: 11, width: width - each.x - 20 }),
    ];
  });
  return { svg, height: rows * LEGEND_PX };
};

export const drawChart = (
  panel: PanelModel,
  { series }: PanelContent,
  box: Box,
  stretch: Stretch,
): readonly Svg[] => {
  const { unit, decimals, custom } = lookOf(panel, '');
  const shown = series.filter(({ points }) => points.some(([, value]) => typeof value === 'number'));
  if (shown.length === 0)
    return [words(box.width / 2, box.height / 2, 'No data', { anchor: 'middle', fill: INK.faint })];
  const isStacked = custom?.stacking?.mode === 'normal';
  const single = shown.flatMap(({ points }) =>
    points.flatMap(([, value]) => (typeof value === 'number' ? [value] : [])),
  );
  const values = isStacked ? stackedValues(shown) : single;
  const bars = custom?.drawStyle === 'bars';
  const [low, high] = bars ? [0, spanOf(values)[1]] : spanOf(values);
  const inks = inksOf(panel, shown);
  const legend = legendOf(
    shown.map(({ name }) => name),
    inks,
    box,
  );
  const plot = plotOf(box, stretch, [low, high], legend.height);
  const gapMs = typeof custom?.spanNulls === 'number' ? custom.spanNulls : 0;
  return [
    ...clockAxis(plot, stretch),
    ...valueAxis(plot, { low, high, unit, decimals }),
    ...(bars
      ? barsOf(shown, plot, { isStacked, inks, stepPx: plot.right - plot.left })
      : shown.flatMap((each, index) => lineOf(each, plot, gapMs, inks[index] as string))),
    ...noteLines(plot, stretch),
    ...legend.svg,
  ];
};

import { clockAxis, plotOf } from './axes.ts';
import type { Series } from './frames.ts';
import {
  type Box,
  type FieldLook,
  lookOf,
  mappingOf,
  type PanelContent,
  type PanelModel,
  type Stretch,
} from './model.ts';
import { colour, element, type Svg, widthOf, words } from './svg.ts';

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: number | string;
}

/** Neighbours that are alike as one; each lasts until the next. */
const spansOf = ({ points }: Series, toMs: number): readonly Span[] => {
  const spans: Span[] = [];
  for (const [ms, value] of points) {
    if (value === undefined) continue;
    const last = spans.at(-1);
    if (last?.value === value) continue;
    if (last !== undefined) spans[spans.length - 1] = { ...last, toMs: ms };
    spans.push({ fromMs: ms, toMs, value });
  }
  return spans;
};

const ROW_GAP = 0.15;

const rowOf = (
  spans: readonly Span[],
  look: FieldLook,
  { x, top, height }: { x(ms: number): number; top: number; height: number },
): readonly Svg[] =>
  spans.flatMap(({ fromMs, toMs, value }) => {
    const mapped = mappingOf(look, value);
    const [left, right] = [x(fromMs), x(toMs)];
    const text = mapped?.text ?? String(value);
    const y = top + height * ROW_GAP;
    const tall = height * (1 - 2 * ROW_GAP);
    return [
      element('rect', {
        x: left,
        y,
        width: Math.max(1, right - left),
        height: tall,
        fill: colour(mapped?.color ?? 'blue'),
        'fill-opacity': '0.7',
      }),
      ...(widthOf(text) + 8 < right - left
        ? [words((left + right) / 2, y + tall / 2 + 4, text, { fill: '#ffffff', anchor: 'middle' as const })]
        : []),
    ];
  });

export const drawTimeline = (
  panel: PanelModel,
  { series }: PanelContent,
  box: Box,
  stretch: Stretch,
): readonly Svg[] => {
  const plot = plotOf(box, stretch, [0, 1]);
  const height = (plot.bottom - plot.top) / Math.max(1, series.length);
  return [
    ...clockAxis(plot, stretch),
    ...series.flatMap((each, index) => {
      const top = plot.top + index * height;
      return [
        words(plot.left - 6, top + height / 2 + 4, each.name, {
          size: 11,
          anchor: 'end' as const,
          width: plot.left - 8,
        }),
        ...rowOf(spansOf(each, stretch.toMs), lookOf(panel, each.name), { x: plot.x, top, height }),
      ];
    }),
  ];
};

import { clockAxis, noteLines, plotOf, valueAxis } from './axes.ts';
import type { Box, PanelContent, PanelModel, Stretch } from './model.ts';
import { element, INK, type Svg, words } from './svg.ts';

const MINUTE_MS = 60_000;
/** From few to many. */
const ORANGES = ['#3b2a1a', '#6b3a14', '#a04e0e', '#d1660d', '#f58634', '#fdb77a', '#feedde'] as const;

const stepOf = (size: string | undefined): number => Number.parseFloat(size ?? '1');

export const drawHeat = (
  panel: PanelModel,
  { series }: PanelContent,
  box: Box,
  stretch: Stretch,
): readonly Svg[] => {
  const { calculation, yAxis } = panel.options ?? {};
  const wideMs = stepOf(calculation?.xBuckets?.value) * MINUTE_MS;
  const tall = stepOf(calculation?.yBuckets?.value);
  const cells = new Map<string, { x: number; y: number; count: number }>();
  for (const [ms, value] of series.flatMap(({ points }) => points)) {
    if (typeof value !== 'number') continue;
    const [x, y] = [Math.floor(ms / wideMs) * wideMs, Math.floor(value / tall) * tall];
    const cell = cells.get(`${x},${y}`) ?? { x, y, count: 0 };
    cell.count += 1;
    cells.set(`${x},${y}`, cell);
  }
  const all = [...cells.values()];
  if (all.length === 0)
    return [words(box.width / 2, box.height / 2, 'No data', { anchor: 'middle', fill: INK.faint })];
  const rows = all.map(({ y }) => y);
  const [low, high] = [Math.min(...rows), Math.max(...rows) + tall];
  const most = Math.max(...all.map(({ count }) => count));
  const plot = plotOf(box, stretch, [low, high]);
  const drawn = all.map(({ x, y, count }) => {
    const left = Math.max(plot.left, plot.x(x));
    const right = Math.min(plot.right, plot.x(x + wideMs));
    const shade = Math.min(ORANGES.length - 1, Math.floor(Math.sqrt(count / most) * ORANGES.length));
    return element('rect', {
      x: left,
      y: plot.y(y + tall),
      width: Math.max(0, right - left - 1),
      height: Math.max(1, plot.y(y) - plot.y(y + tall) - 1),
      fill: ORANGES[shade],
    });
  });
  return [
    ...clockAxis(plot, stretch),
    ...valueAxis(plot, { low, high, unit: yAxis?.unit, decimals: yAxis?.decimals }),
    ...drawn,
    ...noteLines(plot, stretch),
  ];
};

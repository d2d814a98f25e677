import { drawChart } from './chart.ts';
import { drawHeat } from './heat.ts';
import { type Box, type PanelContent, type PanelModel, type Stretch, stretchOf } from './model.ts';
import { drawPlaces } from './places.ts';
import { drawStat } from './stat.ts';
import { element, group, INK, type Svg, words } from './svg.ts';
import { drawTable } from './table.ts';
import { drawTimeline } from './timeline.ts';

/** Grafana's own grid: 24 columns, rows of 30 px with 8 px between. */
const COLUMNS = 24;
const COLUMN_PX = 60;
const ROW_PX = 38;
const GAP = 8;
const HEAD = 32;
const TOP = 56;

type Draw = (panel: PanelModel, content: PanelContent, box: Box, stretch: Stretch) => readonly Svg[];

const DRAW: Readonly<Record<string, Draw>> = {
  timeseries: drawChart,
  stat: drawStat,
  table: drawTable,
  'state-timeline': drawTimeline,
  heatmap: drawHeat,
  geomap: drawPlaces,
};

export interface DrawnPanel {
  readonly panel: PanelModel;
  readonly content: PanelContent;
}

/** Pixels of a panel, which is also what its queries' steps are chosen by. */
export const widthOfPanel = ({ gridPos: { w } }: PanelModel): number => w * COLUMN_PX - GAP;

const panelSvg = ({ panel, content }: DrawnPanel, stretch: Stretch, number: number): Svg => {
  const { gridPos, title, type } = panel;
  const [x, y] = [gridPos.x * COLUMN_PX + GAP, gridPos.y * ROW_PX + TOP];
  const [width, height] = [widthOfPanel(panel), gridPos.h * ROW_PX - GAP];
  if (type === 'row') {
    return group(x, y, [words(4, 20, `⌄  ${title}`, { size: 15, weight: 500 })]);
  }
  const draw = DRAW[type];
  if (draw === undefined) throw new Error(`${type} is no panel that pictures of dashboards know`);
  const box: Box = { width, height: height - HEAD };
  const id = `clip-${number}`;
  return group(x, y, [
    element('rect', { x: 0, y: 0, width, height, rx: 2, fill: INK.panel, stroke: INK.frame }),
    words(10, 20, panel.timeFrom === undefined ? title : `${title} (last ${panel.timeFrom})`, {
      size: 13,
      weight: 500,
      width: width - 16,
    }),
    element('clipPath', { id }, [element('rect', { x: 0, y: 0, width, height: box.height })]),
    element(
      'g',
      { transform: `translate(0 ${HEAD})`, 'clip-path': `url(#${id})` },
      draw(panel, content, box, stretchOf(panel, stretch)),
    ),
  ]);
};

export interface DrawnBoard {
  readonly title: string;
  readonly says: string;
  readonly panels: readonly DrawnPanel[];
}

/** A whole dashboard as one picture. */
export const boardSvg = ({ title, says, panels }: DrawnBoard, stretch: Stretch): Svg => {
  const width = COLUMNS * COLUMN_PX + GAP;
  const rows = Math.max(...panels.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h));
  const height = rows * ROW_PX + TOP + GAP;
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      'font-family': 'Inter, "Helvetica Neue", Arial, sans-serif',
      role: 'img',
    },
    [
      element('title', {}, [title]),
      element('rect', { x: 0, y: 0, width, height, fill: INK.ground }),
      words(GAP + 4, 26, title, { size: 18, weight: 500 }),
      words(GAP + 4, 45, says, { fill: INK.faint }),
      ...panels.map((each, index) => panelSvg(each, stretch, index)),
    ],
  )}\n`;
};

import {
  type Box,
  lookOf,
  mappingOf,
  momentText,
  type PanelContent,
  type PanelModel,
  type Stretch,
  stepColour,
} from './model.ts';
import { colour, INK, line, type Svg, words } from './svg.ts';
import { transformed } from './transform.ts';
import { valueText } from './units.ts';

const ROW_PX = 25;

interface Cell {
  readonly text: string;
  readonly ink: string;
}

const cellOf = (panel: PanelModel, name: string, value: unknown, stretch: Stretch): Cell => {
  const plain = { ink: INK.text };
  if (value === undefined || value === null) return { text: '', ...plain };
  if (name === 'Time') return { text: momentText(Number(value), stretch), ...plain };
  const look = lookOf(panel, name);
  const mapped = mappingOf(look, value);
  const isColoured = look.custom?.cellOptions?.type === 'color-text';
  if (typeof value !== 'number') {
    return {
      text: mapped?.text ?? String(value),
      ink: isColoured && mapped?.color ? colour(mapped.color) : INK.text,
    };
  }
  const text = mapped?.text ?? valueText(value, look.unit, look.decimals);
  return { text, ink: isColoured ? colour(mapped?.color ?? stepColour(look, value)) : INK.text };
};

/** Columns that say how wide they are keep it; the others share the rest. */
const widthsOf = (panel: PanelModel, columns: readonly string[], width: number): readonly number[] => {
  const own = columns.map((name) => lookOf(panel, name).custom?.width);
  const left = width - own.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const free = own.filter((each) => each === undefined).length;
  return own.map((each) => each ?? Math.max(40, left / Math.max(1, free)));
};

export const drawTable = (
  panel: PanelModel,
  { tables }: PanelContent,
  box: Box,
  stretch: Stretch,
): readonly Svg[] => {
  const [table] = transformed(
    tables.filter(({ columns }) => columns.length > 0),
    panel.transformations ?? [],
  );
  if (table === undefined)
    return [words(box.width / 2, box.height / 2, 'No data', { anchor: 'middle', fill: INK.faint })];
  const widths = widthsOf(panel, table.columns, box.width - 8);
  const lefts = widths.map((_, index) => 8 + widths.slice(0, index).reduce((sum, each) => sum + each, 0));
  const rowsMax = Math.floor(box.height / ROW_PX) - 1;
  const head = table.columns.map((name, index) =>
    words(lefts[index] as number, 16, name, {
      size: 11,
      fill: colour('blue'),
      weight: 500,
      width: (widths[index] as number) - 6,
    }),
  );
  const body = table.rows.slice(0, rowsMax).flatMap((row, at) => {
    const y = (at + 1) * ROW_PX;
    return [
      line([0, y], [box.width, y], { stroke: INK.grid, 'stroke-width': 1 }),
      ...row.flatMap((value, index) => {
        const { text, ink } = cellOf(panel, table.columns[index] as string, value, stretch);
        if (text === '') return [];
        return [
          words(lefts[index] as number, y + 17, text, { fill: ink, width: (widths[index] as number) - 6 }),
        ];
      }),
    ];
  });
  return [...head, ...body];
};

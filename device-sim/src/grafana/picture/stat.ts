import { type Box, lookOf, mappingOf, type PanelContent, type PanelModel, stepColour } from './model.ts';
import { colour, INK, type Svg, widthOf, words } from './svg.ts';
import { valueText } from './units.ts';

const SIZE_MAX = 40;
const NAME_PX = 14;

/** The last value of each series, side by side, or below each other where that gives larger letters. */
export const drawStat = (panel: PanelModel, { series }: PanelContent, box: Box): readonly Svg[] => {
  const look = lookOf(panel, '');
  const values = series.flatMap(({ name, points }) => {
    const last = points.findLast(([, value]) => value !== undefined)?.[1];
    return last === undefined ? [] : [{ name, last }];
  });
  if (values.length === 0) {
    const text = look.noValue ?? 'No data';
    return [words(box.width / 2, box.height / 2 + 4, text, { anchor: 'middle', fill: INK.faint, size: 20 })];
  }
  const texts = values.map(({ name, last }) => {
    const mapped = mappingOf(look, last);
    const text =
      mapped?.text ?? (typeof last === 'number' ? valueText(last, look.unit, look.decimals) : String(last));
    const ink = mapped?.color ?? (typeof last === 'number' ? stepColour(look, last) : 'text');
    return { name, text, ink };
  });
  const longest = Math.max(...texts.map(({ text }) => text.length));
  const fits = (columns: number): number => {
    const rows = Math.ceil(texts.length / columns);
    const wide = (box.width / columns - 12) / widthOf('0'.repeat(longest), 1);
    const tall = (box.height / rows - (texts.length > 1 ? NAME_PX + 8 : 8)) * 0.8;
    return Math.max(9, Math.min(SIZE_MAX, wide, tall));
  };
  const columns = fits(texts.length) >= fits(1) ? texts.length : 1;
  const size = fits(columns);
  const [wide, tall] = [box.width / columns, box.height / Math.ceil(texts.length / columns)];
  return texts.flatMap(({ name, text, ink }, index) => {
    const x = (index % columns) * wide + wide / 2;
    const y = Math.floor(index / columns) * tall + tall / 2;
    const isNamed = texts.length > 1;
    return [
      ...(isNamed
        ? [words(x, y - size / 2 + 2, name, { size: 11, anchor: 'middle' as const, width: wide - 8 })]
        : []),
      words(x, y + size * 0.36 + (isNamed ? NAME_PX / 2 : 0), text, {
        size,
        fill: colour(ink),
        anchor: 'middle',
        weight: 500,
      }),
    ];
  });
};

import type { Table } from './frames.ts';
import { type Box, lookOf, type PanelContent, type PanelModel, stepColour } from './model.ts';
import { colour, element, INK, line, PALETTE, pathOf, type Svg, words } from './svg.ts';
import { valueText } from './units.ts';

interface Spot {
  readonly lat: number;
  readonly lon: number;
  readonly frames: number;
  readonly snr: number | undefined;
  readonly name: string;
}

const spotsOf = ({ columns, rows }: Table): readonly Spot[] => {
  const at = (row: readonly unknown[], name: string): unknown => row[columns.indexOf(name)];
  return rows.flatMap((row) => {
    const [lat, lon, snr] = [at(row, 'lat'), at(row, 'lon'), at(row, 'snr')];
    if (typeof lat !== 'number' || typeof lon !== 'number') return [];
    return [
      {
        lat,
        lon,
        frames: Number(at(row, 'frames') ?? 1),
        snr: typeof snr === 'number' ? snr : undefined,
        name: String(at(row, 'gateway') ?? ''),
      },
    ];
  });
};

const METRES_PER_DEGREE = 111_195;
const EDGE = 36;

/** Places as a map has them, by a flat earth, which a town is; with the metres of a hundred pixels. */
const projection = (spots: readonly Spot[], { width, height }: Box) => {
  const [lats, lons] = [spots.map(({ lat }) => lat), spots.map(({ lon }) => lon)];
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const wideM = Math.max((east - west) * narrow * METRES_PER_DEGREE, 200);
  const tallM = Math.max((north - south) * METRES_PER_DEGREE, 200);
  const perM = Math.min((width - 2 * EDGE) / wideM, (height - 2 * EDGE) / tallM);
  return {
    perM,
    x: (lon: number): number => width / 2 + (lon - (east + west) / 2) * narrow * METRES_PER_DEGREE * perM,
    y: (lat: number): number => height / 2 - (lat - (south + north) / 2) * METRES_PER_DEGREE * perM,
  };
};

const RULER_PX = 100;
const LABEL_PX = 12;

/** No tiles: streets are the viewer's internet's. */
export const drawPlaces = (panel: PanelModel, { tables }: PanelContent, box: Box): readonly Svg[] => {
  const spots = tables.flatMap(spotsOf);
  if (spots.length === 0)
    return [words(box.width / 2, box.height / 2, 'No data', { anchor: 'middle', fill: INK.faint })];
  const [layer] = panel.options?.layers ?? [];
  const { x, y, perM } = projection(spots, box);
  const most = Math.max(...spots.map(({ frames }) => frames));
  const { min = 5, max = 18 } = layer?.config?.style?.size ?? {};
  const drawn =
    layer?.type === 'route'
      ? [
          element('path', {
            d: pathOf([spots.map(({ lat, lon }) => [x(lon), y(lat)] as const)]),
            fill: 'none',
            stroke: PALETTE[2],
            'stroke-width': 2,
            'stroke-linejoin': 'round',
          }),
        ]
      : spots.flatMap(({ lat, lon, frames, snr, name }) => [
          element('circle', {
            cx: x(lon),
            cy: y(lat),
            r: min + (max - min) * (frames / most),
            fill: snr === undefined ? PALETTE[2] : colour(stepColour(lookOf(panel, 'snr'), snr)),
            'fill-opacity': '0.7',
          }),
          words(x(lon), y(lat) + max + LABEL_PX, name, { size: 11, anchor: 'middle' as const }),
        ]);
  const [left, bottom] = [12, box.height - 12];
  return [
    element('rect', { x: 0, y: 0, width: box.width, height: box.height, fill: '#0f1d2b' }),
    ...drawn,
    line([left, bottom], [left + RULER_PX, bottom], { stroke: INK.text, 'stroke-width': 2 }),
    words(left + RULER_PX / 2, bottom - 5, valueText(Math.round(RULER_PX / perM), 'lengthm'), {
      size: 11,
      anchor: 'middle',
    }),
  ];
};

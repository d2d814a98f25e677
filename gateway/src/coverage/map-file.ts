import type { CoverageCell } from '@outpost/schemas/radio';
import type { WallNs } from '@outpost/schemas/words';
import { cellRing, cellText } from './h3.ts';

/** Name and version of the map's own JSON. */
export const MAP_FORMAT = 'outpost-coverage-map';
const MAP_VERSION = 1;

const timeText = (wall: WallNs): string => new Date(Number(wall / 1_000_000n)).toISOString();

const properties = (cell: CoverageCell): Readonly<Record<string, unknown>> => ({
  cell: cellText(cell.cell),
  side: cell.side,
  count: cell.count,
  bestSnrDb: cell.bestSnrDb ?? null,
  bestRssiDbm: cell.bestRssiDbm ?? null,
  unjudged: cell.unjudged,
  unjudgedBestSnrDb: cell.unjudgedBestSnrDb ?? null,
  radios: cell.radios,
  first: timeText(cell.first),
  last: timeText(cell.last),
});

const lines = (head: string, items: readonly unknown[]): string =>
  `${head}\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]}\n`;

/** One cell a line: `{"format":"outpost-coverage-map","version":1,"resolution":9,"cells":[…]}`. */
export const mapJson = (cells: readonly CoverageCell[], resolution: number): string =>
  lines(
    `{"format":"${MAP_FORMAT}","version":${MAP_VERSION},"resolution":${resolution},"cells":[`,
    cells.map(properties),
  );

/** GeoJSON (RFC 7946): each cell a polygon with what is known of it as its properties. */
export const mapGeoJson = (cells: readonly CoverageCell[]): string =>
  lines(
    '{"type":"FeatureCollection","features":[',
    cells.map((cell) => ({
      type: 'Feature',
      properties: properties(cell),
      geometry: { type: 'Polygon', coordinates: [cellRing(cell.cell)] },
    })),
  );

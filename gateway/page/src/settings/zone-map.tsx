import type { Places, Track } from '../../../src/page/places.ts';
import { useAsked } from '../asked.tsx';
import { type Projection, projectionOf } from '../map/project.ts';
import { isMembers } from './schema.ts';

const BOX = { width: 1_000, height: 520 };
const METRES_PER_DEGREE = 111_132;

export interface Zone {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly radiusM: number;
}

export const zonesIn = (value: unknown): readonly Zone[] =>
  (Array.isArray(value) ? (value as readonly unknown[]) : []).filter(
    (each): each is Zone & Record<string, unknown> =>
      isMembers(each) &&
      typeof each['name'] === 'string' &&
      typeof each['latitude'] === 'number' &&
      typeof each['longitude'] === 'number' &&
      typeof each['radiusM'] === 'number',
  );

/** So much around a zone is in sight, in its radii. */
const IN_SIGHT = 3;

/** The ends of what is in sight around a zone. */
const around = ({ name, latitude, longitude, radiusM }: Zone): Track => {
  const up = ((IN_SIGHT * radiusM) / METRES_PER_DEGREE) * 1e7;
  const side = up / Math.max(0.01, Math.cos((latitude * Math.PI) / 180));
  const [y, x] = [latitude * 1e7, longitude * 1e7];
  return {
    stream: name,
    points: [
      [0, y - up, x, 0],
      [0, y + up, x, 0],
      [0, y, x - side, 0],
      [0, y, x + side, 0],
    ],
  };
};

/** What lies at a point of the picture; the projection is linear in both directions. */
const placeAt = (at: Projection, x: number, y: number) => {
  const [x0, y0] = [at.x(0), at.y(0)];
  return {
    longitude: (x - x0) / (at.x(1e7) - x0),
    latitude: (y - y0) / (at.y(1e7) - y0),
  };
};

const rounded = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

interface ZoneMapParts {
  readonly zones: readonly Zone[];
  /** Puts the middle of a zone elsewhere. */
  move(at: number, latitude: number, longitude: number): void;
}

/** Degrees north and east that a key stands for, in fifths of the zone's radius. */
const STEPS: Readonly<Record<string, readonly [north: number, east: number]>> = {
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};
const STEPS_PER_RADIUS = 5;

/**
 * Zones over the ways of the last week. A click puts the last zone there, arrow keys push it; the fields beside it say
 * the same in numbers.
 */
export const ZoneMap = ({ zones, move }: ZoneMapParts) => {
  const { answer } = useAsked<Places>('/api/places?lastS=604800');
  const places = answer?.ok === true ? answer.value : undefined;
  const tracks = places?.tracks ?? [];
  const shown = { ...(places ?? { heard: [] }), tracks: [...tracks, ...zones.map(around)] };
  const at = projectionOf(shown as Places, BOX);
  if (at === undefined) return null;
  const click = (event: MouseEvent & { readonly currentTarget: SVGSVGElement }): void => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const scale = Math.min(width / BOX.width, height / BOX.height);
    const x = (event.clientX - left - (width - BOX.width * scale) / 2) / scale;
    const y = (event.clientY - top - (height - BOX.height * scale) / 2) / scale;
    const place = placeAt(at, x, y);
    if (zones.length > 0) move(zones.length - 1, rounded(place.latitude), rounded(place.longitude));
  };
  const push = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const zone = zones.at(-1);
    if (step === undefined || zone === undefined) return;
    event.preventDefault();
    const degrees = zone.radiusM / METRES_PER_DEGREE / STEPS_PER_RADIUS;
    move(
      zones.length - 1,
      rounded(zone.latitude + step[0] * degrees),
      rounded(zone.longitude + step[1] * degrees),
    );
  };
  const words = `A map of the last week with ${zones.length} privacy zones; arrow keys move the last of them.`;
  return (
    <svg
      class="map zones"
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      role="application"
      aria-label={words}
      tabindex={0}
      onClick={click}
      onKeyDown={push}
    >
      {tracks.map(({ stream, points }) => (
        <polyline
          key={stream}
          class="trace"
          points={points.map(([, y, x]) => `${at.x(x).toFixed(1)},${at.y(y).toFixed(1)}`).join(' ')}
        />
      ))}
      {zones.map(({ name, latitude, longitude, radiusM }) => (
        <circle
          key={name}
          class="zone"
          cx={at.x(longitude * 1e7)}
          cy={at.y(latitude * 1e7)}
          r={radiusM * at.perMetre}
        >
          <title>{name}</title>
        </circle>
      ))}
    </svg>
  );
};

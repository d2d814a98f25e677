import { useRef } from 'preact/hooks';
import type { HeardCell, Places, Track } from '../../../src/page/places.ts';
import { useWidth } from '../width.ts';
import { cellBox, isPlace, type Projection, projectionOf, scaleBar } from './project.ts';

const HEIGHT_SHARE = 0.6;
const HEIGHT_MIN_PX = 300;
const SCALE_MAX = 180;
/** Between these a signal is drawn from faint to full. */
const [FAINT_DBM, FULL_DBM] = [-125, -75];

const pathOf = (at: Projection, { points }: Track): string =>
  points
    .map(
      ([, latitude, longitude], index) =>
        `${index === 0 ? 'M' : 'L'}${at.x(longitude).toFixed(1)} ${at.y(latitude).toFixed(1)}`,
    )
    .join('');

const strengthOf = ({ bestRssiDeciDbm }: HeardCell): number => {
  if (bestRssiDeciDbm === undefined) return 0.4;
  const share = (bestRssiDeciDbm / 10 - FAINT_DBM) / (FULL_DBM - FAINT_DBM);
  return 0.2 + 0.7 * Math.min(1, Math.max(0, share));
};

const Cell = ({ at, cell }: { readonly at: Projection; readonly cell: HeardCell }) => (
  <rect {...cellBox(at, cell)} class="heard" fill-opacity={strengthOf(cell).toFixed(2)}>
    <title>
      {cell.count} frames heard
      {cell.bestRssiDeciDbm === undefined ? '' : `, the best with ${cell.bestRssiDeciDbm / 10} dBm`}
    </title>
  </rect>
);

const Way = ({ at, track }: { readonly at: Projection; readonly track: Track }) => {
  const [first, last] = [track.points[0], track.points.at(-1)];
  return (
    <g class="way">
      <path d={pathOf(at, track)} />
      {first !== undefined && <circle class="begin" cx={at.x(first[2])} cy={at.y(first[1])} r="7" />}
      {last !== undefined && <circle class="end" cx={at.x(last[2])} cy={at.y(last[1])} r="7" />}
    </g>
  );
};

/** EUIs of one maker begin alike: the end tells them apart. */
const SHORT_DIGITS = 6;

/** A hotspot where it stands, by the end of its EUI. */
const Hotspot = ({ at, track }: { readonly at: Projection; readonly track: Track }) => {
  const last = track.points.at(-1);
  if (last === undefined) return null;
  const [x, y] = [at.x(last[2]), at.y(last[1])];
  // Towards the middle of the picture there is room for its name.
  const isRight = x > at.width * 0.8;
  return (
    <g class="hotspot">
      <title>
        {track.gateway}: {track.frames} frames heard
      </title>
      <circle cx={x} cy={y} r="9" />
      <text x={x + (isRight ? -14 : 14)} y={y + 5} text-anchor={isRight ? 'end' : 'start'}>
        …{track.gateway?.slice(-SHORT_DIGITS)}
      </text>
    </g>
  );
};

const Scale = ({ at }: { readonly at: Projection }) => {
  const { units, text } = scaleBar(at, SCALE_MAX);
  const [left, foot] = [16, at.height - 14];
  return (
    <g class="scale">
      <path d={`M${left} ${foot - 8}v8h${units.toFixed(1)}v-8`} />
      <text x={left + 8} y={foot - 12}>
        {text}
      </text>
    </g>
  );
};

interface DrawingParts {
  readonly at: Projection;
  readonly places: Places;
  readonly words: string;
}

const Drawing = ({ at, places, words }: DrawingParts) => (
  <svg class="map" viewBox={`0 0 ${at.width} ${at.height}`} role="img" aria-label={words}>
    {places.heard.map((cell) => (
      <Cell key={`${cell.latitude} ${cell.longitude}`} at={at} cell={cell} />
    ))}
    {places.tracks.map((track) => {
      const Drawn = isPlace(track) ? Hotspot : Way;
      return <Drawn key={`${track.stream} ${track.gateway ?? ''}`} at={at} track={track} />;
    })}
    <Scale at={at} />
  </svg>
);

/** Drawn here, from what the box has: no tiles, so nobody is asked for the place that is looked at. */
export const Picture = ({ places, words }: { readonly places: Places; readonly words: string }) => {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const box = { width, height: Math.max(HEIGHT_MIN_PX, width * HEIGHT_SHARE) };
  const at = width === 0 ? undefined : projectionOf(places, box);
  return <div ref={frame}>{at !== undefined && <Drawing at={at} places={places} words={words} />}</div>;
};

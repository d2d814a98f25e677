import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Track } from '../../../src/page/places.ts';

const HEIGHT = 180;
const CM_S_TO_KM_H = 0.036;

/** A label of a time has so much room. */
const LABEL_PX = 92;
const DAY_S = 86_400;
const [seconds, minutes, days] = [
  new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }),
  new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }),
  new Intl.DateTimeFormat(undefined, { dateStyle: 'short' }),
] as const;

/** As fine as the labels beside it tell apart. */
const timeLabel = (atS: number, stepS: number): string =>
  (stepS >= DAY_S ? days : stepS >= 60 ? minutes : seconds).format(atS * 1_000);

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name);

const optionsOf = (width: number): uPlot.Options => {
  const [ink, line, accent] = [colour('--soft'), colour('--line'), colour('--accent')];
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  return {
    width,
    height: HEIGHT,
    cursor: { y: false },
    series: [{}, { label: 'km/h', stroke: accent, width: 2, value: (_, value) => value?.toFixed(1) ?? '' }],
    axes: [
      { ...axis, space: LABEL_PX, values: (_, ats, __, ___, stepS) => ats.map((at) => timeLabel(at, stepS)) },
      { ...axis, size: 44 },
    ],
    scales: { y: { range: (_, __, most) => [0, Math.max(10, most * 1.1)] } },
  };
};

/** A point where nobody said how fast is a hole in the line. */
const dataOf = ({ points }: Track): uPlot.AlignedData => [
  points.map(([atMs]) => atMs / 1_000),
  points.map(([, , , speed]) => (speed < 0 ? null : speed * CM_S_TO_KM_H)),
];

const hasSpeed = ({ points }: Track): boolean => points.some(([, , , speed]) => speed >= 0);

/** How fast it was along the way. */
export const SpeedHistory = ({ track }: { readonly track: Track }) => {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = place.current;
    if (target === null || !hasSpeed(track)) return;
    let plot = new uPlot(optionsOf(target.clientWidth), dataOf(track), target);
    const fit = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height: HEIGHT }));
    fit.observe(target);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const paint = (): void => {
      plot.destroy();
      plot = new uPlot(optionsOf(target.clientWidth), dataOf(track), target);
    };
    dark.addEventListener('change', paint);
    return () => {
      fit.disconnect();
      dark.removeEventListener('change', paint);
      plot.destroy();
    };
  }, [track]);
  if (!hasSpeed(track)) return null;
  const most = Math.max(...track.points.map(([, , , speed]) => speed)) * CM_S_TO_KM_H;
  return (
    <figure>
      <figcaption>Speed along the way of {track.stream}</figcaption>
      <div ref={place} role="img" aria-label={`Speed over time, ${most.toFixed(0)} km/h at most`} />
    </figure>
  );
};

import { type Box, clockText, type Stretch, ticksBetween } from './model.ts';
import { colour, element, INK, line, type Svg, words } from './svg.ts';
import { valueText } from './units.ts';

/** Where the lines of a panel are, and how its values become places. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  x(ms: number): number;
  y(value: number): number;
}

const LEFT = 64;
const RIGHT = 10;
const TOP = 6;
const CLOCK = 20;
const TICKS_APART_PX = 34;

export const plotOf = (
  { width, height }: Box,
  { fromMs, toMs }: Stretch,
  [low, high]: readonly [number, number],
  below = 0,
): Plot => {
  const [left, right, top, bottom] = [LEFT, width - RIGHT, TOP, height - CLOCK - below];
  return {
    left,
    right,
    top,
    bottom,
    x: (ms) => left + ((ms - fromMs) / (toMs - fromMs)) * (right - left),
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top),
  };
};

const MINUTE_MS = 60_000;
const CLOCK_STEPS_MIN = [5, 10, 15, 20, 30, 60, 120, 1_440, 2_880, 5_760] as const;
const CLOCKS_APART_PX = 70;
const HALF_CLOCK_PX = 10;

export const clockAxis = ({ left, right, top, bottom, x }: Plot, stretch: Stretch): readonly Svg[] => {
  const { fromMs, toMs, backMs } = stretch;
  const most = Math.max(1, Math.floor((right - left) / CLOCKS_APART_PX));
  const step =
    (CLOCK_STEPS_MIN.find((each) => (toMs - fromMs) / (each * MINUTE_MS) <= most) ?? 5_760) * MINUTE_MS;
  const first = Math.ceil((fromMs - backMs) / step) * step + backMs;
  const moments = Array.from(
    { length: Math.floor((toMs - first) / step) + 1 },
    (_, index) => first + index * step,
  );
  return moments
    .filter((ms) => x(ms) <= right - HALF_CLOCK_PX)
    .flatMap((ms) => [
      line([x(ms), top], [x(ms), bottom], { stroke: INK.grid, 'stroke-width': 1 }),
      words(x(ms), bottom + 15, clockText(ms, stretch), { size: 11, fill: INK.faint, anchor: 'middle' }),
    ]);
};

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly unit: string | undefined;
  readonly decimals: number | undefined;
}

export const valueAxis = (
  { left, right, top, bottom, y }: Plot,
  { low, high, unit, decimals }: Scale,
): readonly Svg[] =>
  ticksBetween(
    low,
    high,
    Math.max(2, Math.floor((bottom - top) / TICKS_APART_PX)),
    unit === 'bytes' || unit === 'mbytes',
  ).flatMap((value) => [
    line([left, y(value)], [right, y(value)], { stroke: INK.grid, 'stroke-width': 1 }),
    words(left - 6, y(value) + 4, valueText(Number(value.toPrecision(12)), unit, decimals), {
      size: 11,
      fill: INK.faint,
      anchor: 'end',
    }),
  ]);

export const noteLines = ({ top, bottom, x }: Plot, { notes, fromMs, toMs }: Stretch): readonly Svg[] =>
  notes
    .filter(({ ms }) => ms >= fromMs && ms <= toMs)
    .flatMap(({ ms, color }) => [
      line([x(ms), top], [x(ms), bottom], {
        stroke: colour(color),
        'stroke-width': 1,
        'stroke-dasharray': '3 3',
      }),
      element('path', { d: `M${x(ms).toFixed(1)} ${bottom}l-4 6h8z`, fill: colour(color) }),
    ]);

/** The span of values with some air, from 0 where they begin near it. */
export const spanOf = (values: readonly number[]): readonly [number, number] => {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return low === 0 ? [0, 1] : [Math.min(0, low * 2), Math.max(0, low * 2)];
  const air = (high - low) * 0.06;
  return [low >= 0 && low < (high - low) * 0.5 ? 0 : low - air, high + air];
};

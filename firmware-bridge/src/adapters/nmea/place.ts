import { scaledDecimal } from '../../gnss/decimal.ts';

/** One degree in the unit that minutes are read in, 10^−8 minutes. */
const UNITS_PER_DEGREE = 60 * 1e8;
/** 10^−8 minutes in 10^−7 degrees. */
const UNITS_PER_STEP = UNITS_PER_DEGREE / 1e7;

interface Axis {
  readonly degreeDigits: number;
  readonly degreesMax: number;
  readonly positive: string;
  readonly negative: string;
}

const LATITUDE: Axis = { degreeDigits: 2, degreesMax: 90, positive: 'N', negative: 'S' };
const LONGITUDE: Axis = { degreeDigits: 3, degreesMax: 180, positive: 'E', negative: 'W' };

/** `4807.038`, `N` → degrees × 10^7, rounded half up in magnitude; undefined for what is no such angle. */
const readAngle = (text: string, side: string, axis: Axis): number | undefined => {
  const minutesAt = axis.degreeDigits;
  const minutes = scaledDecimal(text.slice(minutesAt), 8);
  if (!/^\d{4,5}(\.|$)/.test(text) || minutes === undefined || !/^\d{2}(\.|$)/.test(text.slice(minutesAt))) {
    return undefined;
  }
  const degrees = Number(text.slice(0, minutesAt));
  if (minutes >= UNITS_PER_DEGREE) return undefined;
  const angle = Math.round((degrees * UNITS_PER_DEGREE + minutes) / UNITS_PER_STEP);
  if (angle > axis.degreesMax * 1e7) return undefined;
  if (side === axis.positive) return angle;
  return side === axis.negative ? -angle || 0 : undefined;
};

const writeAngle = (angle: number, axis: Axis): readonly [string, string] => {
  const size = Math.abs(angle);
  const degrees = Math.floor(size / 1e7);
  const minutes = (size - degrees * 1e7) * UNITS_PER_STEP;
  const whole = String(Math.floor(minutes / 1e8)).padStart(2, '0');
  const behind = String(minutes % 1e8).padStart(8, '0');
  const text = `${String(degrees).padStart(axis.degreeDigits, '0')}${whole}.${behind}`;
  return [text, angle < 0 ? axis.negative : axis.positive];
};

/** Degrees × 10^7 from the four fields of a sentence; undefined where one of them is wrong. */
export const readPlace = (
  fields: readonly string[],
): { readonly latitude: number; readonly longitude: number } | undefined => {
  const [first = '', north = '', second = '', east = ''] = fields;
  const latitude = readAngle(first, north, LATITUDE);
  const longitude = readAngle(second, east, LONGITUDE);
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
};

export const writePlace = (latitude: number, longitude: number): readonly string[] => [
  ...writeAngle(latitude, LATITUDE),
  ...writeAngle(longitude, LONGITUDE),
];

import { signalByName } from '@outpost/schemas/vehicle';
import type { LatestValue } from '../../src/page/latest.ts';

const SIGNS: Readonly<Record<string, string>> = {
  percent: '%',
  celsius: '°C',
  degrees: '°',
  ratio: '',
  count: '',
  flag: '',
  code: '',
  bits: '',
  text: '',
};

const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const large = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const unitSign = (unit: string): string => SIGNS[unit] ?? unit;

/** A signal in words, as short as its table's sentence allows. */
export const titleOf = (name: string): string => {
  const words = signalByName(name)?.description ?? name;
  return words.split(/[;:.,](?=\s|$)/)[0] ?? words;
};

/** What a number means where it stands for something; else the number. */
export const valueText = ({ name, value }: Pick<LatestValue, 'name' | 'value'>): string => {
  if (typeof value === 'string') return value === '' ? 'none' : value;
  const label = signalByName(name)?.labels?.get(value);
  return label ?? (Math.abs(value) >= 1_000 ? large : numbers).format(value);
};

export const countText = (count: number): string => large.format(count);

/** Those that move with the device first, as its table has them. */
export const rankOf = (name: string): number => {
  const row = signalByName(name);
  return row === undefined ? 1e9 : row.priority * 1e5 + row.id;
};

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const times = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** @param wall nanoseconds since 1970 */
export const momentText = (wall: bigint): string => moments.format(Number(wall / 1_000_000n));

/** @param ms since 1970 */
export const timeText = (ms: number): string => moments.format(ms);

/** From one moment to another, in milliseconds since 1970. */
export const timeSpanText = (fromMs: number, toMs: number): string =>
  days.format(fromMs) === days.format(toMs)
    ? `${moments.format(fromMs)} to ${times.format(toMs)}`
    : `${moments.format(fromMs)} to ${moments.format(toMs)}`;

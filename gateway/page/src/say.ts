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
export const valueText = ({ name, value }: LatestValue): string => {
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

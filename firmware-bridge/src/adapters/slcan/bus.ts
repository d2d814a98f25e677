import type { IdBits } from '../../obd/can-frame.ts';
import { BIT_RATES_KBPS } from './command.ts';
import type { Traffic } from './state.ts';

/** Digits of `S` that ISO 15765-4 allows, the more frequent first. */
export const DIAGNOSTIC_RATES: readonly number[] = [6, 5];

/** Digits of `S` that buses inside cars have. */
export const BROADCAST_RATES: readonly number[] = [6, 5, 4, 8, 3];

export const BOTH_WIDTHS: readonly IdBits[] = [11, 29];

export const kbpsOf = (rate: number): number => BIT_RATES_KBPS[rate] ?? 0;

export const busName = (rate: number | undefined, idBits: IdBits | undefined): string =>
  rate === undefined
    ? 'its bus'
    : `CAN ${idBits === undefined ? '' : `${idBits} bit `}${kbpsOf(rate)} kbit/s`;

/** How full a bus was while it was listened to, in percent and without stuffing bits. */
export const loadPercent = ({ bits, ms }: Traffic, rate: number): number =>
  ms > 0 && kbpsOf(rate) > 0 ? Math.round((1_000 * bits) / (ms * kbpsOf(rate))) / 10 : 0;

import { GATEWAY_SIGNALS } from '../radio/statistics.ts';
import type { Signal } from './signal.ts';
import { AIR_FUEL_SIGNALS } from './signals-air-fuel.ts';
import { BATTERY_SIGNALS } from './signals-battery.ts';
import { BOOST_SIGNALS } from './signals-boost.ts';
import { DIAGNOSIS_SIGNALS } from './signals-diagnosis.ts';
import { DUTY_SIGNALS } from './signals-duty.ts';
import { EXHAUST_SIGNALS } from './signals-exhaust.ts';
import { freezeFrameSignals } from './signals-freeze-frame.ts';
import { HYBRID_SIGNALS } from './signals-hybrid.ts';
import { MAIN_SIGNALS } from './signals-main.ts';
import { OXYGEN_SIGNALS } from './signals-oxygen.ts';
import { SENSOR_SIGNALS } from './signals-sensor.ts';
import { STATUS_SIGNALS } from './signals-status.ts';
import { VEHICLE_SIGNALS } from './signals-vehicle.ts';

/** A value in its signal's unit and decimals. */
export interface Quantity {
  readonly signal: number;
  /** A safe integer: the value is `mantissa` × 10^−decimals of the signal. */
  readonly mantissa: number;
}

/** What service 01 carries, and so what a freeze frame can hold. */
const LIVE_SIGNALS: readonly Signal[] = [
  ...MAIN_SIGNALS,
  ...STATUS_SIGNALS,
  ...AIR_FUEL_SIGNALS,
  ...OXYGEN_SIGNALS,
  ...HYBRID_SIGNALS,
  ...BOOST_SIGNALS,
  ...EXHAUST_SIGNALS,
  ...DUTY_SIGNALS,
  ...BATTERY_SIGNALS,
  ...VEHICLE_SIGNALS,
];

/** Every signal, by ascending identifier. */
export const SIGNALS: readonly Signal[] = [
  ...LIVE_SIGNALS,
  ...DIAGNOSIS_SIGNALS,
  ...freezeFrameSignals(LIVE_SIGNALS),
  ...Object.values(GATEWAY_SIGNALS),
  ...SENSOR_SIGNALS,
].toSorted((a, b) => a.id - b.id);

const BY_ID: ReadonlyMap<number, Signal> = new Map(SIGNALS.map((row) => [row.id, row]));
const BY_NAME: ReadonlyMap<string, Signal> = new Map(SIGNALS.map((row) => [row.name, row]));

/** The row of an identifier; undefined for one this table does not know (a newer version may). */
export const signalById = (id: number): Signal | undefined => BY_ID.get(id);

/** The row of a dotted VSS-style name. */
export const signalByName = (name: string): Signal | undefined => BY_NAME.get(name);

/** Whether a value lies within what the signal can carry. False for an unknown signal. */
export const isPlausible = ({ signal, mantissa }: Quantity): boolean => {
  const row = BY_ID.get(signal);
  return row !== undefined && mantissa >= row.minMantissa && mantissa <= row.maxMantissa;
};

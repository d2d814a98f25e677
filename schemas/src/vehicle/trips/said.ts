import type { Body } from '../../words/index.ts';
import { signalById } from '../signals.ts';

/** What a reading says that matters to trips. */
export type Matter =
  | 'speed'
  | 'engine-speed'
  | 'run-time'
  | 'odometer'
  | 'fuel-rate'
  | 'pack-power'
  | 'pack-voltage'
  | 'pack-current';

/** Rows of the signal table. */
const MATTERS: ReadonlyMap<number, Matter> = new Map([
  [1, 'speed'],
  [2, 'engine-speed'],
  [15, 'run-time'],
  [21, 'odometer'],
  [13, 'fuel-rate'],
  [442, 'pack-power'],
  [172, 'pack-voltage'],
  [173, 'pack-current'],
]);

export interface SaidOfTrip {
  readonly matter: Matter;
  /** In the unit of the signal. */
  readonly value: number;
  /** The control unit; −1 for a satellite receiver. */
  readonly source: number;
}

const KMH_PER_CM_S = 0.036;
/** A receiver at rest wanders at walking pace. */
const RECEIVER_NOISE_CM_S = 100;

/** Undefined where a reading says nothing about a trip. */
export const saidOfTrip = (body: Body): SaidOfTrip | undefined => {
  if (body.kind === 'position') {
    if (body.speedCmS === undefined || body.fix === 'estimated') return undefined;
    const speed = body.speedCmS < RECEIVER_NOISE_CM_S ? 0 : body.speedCmS * KMH_PER_CM_S;
    return { matter: 'speed', value: speed, source: -1 };
  }
  if (body.kind !== 'number') return undefined;
  const matter = MATTERS.get(body.signal);
  const signal = signalById(body.signal);
  if (matter === undefined || signal === undefined) return undefined;
  return { matter, value: body.mantissa / 10 ** signal.decimals, source: body.ecu };
};

import { snrFloorDb, thermalNoiseDbm } from '@outpost/schemas/radio';

/** dB that a receiver adds to thermal noise, of an SX1250 front end with its filter. */
export const NOISE_FIGURE_DB = 6;

/**
 * dB below the data sheet's SNR at which half of the frames are still received. On published captures (CampusIoT) 19 %
 * of what arrived with SF12 reads below the data sheet's floor, and 0.3 % more than 3 dB below it.
 */
const FLOOR_RESERVE_DB = 0.8;
/** Deviation in dB of what a frame needs, from one to the next. */
const FLOOR_SIGMA_DB = 0.5;

/** Whether a demodulator gets it; `normal` is drawn by the caller, as everywhere here. */
export const isDemodulated = (spreadingFactor: number, snrDb: number, normal: number): boolean =>
  snrDb + FLOOR_SIGMA_DB * normal >= snrFloorDb(spreadingFactor) - FLOOR_RESERVE_DB;

/** Nothing so weak is ever heard, and nothing so weak disturbs anything. */
export const AUDIBLE_MIN_DBM = -150;

/**
 * dB that a frame (row, SF7 to SF12) must be above a disturbing one (column) on its channel (D. Croce et al., “Impact
 * of LoRa Imperfect Orthogonality”, IEEE Communications Letters 22, 2018, table of measured thresholds).
 */
const SIR_DB: readonly (readonly number[])[] = [
  [1, -8, -9, -9, -9, -9],
  [-11, 1, -11, -12, -13, -13],
  [-15, -13, 1, -13, -14, -15],
  [-19, -18, -17, 1, -17, -18],
  [-22, -22, -21, -20, 1, -20],
  [-25, -25, -25, -24, -23, 1],
];

/** dB that a frame needs over another one; SF5 and SF6 count as SF7. */
export const captureDb = (spreadingFactor: number, other: number): number =>
  SIR_DB[Math.max(0, spreadingFactor - 7)]?.[Math.max(0, other - 7)] ?? 0;

/** What the channel holds besides the frame, in dBm. */
export const noiseFloorDbm = (bandwidthHz: number, noiseFigureDb: number): number =>
  thermalNoiseDbm(bandwidthHz) + noiseFigureDb;

export const milliwatts = (dbm: number): number => 10 ** (dbm / 10);
export const dbmOf = (mw: number): number => 10 * Math.log10(mw);

/** Above this the estimate of an SX130x flattens: beyond it nothing more is told than that it is good. */
const SNR_LINEAR_MAX_DB = 8;
const SNR_SLOPE = 0.3;
const SNR_MAX_DB = 14;
const SNR_SIGMA_DB = 0.6;
const RSSI_SIGMA_DB = 0.5;

/** SNR in steps of 0.25 dB as the chip tells it. */
export const measuredSnrDb = (snrDb: number, normal: number): number => {
  const linear = Math.min(snrDb, SNR_LINEAR_MAX_DB);
  const rest = Math.max(0, snrDb - SNR_LINEAR_MAX_DB) * SNR_SLOPE;
  const told = Math.min(SNR_MAX_DB, linear + rest + SNR_SIGMA_DB * normal);
  return Math.round(told * 4) / 4;
};

/** RSSI in whole dBm as the chip tells it: of everything that is in the channel. */
export const measuredRssiDbm = (signalDbm: number, noiseDbm: number, normal: number): number =>
  Math.round(dbmOf(milliwatts(signalDbm) + milliwatts(noiseDbm)) + RSSI_SIGMA_DB * normal);

import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import { along, type Curve, clamp, lag } from './curves.ts';
import type { TractionParameters } from './parameters.ts';

/** The traction battery, its motor and its charger. */
export interface Traction {
  /** 0 to 1 of what is usable. */
  readonly charge: number;
  readonly packVolts: number;
  /** Positive: out of the battery. */
  readonly packAmps: number;
  readonly cellMinVolts: number;
  readonly cellMaxVolts: number;
  readonly coolestC: number;
  readonly warmestC: number;
  readonly motorRpm: number;
  readonly motorNm: number;
  readonly motorC: number;
  readonly inverterC: number;
  /** Over the life of the battery. */
  readonly chargedKwh: number;
  readonly dischargedKwh: number;
  /** 0: no cable, or it is full. */
  readonly chargerKw: number;
}

/** What is asked of the battery in one step. */
export interface TractionInput {
  readonly motorRpm: number;
  readonly motorNm: number;
  /** Everything but the motor, kW. */
  readonly otherKw: number;
  readonly chargerKw: number;
  readonly ambientC: number;
  readonly seed: number;
}

/** Open-circuit voltage of a nickel-manganese-cobalt cell over its charge. */
const CELL_VOLTS: Curve = [
  [0, 3.2],
  [0.05, 3.42],
  [0.1, 3.5],
  [0.2, 3.58],
  [0.4, 3.66],
  [0.5, 3.71],
  [0.6, 3.79],
  [0.8, 3.97],
  [0.9, 4.07],
  [1, 4.18],
];
const NOMINAL_CELL_VOLTS = 3.72;
const MOTOR_EFFICIENCY = 0.91;
const MOTOR_IDLE_KW = 0.12;
/** Heat that a pack takes up for each kWh of its size, kJ/K, and gives to the air, W/K. */
const PACK_KJ_PER_K_KWH = 5.2;
const PACK_W_PER_K_KWH = 0.6;
const RPM_PER_KW_PER_NM = 9_549;
/** Below this creep takes over from recuperation. */
const REGENERATES_FROM_RPM = 350;

const cellVolts = (charge: number): number => along(CELL_VOLTS, charge);

/** Usable ampere-hours of the aged pack. */
export const packAh = (p: TractionParameters): number =>
  (p.packKwh * p.health * 1000) / (p.cells * NOMINAL_CELL_VOLTS);

export const rangeKm = (p: TractionParameters, { charge }: Traction): number =>
  (charge * p.packKwh * p.health * 1000) / p.whPerKm;

/** Cold cells resist more. */
const ohmsAt = (p: TractionParameters, celsius: number): number =>
  p.packOhms * (1 + 1.4 * Math.exp(-(celsius + 10) / 18));

export const motorMaxNm = (p: TractionParameters, charge: number, rpm: number): number => {
  const power = (RPM_PER_KW_PER_NM * p.motorKw) / Math.max(rpm, 1);
  return Math.min(p.motorNm, power) * clamp(charge / 0.04, 0.1, 1);
};

/** What the motor may brake with: less when slow, when the battery is full and when it is freezing; never positive. */
export const motorMinNm = (p: TractionParameters, { charge, coolestC }: Traction, rpm: number): number => {
  const power = (RPM_PER_KW_PER_NM * p.regenerationKw) / Math.max(rpm, 1);
  const slow = clamp((rpm - REGENERATES_FROM_RPM) / 400, 0, 1);
  const room = clamp((1 - charge) / 0.03, 0, 1) * clamp((coolestC + 5) / 15, 0.15, 1);
  return -Math.min(0.7 * p.motorNm, power) * slow * room;
};

export const newTraction = (p: TractionParameters, ambientC: number, seed: number): Traction => {
  const charge = 0.55 + 0.35 * drawAt(seed, CHANNEL.pack, 0);
  const volts = cellVolts(charge);
  const dischargedKwh = p.packKwh * (120 + 300 * drawAt(seed, CHANNEL.pack, 1));
  return {
    charge,
    packVolts: volts * p.cells,
    packAmps: 0,
    cellMinVolts: volts,
    cellMaxVolts: volts,
    coolestC: ambientC,
    warmestC: ambientC,
    motorRpm: 0,
    motorNm: 0,
    motorC: ambientC,
    inverterC: ambientC,
    chargedKwh: dischargedKwh * 1.06,
    dischargedKwh,
    chargerKw: 0,
  };
};

/** Electrical power of the motor, kW: losses count against whoever drives. */
const motorKw = ({ motorRpm, motorNm }: TractionInput): number => {
  const shaftKw = (motorNm * motorRpm) / RPM_PER_KW_PER_NM;
  return (
    (shaftKw > 0 ? shaftKw / MOTOR_EFFICIENCY : shaftKw * MOTOR_EFFICIENCY) +
    (motorRpm > 1 ? MOTOR_IDLE_KW : 0)
  );
};

/** A charger slows down towards the end. */
export const acceptedKw = ({ charge }: Traction, offeredKw: number): number =>
  charge >= 0.999 ? 0 : offeredKw * clamp((1 - charge) / 0.05, 0.08, 1);

/** One step of battery and motor. */
export const stepTraction = (
  p: TractionParameters,
  before: Traction,
  input: TractionInput,
  dtS: number,
): Traction => {
  const { ambientC, motorRpm, motorNm, seed } = input;
  const ohms = ohmsAt(p, before.coolestC);
  const open = cellVolts(before.charge) * p.cells;
  const kw = motorKw(input) + input.otherKw - input.chargerKw;
  // P = (open − R·I)·I, solved for the smaller current; a pack never gives more than half its open voltage at R.
  const packAmps = (open - Math.sqrt(Math.max(0, open * open - 4 * ohms * kw * 1000))) / (2 * ohms);
  const packVolts = open - ohms * packAmps;
  const perCell = packVolts / p.cells;
  // Weak cells sag further; the spread is the pack's own.
  const spread = 0.004 + 0.012 * drawAt(seed, CHANNEL.pack, 2);
  const sag = 1 + Math.abs(packAmps) / 150;

  const heatW = packAmps * packAmps * ohms;
  const meanC = (before.coolestC + before.warmestC) / 2;
  const flowW = PACK_W_PER_K_KWH * p.packKwh * (meanC - ambientC);
  const nextC = meanC + ((heatW - flowW) * dtS) / 1000 / (PACK_KJ_PER_K_KWH * p.packKwh);
  const gradientK = clamp(Math.abs(nextC - ambientC) / 12, 0, 3);
  const work = Math.abs(motorNm * motorRpm) / RPM_PER_KW_PER_NM;
  const kwh = (packVolts * packAmps * dtS) / 3.6e6;
  return {
    charge: clamp(before.charge - (packAmps * dtS) / 3600 / packAh(p), 0, 1),
    packVolts,
    packAmps,
    cellMinVolts: perCell - spread * 0.6 * sag,
    cellMaxVolts: perCell + spread * 0.4 * sag,
    coolestC: nextC - gradientK / 2,
    warmestC: nextC + gradientK / 2,
    motorRpm,
    motorNm,
    motorC: lag(before.motorC, ambientC + 6 + 1.1 * work, dtS, work > 0 ? 240 : 1_500),
    inverterC: lag(before.inverterC, ambientC + 4 + 0.7 * work, dtS, work > 0 ? 90 : 900),
    chargedKwh: before.chargedKwh + Math.max(0, -kwh),
    dischargedKwh: before.dischargedKwh + Math.max(0, kwh),
    chargerKw: input.chargerKw,
  };
};

import { clamp, lag } from './curves.ts';

/** Temperatures, °C. */
export interface Heat {
  /** As the sensor in its brass housing feels it. */
  readonly coolantC: number;
  /** The water itself. */
  readonly waterC: number;
  /** 0 to 1: the wax of the thermostat takes its time. */
  readonly thermostat: number;
  readonly intakeC: number;
  readonly oilC: number;
  readonly catalystC: number;
  readonly fanOn: boolean;
}

export interface HeatInput {
  readonly running: boolean;
  readonly ambientC: number;
  readonly speedMps: number;
  readonly fuelGps: number;
  readonly airGps: number;
  readonly overrun: boolean;
}

const PETROL_KW_PER_GPS = 43.2;
/** Share of the fuel's energy that goes into coolant. */
const TO_COOLANT = 0.25;
const COOLANT_KJ_PER_K = 30;
const BLOCK_LOSS_KW_PER_K = 0.012;
const RADIATOR_KW_PER_K = 0.62;
const THERMOSTAT_OPENS_C = 86;
const THERMOSTAT_SPAN_K = 9;
const THERMOSTAT_S = 6;
const SENSOR_S = 5;
const FAN_ON_C = 97;
const FAN_OFF_C = 92;
const OIL_S = 170;
const CATALYST_S = 38;
const INTAKE_S = 45;

export const coldHeat = (ambientC: number): Heat => ({
  coolantC: ambientC,
  waterC: ambientC,
  thermostat: 0,
  intakeC: ambientC,
  oilC: ambientC,
  catalystC: ambientC,
  fanOn: false,
});

type Water = Pick<Heat, 'coolantC' | 'waterC' | 'thermostat' | 'fanOn'>;

const water = (heat: Heat, input: HeatInput, dtS: number): Water => {
  const { waterC, coolantC } = heat;
  const fanOn = coolantC >= FAN_ON_C || (heat.fanOn && coolantC > FAN_OFF_C);
  const above = waterC - input.ambientC;
  const opening = clamp((waterC - THERMOSTAT_OPENS_C) / THERMOSTAT_SPAN_K, 0, 1);
  const thermostat = lag(heat.thermostat, opening, dtS, THERMOSTAT_S);
  const wind = 0.12 + input.speedMps / 22 + (fanOn ? 0.45 : 0);
  const gainedKw = input.running ? TO_COOLANT * PETROL_KW_PER_GPS * input.fuelGps : 0;
  // The pump stands still with the engine; then only the block loses heat.
  const radiatorKw = input.running ? RADIATOR_KW_PER_K * thermostat * wind * above : 0;
  const blockKw = BLOCK_LOSS_KW_PER_K * (1 + input.speedMps / 40) * above * (input.running ? 1 : 0.35);
  const nextC = waterC + ((gainedKw - radiatorKw - blockKw) * dtS) / COOLANT_KJ_PER_K;
  return { waterC: nextC, coolantC: lag(coolantC, nextC, dtS, SENSOR_S), thermostat, fanOn };
};

const catalystTarget = ({ running, ambientC, airGps, overrun }: HeatInput): number => {
  if (!running) return ambientC;
  return overrun ? 380 : 440 + 360 * clamp(airGps / 35, 0, 1);
};

/** One step of everything that is warm. Written out, because it runs for every tick. */
export const stepHeat = (heat: Heat, input: HeatInput, dtS: number): Heat => {
  const { running, ambientC, airGps } = input;
  const { waterC, coolantC, thermostat, fanOn } = water(heat, input, dtS);
  const soak = clamp((heat.coolantC - ambientC) / 70, 0, 1);
  const intakeTarget = ambientC + soak * (running ? 5 + 17 * Math.exp(-airGps / 7) : 22);
  const oilTarget = running ? heat.coolantC + 9 * clamp(airGps / 20, 0, 1) : heat.coolantC;
  const intakeC = lag(heat.intakeC, intakeTarget, dtS, INTAKE_S);
  const oilC = lag(heat.oilC, oilTarget, dtS, OIL_S);
  const catalystC = lag(heat.catalystC, catalystTarget(input), dtS, running ? CATALYST_S : 10 * CATALYST_S);
  return { coolantC, waterC, thermostat, intakeC, oilC, catalystC, fanOn };
};

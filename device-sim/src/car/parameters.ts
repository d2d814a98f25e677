import type { Curve } from './curves.ts';

export interface BodyParameters {
  /** With driver and half a tank. */
  readonly massKg: number;
  /** Drag coefficient times frontal area, m². */
  readonly dragAreaM2: number;
  readonly rollingCoefficient: number;
  readonly wheelRadiusM: number;
}

export interface GearboxParameters {
  /** `automatic`: torque converter and gears; `single`: one fixed reduction, as behind an electric motor. */
  readonly kind: 'manual' | 'automatic' | 'single';
  /** First to last. */
  readonly ratios: readonly number[];
  readonly finalDrive: number;
  readonly efficiency: number;
}

export interface EngineParameters {
  readonly fuel: 'petrol' | 'diesel';
  readonly displacementL: number;
  readonly idleRpm: number;
  /** Added to the idle speed at 0 °C coolant, fading out towards 70 °C. */
  readonly coldIdleRpm: number;
  readonly highestRpm: number;
  /** Wide-open volumetric efficiency over rpm. */
  readonly volumetricEfficiency: Curve;
  readonly indicatedEfficiency: number;
  /** Manifold pressure behind a closed throttle plate, kPa. */
  readonly closedThrottleKpa: number;
  /** Full-load manifold pressure above the barometric one over rpm, kPa; undefined: no compressor. */
  readonly boostKpa: Curve | undefined;
  /** Nm that the control unit calls 100 %. */
  readonly referenceTorqueNm: number;
  /** Whether it stops by itself at red lights. */
  readonly startStop: boolean;
}

/** An electric motor with its battery. */
export interface TractionParameters {
  readonly motorKw: number;
  readonly motorNm: number;
  /** The most that braking gives back at the motor's shaft, kW. */
  readonly regenerationKw: number;
  /** Usable when new. */
  readonly packKwh: number;
  /** In series. */
  readonly cells: number;
  /** Of the whole pack at 25 °C. */
  readonly packOhms: number;
  /** Share of the new capacity that is left. */
  readonly health: number;
  /** Heating, cooling, computers: what the pack feeds besides the motor, kW. */
  readonly auxiliaryKw: number;
  /** What the range is told by, Wh/km. */
  readonly whPerKm: number;
}

/** What regulates the 12 V supply: a plain alternator, one that saves fuel, or the traction battery. */
export type SupplyKind = 'alternator' | 'smart-alternator' | 'dc-dc';

/** Bundled vehicle profiles that simulated cars answer. */
export const MAKERS_PROFILES = ['ford-f-150', 'hyundai-kona-electric', 'toyota-rav4-prime'] as const;
export type MakersProfile = (typeof MAKERS_PROFILES)[number];

/** What carries and what turns: enough for the road. */
export interface Chassis {
  readonly body: BodyParameters;
  readonly gearbox: GearboxParameters;
}

interface Common extends Chassis {
  readonly title: string;
  /** The bundled vehicle profile whose manufacturer's identifiers it answers; undefined: only the standard's. */
  readonly profile: MakersProfile | undefined;
  readonly supply: SupplyKind;
  /** Of the 12 V battery. */
  readonly batteryAh: number;
  /** How long its control units stay awake after the ignition went off, s. */
  readonly awakeAfterS: number;
  /** Whether a control unit that traffic woke in the parked car answers, or only draws current. */
  readonly answersParked: boolean;
}

export interface CombustionCar extends Common {
  readonly drive: 'combustion';
  readonly engine: EngineParameters;
  readonly tankL: number;
}

/** A motor and an engine on one shaft before the gears; the engine comes and goes by itself. */
export interface PlugInCar extends Common {
  readonly drive: 'plug-in';
  readonly engine: EngineParameters;
  readonly tankL: number;
  readonly traction: TractionParameters;
}

export interface ElectricCar extends Common {
  readonly drive: 'electric';
  readonly traction: TractionParameters;
}

export type CarParameters = CombustionCar | PlugInCar | ElectricCar;

/** What a road with an engine needs of a car. */
export interface EngineCar extends Chassis {
  readonly engine: EngineParameters;
}

export const engineOf = (car: CarParameters): EngineParameters | undefined =>
  car.drive === 'electric' ? undefined : car.engine;

export const tractionOf = (car: CarParameters): TractionParameters | undefined =>
  car.drive === 'combustion' ? undefined : car.traction;

export const tankOfL = (car: CarParameters): number => (car.drive === 'electric' ? 0 : car.tankL);

/** Kept here for those who only ever want the plainest car. */
export { COMPACT_PETROL } from './vehicles/petrol.ts';

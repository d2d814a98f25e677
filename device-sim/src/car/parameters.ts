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
  /** First to last. */
  readonly ratios: readonly number[];
  readonly finalDrive: number;
  readonly efficiency: number;
}

export interface EngineParameters {
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
  /** Nm that the control unit calls 100 %. */
  readonly referenceTorqueNm: number;
}

export interface CarParameters {
  readonly body: BodyParameters;
  readonly gearbox: GearboxParameters;
  readonly engine: EngineParameters;
  readonly tankL: number;
  readonly batteryAh: number;
}

/**
 * A compact hatchback with a 1.6 l naturally aspirated petrol engine and five manual gears.
 *
 * The gears follow a real car of the class: 2nd ≈ 70 rpm per km/h, 3rd ≈ 47, 4th ≈ 35.5, 5th ≈ 28.9 (fitted on the
 * public carOBD recordings of a Toyota Etios 1.5).
 */
export const COMPACT_PETROL: CarParameters = {
  body: { massKg: 1270, dragAreaM2: 0.65, rollingCoefficient: 0.01, wheelRadiusM: 0.3 },
  gearbox: { ratios: [3.545, 1.95, 1.31, 0.989, 0.805], finalDrive: 4.06, efficiency: 0.92 },
  engine: {
    displacementL: 1.598,
    idleRpm: 770,
    coldIdleRpm: 420,
    highestRpm: 6200,
    volumetricEfficiency: [
      [500, 0.74],
      [1000, 0.8],
      [2000, 0.87],
      [3000, 0.91],
      [4200, 0.94],
      [5200, 0.92],
      [6200, 0.84],
    ],
    indicatedEfficiency: 0.388,
    closedThrottleKpa: 23,
    referenceTorqueNm: 152,
  },
  tankL: 45,
  batteryAh: 45,
};

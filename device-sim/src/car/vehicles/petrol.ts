import type { CombustionCar } from '../parameters.ts';

/**
 * A compact hatchback with a 1.6 l naturally aspirated petrol engine and five manual gears.
 *
 * The gears follow a real car of the class: 2nd ≈ 70 rpm per km/h, 3rd ≈ 47, 4th ≈ 35.5, 5th ≈ 28.9 (fitted on the
 * public carOBD recordings of a Toyota Etios 1.5).
 */
export const COMPACT_PETROL: CombustionCar = {
  drive: 'combustion',
  title: 'compact petrol, five gears by hand',
  profile: undefined,
  body: { massKg: 1270, dragAreaM2: 0.65, rollingCoefficient: 0.01, wheelRadiusM: 0.3 },
  gearbox: {
    kind: 'manual',
    ratios: [3.545, 1.95, 1.31, 0.989, 0.805],
    finalDrive: 4.06,
    efficiency: 0.92,
  },
  engine: {
    fuel: 'petrol',
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
    boostKpa: undefined,
    referenceTorqueNm: 152,
    startStop: false,
  },
  tankL: 45,
  supply: 'alternator',
  batteryAh: 45,
  awakeAfterS: 60,
  answersParked: false,
};

/** A family car with a 2.0 l naturally aspirated petrol engine, six automatic gears and stop-start. */
export const FAMILY_PETROL: CombustionCar = {
  drive: 'combustion',
  title: 'family petrol, six automatic gears',
  profile: 'ford-f-150',
  body: { massKg: 1510, dragAreaM2: 0.62, rollingCoefficient: 0.0095, wheelRadiusM: 0.325 },
  gearbox: {
    kind: 'automatic',
    ratios: [3.552, 2.022, 1.452, 1, 0.708, 0.599],
    finalDrive: 4.05,
    efficiency: 0.93,
  },
  engine: {
    fuel: 'petrol',
    displacementL: 1.998,
    idleRpm: 680,
    coldIdleRpm: 480,
    highestRpm: 6400,
    volumetricEfficiency: [
      [500, 0.76],
      [1000, 0.83],
      [2000, 0.9],
      [3000, 0.94],
      [4200, 0.97],
      [5200, 0.95],
      [6400, 0.87],
    ],
    indicatedEfficiency: 0.4,
    closedThrottleKpa: 22,
    boostKpa: undefined,
    referenceTorqueNm: 210,
    startStop: true,
  },
  tankL: 51,
  supply: 'smart-alternator',
  batteryAh: 65,
  awakeAfterS: 120,
  answersParked: false,
};

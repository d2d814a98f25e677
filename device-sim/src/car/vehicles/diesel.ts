import type { CombustionCar, EngineParameters } from '../parameters.ts';

/** A common-rail four-cylinder with a turbocharger of variable vanes and a particulate filter. */
const TWO_LITRES: EngineParameters = {
  fuel: 'diesel',
  displacementL: 1.968,
  idleRpm: 800,
  coldIdleRpm: 180,
  highestRpm: 4800,
  volumetricEfficiency: [
    [500, 0.8],
    [1000, 0.84],
    [2000, 0.88],
    [3000, 0.87],
    [4000, 0.83],
    [4800, 0.76],
  ],
  indicatedEfficiency: 0.44,
  closedThrottleKpa: 96,
  boostKpa: [
    [800, 5],
    [1200, 38],
    [1600, 105],
    [2000, 140],
    [3000, 145],
    [4000, 120],
    [4800, 90],
  ],
  referenceTorqueNm: 340,
  startStop: true,
};

/** An estate car with a 2.0 l diesel engine and six gears by hand. */
export const ESTATE_DIESEL: CombustionCar = {
  drive: 'combustion',
  title: 'estate diesel, six gears by hand',
  profile: undefined,
  body: { massKg: 1580, dragAreaM2: 0.66, rollingCoefficient: 0.0095, wheelRadiusM: 0.316 },
  gearbox: {
    kind: 'manual',
    ratios: [3.769, 2.04, 1.32, 0.95, 0.755, 0.625],
    finalDrive: 3.45,
    efficiency: 0.93,
  },
  engine: TWO_LITRES,
  tankL: 60,
  supply: 'smart-alternator',
  batteryAh: 70,
  awakeAfterS: 90,
  answersParked: false,
};

/** A large off-roader with the same engine and eight automatic gears. */
export const SUV_DIESEL: CombustionCar = {
  drive: 'combustion',
  title: 'off-roader diesel, eight automatic gears',
  profile: undefined,
  body: { massKg: 1890, dragAreaM2: 0.84, rollingCoefficient: 0.0105, wheelRadiusM: 0.36 },
  gearbox: {
    kind: 'automatic',
    ratios: [4.714, 3.143, 2.106, 1.667, 1.285, 1, 0.839, 0.667],
    finalDrive: 3.08,
    efficiency: 0.92,
  },
  engine: { ...TWO_LITRES, referenceTorqueNm: 360 },
  tankL: 63,
  supply: 'smart-alternator',
  batteryAh: 80,
  awakeAfterS: 180,
  answersParked: false,
};

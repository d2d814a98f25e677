import { describe, expect, it } from 'vitest';
import { parsePlayBack } from '../cycles/play-back.ts';
import { type CarModel, type CarState, carAt, newCar } from './car.ts';
import { controlUnits, respond } from './ecu.ts';
import { identityOf } from './identity.ts';
import { endlessDrive } from './plan.ts';
import { ATLANTIC, positionOn, type Road, startOfRoad, stepRoad } from './road.ts';
import { truthOf } from './truth.ts';
import { vehicleOf } from './vehicles/vehicles.ts';

const along = (road: Road, seed: number, metres: number, homeward: boolean): Road => {
  let at = road;
  for (let driven = 0; driven < metres; driven += 2) at = stepRoad(at, seed, { wayM: 2, grade: 0, homeward });
  return at;
};

/** Half an hour at 72 km/h on a road of this grade, percent. */
const climbed = (grade: number): { readonly model: CarModel; readonly car: CarState } => {
  const text = `0,0,${grade}\n20,72,${grade}\n1200,72,${grade}\n1230,0,${grade}\n`;
  const cycle = parsePlayBack(text, 'hill.csv');
  if (!cycle.ok) throw new Error(cycle.fault.words);
  const parameters = vehicleOf('petrol-automatic');
  const model: CarModel = {
    parameters,
    plan: endlessDrive(cycle.value),
    seed: 2,
    ambientC: 20,
    barometricKpa: 100,
  };
  return { model, car: carAt(model, newCar(model), 1_230_000) };
};

describe('the road of a simulated car', () => {
  it('bends gently, differently for each seed, and is exactly as long as what is driven', () => {
    const [one, two] = [along(startOfRoad(1), 1, 10_000, false), along(startOfRoad(2), 2, 10_000, false)];
    expect(one.trackM).toBe(10_000);
    expect(Math.hypot(one.eastM - two.eastM, one.northM - two.northM)).toBeGreaterThan(500);
    let sharpest = 0;
    for (let road = startOfRoad(1), m = 0; m < 20_000; m += 10) {
      const next = stepRoad(road, 1, { wayM: 10, grade: 0, homeward: false });
      sharpest = Math.max(sharpest, m === 0 ? 0 : Math.abs(next.headingRad - road.headingRad) / 10);
      road = next;
    }
    // A radius of 150 m or more: nobody skids.
    expect(sharpest).toBeLessThan(1 / 150);
  });

  it('leads home again, facing the other way', () => {
    const out = along(startOfRoad(3), 3, 8_000, false);
    const home = along(out, 3, 8_000, true);
    expect(Math.hypot(home.eastM, home.northM)).toBeLessThan(0.01);
    const turned =
      positionOn(home, ATLANTIC, 0).headingDegrees - positionOn(startOfRoad(3), ATLANTIC, 0).headingDegrees;
    expect(Math.abs(Math.abs(turned) - 180)).toBeLessThan(1);
  });

  it('lies in the Atlantic, and its degrees are as far apart as the metres say', () => {
    const start = positionOn(startOfRoad(4), ATLANTIC, 0);
    const end = positionOn({ ...startOfRoad(4), eastM: 1_000, northM: 2_000 }, ATLANTIC, 0);
    expect((end.latitude - start.latitude) * 111_320).toBeCloseTo(2_000, 6);
    const metresPerDegree = 111_320 * Math.cos((ATLANTIC.latitude * Math.PI) / 180);
    expect((end.longitude - start.longitude) * metresPerDegree).toBeCloseTo(1_000, 6);
  });

  it('costs fuel uphill, lifts the car and thins the air', () => {
    const [level, hill] = [climbed(0), climbed(3)];
    const used = ({ car }: typeof level): number => truthOf(car).trip!.fuelL;
    const liftedJ = 1_510 * 9.81 * truthOf(hill.car).position.altitudeM;
    const burntJ = (used(hill) - used(level)) * 745 * 43_200;
    // More than the whole engine's efficiency: friction and most of the pumping are there on the level too.
    expect([liftedJ / burntJ > 0.3, liftedJ / burntJ < 0.46]).toEqual([true, true]);
    expect(truthOf(level.car).position.altitudeM).toBe(0);
    expect(truthOf(hill.car).position.altitudeM).toBeCloseTo(0.03 * truthOf(hill.car).trip!.distanceM, 6);
    const kpa = ({ model, car }: typeof level): number => {
      const [unit] = controlUnits(identityOf(2), model.parameters);
      return respond(unit!, Uint8Array.of(0x01, 0x33), 'physical', { model, car })![2]!;
    };
    expect([kpa(level), kpa(hill)]).toEqual([100, 91]);
  });
});

import { decodePid } from '@outpost/schemas/vehicle';
import * as plausibility from '@outpost/schemas/vehicle/plausibility';
import { type Body, type MonoNs, monoNs, type PositionBody, type Reading } from '@outpost/schemas/words';
import { type CarModel, type CarState, carAt, newCar } from '../car/car.ts';
import { type ControlUnit, controlUnits } from '../car/ecu.ts';
import { identityOf } from '../car/identity.ts';
import { pidBytes } from '../car/quantise.ts';
import { ATLANTIC, positionOn } from '../car/road.ts';
import { type VehicleName, vehicleOf } from '../car/vehicles/vehicles.ts';
import { type Random, random } from '../random/sfc32.ts';
import { driveOf } from './drives.ts';

type Said = Pick<Reading, 'mono' | 'body'>;

const { SIGNAL } = plausibility;
const WANTED: ReadonlySet<number> = new Set(Object.values(SIGNAL));

/** A tester at nine requests a second, asking for one thing after the other. */
const REQUEST_MS = 110;
const JITTER_MS = 14;
/** The odometer is asked for in each so manieth round. */
const SLOW_ROUNDS = 10;

interface Ask {
  readonly unit: ControlUnit;
  readonly pid: number;
}

/** Of each wanted signal the first unit and parameter that tells it. */
const asksOf = (units: readonly ControlUnit[], model: CarModel, car: CarState): readonly Ask[] => {
  const told = new Set<number>();
  return units.flatMap((unit) =>
    [...unit.pids.keys()].flatMap((pid) => {
      const content = unit.pids.get(pid)?.({ model, car });
      const decoded = content === undefined ? undefined : decodePid(pid, pidBytes(pid, content));
      const fresh = decoded?.ok
        ? decoded.value.filter(({ signal }) => WANTED.has(signal) && !told.has(signal))
        : [];
      for (const { signal } of fresh) told.add(signal);
      return fresh.length === 0 ? [] : [{ unit, pid }];
    }),
  );
};

const answer = ({ unit, pid }: Ask, model: CarModel, car: CarState): readonly Body[] => {
  const content = unit.pids.get(pid)?.({ model, car });
  const decoded = content === undefined ? undefined : decodePid(pid, pidBytes(pid, content));
  if (decoded?.ok !== true) return [];
  return decoded.value.map(({ signal, mantissa }) => ({
    kind: 'number',
    signal,
    mantissa,
    ecu: unit.address.reply11,
  }));
};

const SATELLITE_NOISE_M = 1.5;
const METRES_PER_DEGREE = 111_195;

const placeOf = (car: CarState, chance: Random): PositionBody => {
  const { latitude, longitude, speedMps } = positionOn(car.road, ATLANTIC, car.motion.speedMps);
  const off = (): number => (SATELLITE_NOISE_M * chance.between(-1, 1)) / METRES_PER_DEGREE;
  return {
    kind: 'position',
    fix: '3d',
    latitude: Math.round((latitude + off()) * 1e7),
    longitude: Math.round((longitude + off()) * 1e7),
    altitudeCm: undefined,
    speedCmS: Math.max(0, Math.round((speedMps + 0.1 * chance.between(-1, 1)) * 100)),
    courseCdeg: undefined,
    hdopCenti: undefined,
    satellites: undefined,
    fixedAt: undefined,
  };
};

export interface DriveTrack {
  readonly vehicle: VehicleName;
  /** Which car of that make: VIN, history and habits hang on it. */
  readonly carSeed: number;
  readonly driveSeed: number;
  readonly seconds: number;
}

const monoAt = (ms: number): MonoNs => monoNs(BigInt(Math.round(ms * 1e6)));

const WARM_C = 20;

/** What a tester and a satellite receiver would have told of a drive of a simulated car, by the wire's own numbers. */
export const readingsOf = ({ vehicle, carSeed, driveSeed, seconds }: DriveTrack): readonly Said[] => {
  const cycle = driveOf(driveSeed, seconds);
  const model: CarModel = {
    parameters: vehicleOf(vehicle),
    plan: {
      stages: [
        { do: 'key-on', forS: 1 },
        { do: 'start' },
        { do: 'idle', forS: 5 },
        { do: 'drive', cycle },
        { do: 'park', forS: 86_400 },
      ],
      loopFrom: 4,
    },
    seed: carSeed,
    ambientC: WARM_C,
    barometricKpa: 100,
  };
  const chance = random(driveSeed, 'tester');
  const identity = identityOf(carSeed);
  const said: Said[] = [
    { mono: monoAt(0), body: { kind: 'identity', of: 'vin', text: identity.vin, ecu: 0x7e8 } },
  ];
  let car = newCar(model);
  const units = controlUnits(identity, model.parameters);
  let asks: readonly Ask[] = [];
  let satelliteMs = 0;
  for (let ms = 0, turn = 0; car.place.cycles < 1; ms += REQUEST_MS + chance.between(0, JITTER_MS)) {
    car = carAt(model, car, ms);
    if (car.ignition !== 'running') continue;
    if (asks.length === 0) asks = asksOf(units, model, car);
    const ask = asks[turn % asks.length];
    const round = Math.floor(turn / asks.length);
    turn += 1;
    if (ask !== undefined && (ask.pid !== 0xa6 || round % SLOW_ROUNDS === 0)) {
      for (const body of answer(ask, model, car)) said.push({ mono: monoAt(ms), body });
    }
    if (ms >= satelliteMs) {
      said.push({ mono: monoAt(ms), body: placeOf(car, chance) });
      satelliteMs += 1_000;
    }
  }
  return said;
};

export const trackOfDrive = (drive: DriveTrack): plausibility.Track =>
  plausibility.trackOf(readingsOf(drive));

import { signalByName, tripsOf } from '@outpost/schemas/vehicle';
import { type ClockAnchor, type PositionBody, wallNs } from '@outpost/schemas/words';
import { type CarModel, carAt, newCar } from '../../car/car.ts';
import type { Plan, Stage } from '../../car/plan.ts';
import { ATLANTIC, positionOn } from '../../car/road.ts';
import { driveOf } from '../../cheats/drives.ts';
import { meet } from '../../devices/elm327/meeting.ts';
import { modelOf } from '../../devices/elm327/testing.ts';
import { EPOCH, monoAt, NS_PER_MS, type Said, type Speaker } from './said.ts';

/** Stands between drives; s. A drive lasts about as long as it says, and the last one is still going on at the end. */
export interface CarDay {
  readonly drives: readonly { readonly afterS: number; readonly forS: number }[];
  readonly endS: number;
  /** From when on its engine has a fault. */
  readonly faultS: number;
}

const FIRST_SEED = 7;

const planOf = ({ drives }: CarDay): Plan => ({
  stages: [
    ...drives.flatMap(({ afterS, forS }, index): readonly Stage[] => [
      { do: 'park', forS: afterS },
      { do: 'key-on', forS: 2 },
      { do: 'start' },
      { do: 'drive', cycle: driveOf(FIRST_SEED + index, forS), homeward: index % 2 === 1 },
    ]),
    { do: 'park', forS: 86_400 },
  ],
  loopFrom: 4 * drives.length,
});

const SATELLITES_EVERY_MS = 2_000;

/** What a satellite receiver in the same car says while its engine runs. */
const satellites = (model: CarModel, endMs: number): readonly Said[] => {
  const said: Said[] = [];
  let car = newCar(model);
  for (let ms = 0; ms < endMs; ms += SATELLITES_EVERY_MS) {
    car = carAt(model, car, ms);
    if (car.ignition !== 'running') continue;
    const { latitude, longitude, speedMps } = positionOn(car.road, ATLANTIC, car.motion.speedMps);
    const body: PositionBody = {
      kind: 'position',
      fix: '3d',
      latitude: Math.round(latitude * 1e7),
      longitude: Math.round(longitude * 1e7),
      altitudeCm: undefined,
      speedCmS: Math.round(speedMps * 100),
      courseCdeg: undefined,
      hdopCenti: undefined,
      satellites: undefined,
      fixedAt: undefined,
    };
    said.push({ ms, body });
  }
  return said;
};

const ENGINE_UNIT = 0x7e8;
const FAULTS = ['P0301', 'P0420'] as const;
const LAMP = signalByName('Vehicle.OBD.Status.IsMILOn')?.id;

/** The same from the moment on at which the engine's control unit has found something. */
const withFault = ({ ms, body }: Said, faultMs: number): Said => {
  if (ms < faultMs || !('ecu' in body) || body.ecu !== ENGINE_UNIT) return { ms, body };
  if (body.kind === 'codes' && body.status === 'stored') return { ms, body: { ...body, codes: FAULTS } };
  return body.kind === 'number' && body.signal === LAMP
    ? { ms, body: { ...body, mantissa: 1 } }
    : { ms, body };
};

const byTime = (a: Said, b: Said): number => a.ms - b.ms;

/** A petrol car as its dongle and its satellites tell of it, a fault code, and the trips that the box makes of that. */
export const petrolCar = (anchor: ClockAnchor, day: CarDay): Speaker => {
  const { endS, faultS } = day;
  const model = modelOf();
  const dongle = { ...model, car: { ...model.car, plan: planOf(day) } };
  const told = meet(dongle, endS * 1_000).said.map(({ atMs, body }) =>
    withFault({ ms: atMs, body }, faultS * 1_000),
  );
  const said: readonly Said[] = [...told, ...satellites(dongle.car, endS * 1_000)].sort(byTime);
  const trips = tripsOf(
    said.map(({ ms, body }, sequence) => ({
      epoch: EPOCH,
      sequence,
      mono: monoAt(ms),
      wall: wallNs(anchor.wall + BigInt(Math.round(ms)) * NS_PER_MS),
      origin: 'simulated',
      body,
      trust: 'ntp',
      place: BigInt(sequence),
    })),
  ).map(({ body }): Said => ({ ms: Number((body.end.wall - anchor.wall) / NS_PER_MS) + 1, body }));
  return { stream: 'car/telemetry', said: [...said, ...trips].sort(byTime) };
};

/** A car without an engine. */
export const electricCar = (seconds: number): Speaker => ({
  stream: 'electric/telemetry',
  said: meet(modelOf({ vehicle: 'electric' }), seconds * 1_000).said.map(({ atMs, body }) => ({
    ms: atMs,
    body,
  })),
});

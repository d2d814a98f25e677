import type { PositionBody, TripBody } from '@outpost/schemas/words';
import { NS_PER_S } from '@outpost/schemas/words';

type Floats = Readonly<Record<string, number>>;
type Integers = Readonly<Record<string, number>>;

/** Only what is known, for a field that is not written costs nothing and reads as no value. */
export const known = (fields: Readonly<Record<string, number | undefined>>): Record<string, number> => {
  const entries = Object.entries(fields).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(entries);
};

export const scaled = (value: number | undefined, divisor: number): number | undefined =>
  value === undefined ? undefined : value / divisor;

/** Degrees, metres, metres per second; `lat` and `lon` are the names that map panels look for. */
export const positionFields = (body: PositionBody): { floats: Floats; integers: Integers } => ({
  floats: known({
    lat: body.latitude / 1e7,
    lon: body.longitude / 1e7,
    altitude: scaled(body.altitudeCm, 100),
    speed: scaled(body.speedCmS, 100),
    course: scaled(body.courseCdeg, 100),
    hdop: scaled(body.hdopCenti, 100),
  }),
  integers: known({ satellites: body.satellites }),
});

/** Seconds, metres, millilitres, watt-hours. */
export const tripFields = (body: TripBody): { floats: Floats; integers: Integers } => ({
  floats: { duration_s: Number(body.end.wall - body.start.wall) / Number(NS_PER_S) },
  integers: known({
    distance_m: body.distanceM,
    fuel_ml: body.fuelMl,
    energy_wh: body.energyWh,
    odometer_start_m: body.odometerStartM,
    odometer_end_m: body.odometerEndM,
  }),
});

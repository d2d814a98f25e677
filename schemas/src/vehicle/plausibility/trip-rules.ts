import { distanceM } from '../../privacy/zone.ts';
import { checkVin } from '../vin.ts';
import { median } from './numbers.ts';
import { SIGNAL, seriesOf, steps, type Track, valueAt } from './track.ts';

/** A rule over a whole trip. */
export interface TripRule {
  readonly name: string;
  judge(trip: Track): string | undefined;
}

const KMH = 3.6;
/** A pause longer than this is not driven through in thought. */
const PAUSE_S = 15;

/** Metres by the speed, over the stretches in which it was told. */
export const distanceBySpeedM = (
  trip: Track,
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY,
): number =>
  steps(seriesOf(trip, SIGNAL.speed))
    .filter(({ at, dt }) => dt <= PAUSE_S && at - dt >= from && at <= to)
    .reduce((sum, { dt, from: before, to: after }) => sum + ((before + after) / 2 / KMH) * dt, 0);

/** A speedometer is seldom more than 3 % off; the odometer counts hundreds of metres, satellites a few. */
const DISTANCE_SHARE = 0.07;
const ODOMETER_SLACK_M = 220;
const SATELLITE_SLACK_M = 60;

const differ = (a: number, b: number, slackM: number): boolean =>
  Math.abs(a - b) > slackM + DISTANCE_SHARE * Math.max(a, b);

const odometer: TripRule = {
  name: 'odometer',
  judge(trip) {
    const { at, value } = seriesOf(trip, SIGNAL.odometer);
    const [first, last] = [at[0], at.at(-1)];
    if (first === undefined || last === undefined || at.length < 2) return undefined;
    const counted = ((value.at(-1) ?? 0) - (value[0] ?? 0)) * 1000;
    const driven = distanceBySpeedM(trip, first, last);
    return differ(counted, driven, ODOMETER_SLACK_M)
      ? `the odometer counts ${counted.toFixed(0)} m where the speed makes ${driven.toFixed(0)} m`
      : undefined;
  },
};

/** No car drives faster: metres per second. */
const SPEED_MAX = 70;

const odometerSteps: TripRule = {
  name: 'odometer-step',
  judge(trip) {
    const wrong = steps(seriesOf(trip, SIGNAL.odometer)).find(
      ({ dt, from, to }) => to < from || (to - from) * 1000 > SPEED_MAX * dt + 200,
    );
    return wrong && `the odometer goes from ${wrong.from} to ${wrong.to} km within ${wrong.dt.toFixed(0)} s`;
  },
};

/** Metres along the places, over the stretches in which they were told. */
const distanceByPlacesM = ({ places }: Track): number =>
  places.slice(1).reduce((sum, now, i) => {
    const before = places[i];
    return before === undefined || now.at - before.at > PAUSE_S
      ? sum
      : sum + distanceM(before.body, now.body);
  }, 0);

const PLACES_MIN = 30;

const satellites: TripRule = {
  name: 'satellites',
  judge(trip) {
    const [first, last] = [trip.places[0], trip.places.at(-1)];
    if (first === undefined || last === undefined || trip.places.length < PLACES_MIN) return undefined;
    const path = distanceByPlacesM(trip);
    const driven = distanceBySpeedM(trip, first.at, last.at);
    return differ(path, driven, SATELLITE_SLACK_M)
      ? `satellites see ${path.toFixed(0)} m where the speed makes ${driven.toFixed(0)} m`
      : undefined;
  },
};

const SPEED_SLACK_KMH = 4;

const satelliteSpeed: TripRule = {
  name: 'satellite-speed',
  judge(trip) {
    const speed = seriesOf(trip, SIGNAL.speed);
    const gaps = trip.places.flatMap(({ at, body }) => {
      const told = valueAt(speed, at, 4);
      return told === undefined || body.speedCmS === undefined
        ? []
        : [Math.abs(told - (body.speedCmS / 100) * KMH)];
    });
    const typical = median(gaps);
    return gaps.length >= PLACES_MIN && typical > SPEED_SLACK_KMH
      ? `the speed is typically ${typical.toFixed(0)} km/h away from what satellites measure`
      : undefined;
  },
};

const identity: TripRule = {
  name: 'vin',
  judge({ vins }) {
    const [first] = vins;
    if (first === undefined) return undefined;
    if (vins.some(({ vin }) => vin !== first.vin))
      return 'the vehicle identification number changes on the way';
    return checkVin(first.vin) === 'invalid'
      ? 'the check digit of the vehicle identification number is wrong'
      : undefined;
  },
};

export const TRIP_RULES: readonly TripRule[] = [
  odometer,
  odometerSteps,
  satellites,
  satelliteSpeed,
  identity,
];

import type { Epoch, TripBody, TripEnd } from '../words/index.ts';
import { fitsOptional, optionalFrom, type Range, writeOptional } from './body-optional.ts';
import { type CborValue, type Sink, writeBigInt, writeBytes, writeInt } from './cbor.ts';
import { TRIP_END, TRIP_START } from './codes.ts';
import { asWall, EPOCH_BYTES, INT64_MAX, isBytes, isUint } from './shape.ts';

/** Items of a trip after its kind. */
export const TRIP_FIELDS = 13;

const COUNT: Range = { min: 0, max: Number.MAX_SAFE_INTEGER };
const ENERGY: Range = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

const isEnd = ({ epoch, sequence, wall }: TripEnd): boolean =>
  epoch.length === EPOCH_BYTES && isUint(sequence) && wall >= 0n && wall <= INT64_MAX;

export const tripProblem = (body: TripBody): string | undefined => {
  if (!isEnd(body.start) || !isEnd(body.end)) return 'an end of the trip is no epoch, sequence and time';
  if (body.end.wall < body.start.wall) return 'the trip ends before it starts';
  if (!isUint(body.distanceM)) return 'the distance is no whole number of metres';
  if (!fitsOptional(body.energyWh, ENERGY)) return 'the energy is no whole number of watt-hours';
  const rest = [body.fuelMl, body.odometerStartM, body.odometerEndM];
  return rest.every((value) => fitsOptional(value, COUNT))
    ? undefined
    : 'the fuel or the odometer is no whole number';
};

const writeEnd = (sink: Sink, { epoch, sequence, wall }: TripEnd): void => {
  writeBytes(sink, epoch);
  writeInt(sink, sequence);
  writeBigInt(sink, wall);
};

export const writeTrip = (sink: Sink, body: TripBody): void => {
  writeEnd(sink, body.start);
  writeInt(sink, TRIP_START.codeOf(body.startedBy));
  writeEnd(sink, body.end);
  writeInt(sink, TRIP_END.codeOf(body.endedBy));
  writeInt(sink, body.distanceM);
  writeOptional(sink, body.fuelMl);
  writeOptional(sink, body.energyWh);
  writeOptional(sink, body.odometerStartM);
  writeOptional(sink, body.odometerEndM);
};

const endFrom = ([epoch, sequence, time]: readonly CborValue[]): TripEnd | undefined => {
  const wall = asWall(time);
  if (!isBytes(epoch, EPOCH_BYTES) || !isUint(sequence) || wall === undefined) return undefined;
  return { epoch: epoch as Epoch, sequence, wall };
};

export const tripFrom = (fields: readonly CborValue[]): TripBody | undefined => {
  const [start, startedBy] = [endFrom(fields.slice(0, 3)), TRIP_START.nameOf(fields[3])];
  const [end, endedBy] = [endFrom(fields.slice(4, 7)), TRIP_END.nameOf(fields[7])];
  const [distanceM, fuel, energy, odometerStart, odometerEnd] = fields.slice(8);
  if (start === undefined || startedBy === undefined || end === undefined || endedBy === undefined)
    return undefined;
  if (!isUint(distanceM)) return undefined;
  const fuelMl = optionalFrom(fuel, COUNT);
  const energyWh = optionalFrom(energy, ENERGY);
  const odometerStartM = optionalFrom(odometerStart, COUNT);
  const odometerEndM = optionalFrom(odometerEnd, COUNT);
  if (fuelMl === false || energyWh === false || odometerStartM === false || odometerEndM === false)
    return undefined;
  const body: TripBody = {
    kind: 'trip',
    start,
    startedBy,
    end,
    endedBy,
    distanceM,
    fuelMl,
    energyWh,
    odometerStartM,
    odometerEndM,
  };
  return tripProblem(body) === undefined ? body : undefined;
};

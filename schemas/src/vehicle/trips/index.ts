export { TRIP_LIMITS } from './limits.ts';
export type { ClosedTrip, TripReading } from './reading.ts';
export {
  isUneventful,
  NEW_TRIPS,
  neededFrom,
  type Stepped,
  stepTrips,
  type Trips,
  tripsAfter,
  tripsOf,
} from './trips.ts';

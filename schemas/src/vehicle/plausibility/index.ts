export {
  type Finding,
  type JudgedWindow,
  judgeTrip,
  judgeWindow,
  type Known,
  type Verdict,
  WINDOW_S,
  windowsOf,
} from './judge.ts';
export { learn, MEMORY_RULES, NO_MEMORY, type VehicleMemory } from './memory.ts';
export { type Print, printsOf } from './replay.ts';
export { type Place, type Series, SIGNAL, seriesOf, type Track, trackOf } from './track.ts';
export { distanceBySpeedM, TRIP_RULES } from './trip-rules.ts';
export { WINDOW_RULES } from './window-rules.ts';

export { keptMark, powerFrom, powerText } from './kept.ts';
export { POWER_LIMITS } from './limits.ts';
export {
  learned,
  looked,
  type May,
  mayNow,
  newPower,
  type Power,
  passed,
  type Sign,
  stateOf,
} from './power.ts';
export { learnedFrom } from './signs.ts';
export { accountWords, powerFacts, powerWords } from './words.ts';

/** What a simulator of stations needs. */
export { parseExact, writeExact } from './exact-json.ts';
export { framePartsOf } from './frame-parts.ts';
export { bigIn, bytesIn, type Members, membersOf, numberIn, textIn, wholeIn } from './members.ts';
export { DISCOVERY_PATH } from './path.ts';
export { SIMULATOR_MARK } from './write.ts';

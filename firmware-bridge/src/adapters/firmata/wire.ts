/** What whoever plays a board needs of its language. */
export { firmataCodec } from './codec.ts';
export type { BoardMessage, HostMessage } from './message.ts';
export { SIMULATED_TEXT } from './simulated.ts';

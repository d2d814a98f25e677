/** What a simulator of the dongle needs: the same codec the gateway uses, and how lines and frames are laid out. */
export { SIMULATOR_MARK } from './adapter-text.ts';
export { bareLines, type CanFrame, canLine, type HexLine, type IdBits, readCanLine } from './can-line.ts';
export { elm327Codec } from './codec.ts';
export { type Command, READ_ONLY_SERVICES, type Request } from './command.ts';
export { type Event, withLinefeeds } from './event.ts';
export { type Assembled, assemble, ISOTP_MAX_BYTES, type Padding, segment } from './isotp.ts';
export { TROUBLE_TEXT, type Trouble } from './troubles.ts';

/** What a simulator of the dongle needs: the same codec the gateway uses, and how lines and frames are laid out. */

export { type Assembled, assemble, ISOTP_MAX_BYTES, type Padding, segment } from '../../can/isotp.ts';
export type { CanFrame, IdBits } from '../../obd/can-frame.ts';
export type { LegacyBus, LegacyFrame } from '../../obd/legacy-frame.ts';
export { segmentLegacy } from '../../obd/legacy-message.ts';
export { READ_ONLY_SERVICES } from '../../obd/services.ts';
export { SIMULATOR_MARK } from './adapter-text.ts';
export { bareLines, canLine, type HexLine, readCanLine } from './can-line.ts';
export { elm327Codec } from './codec.ts';
export type { Command, Request } from './command.ts';
export { type Event, withLinefeeds } from './event.ts';
export { legacyLine, readLegacyLine } from './legacy-line.ts';
export { TROUBLE_TEXT, type Trouble } from './troubles.ts';

import type { Codec } from '../../wire.ts';
import { commandWire } from './command-wire.ts';
import { eventWire } from './event-wire.ts';
import type { BoardMessage, HostMessage } from './message.ts';

/** Firmata 2.x between a host and a board, both directions. */
export const firmataCodec: Codec<HostMessage, BoardMessage> = { command: commandWire, event: eventWire };

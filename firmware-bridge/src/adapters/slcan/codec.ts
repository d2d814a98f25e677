import type { Codec } from '../../wire.ts';
import { type Command, commandWire } from './command.ts';
import { type Event, eventWire } from './event.ts';

/** Both directions of the SLCAN wire: the gateway speaks commands and hears events, a simulator the reverse. */
export const slcanCodec: Codec<Command, Event> = { command: commandWire, event: eventWire };

import type { Message } from '../../message.ts';
import { messageCodec } from '../../mqtt/message-wire.ts';
import type { Codec } from '../../wire.ts';
import { type Event, eventWire } from './event.ts';

/** What a WiCAN publishes, and messages to it as they are. */
export const wicanCodec: Codec<Message, Event> = {
  framing: 'messages',
  command: messageCodec.command,
  event: eventWire,
};

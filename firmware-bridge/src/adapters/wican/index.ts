import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import type { Message } from '../../message.ts';
import { wicanCodec } from './codec.ts';
import type { Event } from './event.ts';
import { checkOptions, type WicanOptions } from './options.ts';
import { type State, wicanSession } from './session.ts';

export { redecode } from './redecode.ts';

export const wicanParts: AdapterParts<WicanOptions, State, Message, Event> = {
  name: 'wican',
  check: checkOptions,
  codec: wicanCodec,
  session: wicanSession,
};

/** A WiCAN dongle that publishes over MQTT. */
export const adapter: Adapter = defineAdapter(wicanParts);

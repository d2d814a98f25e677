import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { profileReader } from '../../obd/profile-reader.ts';
import { readText } from '../../obd/read-text.ts';
import { slcanCodec } from './codec.ts';
import type { Command } from './command.ts';
import type { Event } from './event.ts';
import { checkOptions, type SlcanOptions } from './options.ts';
import { slcanSession } from './session.ts';
import type { State } from './state.ts';

export { redecode } from './redecode.ts';

export const slcanParts: AdapterParts<SlcanOptions, State, Command, Event> = {
  name: 'slcan',
  check: async (options) => checkOptions(options, readText, await profileReader(options)),
  codec: slcanCodec,
  session: slcanSession,
};

/** A CAN adapter with the serial line protocol of LAWICEL (SLCAN) at a car with CAN (ISO 15765-4). */
export const adapter: Adapter = defineAdapter(slcanParts);

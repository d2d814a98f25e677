import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { profileReader } from '../../obd/profile-reader.ts';
import { elm327Codec } from './codec.ts';
import type { Command } from './command.ts';
import type { Event } from './event.ts';
import { checkOptions, type Elm327Options } from './options.ts';
import { elm327Session } from './session.ts';
import type { State } from './state.ts';

export { redecode } from './redecode.ts';

export const elm327Parts: AdapterParts<Elm327Options, State, Command, Event> = {
  name: 'elm327',
  check: async (options) => checkOptions(options, await profileReader(options)),
  codec: elm327Codec,
  session: elm327Session,
};

/** A dongle with an ELM327, or with anything that speaks its language, at a car with CAN (ISO 15765-4). */
export const adapter: Adapter = defineAdapter(elm327Parts);

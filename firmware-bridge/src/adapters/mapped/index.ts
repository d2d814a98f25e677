import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import type { Message } from '../../message.ts';
import { readText } from '../../obd/read-text.ts';
import { mappedCodec } from './codec.ts';
import { checkOptions, type MappedOptions } from './options.ts';
import { mappedSession, type State } from './session.ts';

export { redecode } from './redecode.ts';

export const mappedParts: AdapterParts<MappedOptions, State, Message, Message> = {
  name: 'mapped',
  check: (options) => checkOptions(options, readText),
  codec: mappedCodec,
  session: mappedSession,
};

/** Sensors that publish JSON, text or pairs over MQTT, by a mapping of their owner. */
export const adapter: Adapter = defineAdapter(mappedParts);

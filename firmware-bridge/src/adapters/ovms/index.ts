import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import type { Message } from '../../message.ts';
import { ovmsCodec } from './codec.ts';
import { checkOptions, type OvmsOptions } from './options.ts';
import { ovmsSession, type State } from './session.ts';

export { redecode } from './redecode.ts';

export const ovmsParts: AdapterParts<OvmsOptions, State, Message, Message> = {
  name: 'ovms',
  bearsPosition: true,
  check: checkOptions,
  codec: ovmsCodec,
  session: ovmsSession,
};

/** An OVMS v3 module in a car. */
export const adapter: Adapter = defineAdapter(ovmsParts);

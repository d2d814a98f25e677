import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { redecodeModule } from '../../lora-module/redecode-module.ts';
import { checkSettingsIfAny, type RadioSettings } from '../../lora-module/settings.ts';
import { type MeshtasticCommand, type MeshtasticEvent, meshtasticCodec } from './codec.ts';
import { join, type MeshtasticState, meshtasticSession, tell } from './session.ts';

export const meshtasticParts: AdapterParts<
  RadioSettings | undefined,
  MeshtasticState,
  MeshtasticCommand,
  MeshtasticEvent
> = {
  name: 'meshtastic',
  // Its packets tell where people are: whatever of them cannot be read is kept nowhere near a zone.
  bearsPosition: true,
  lane: 'coverage',
  check: (options) => checkSettingsIfAny(options, 'listen'),
  codec: meshtasticCodec,
  session: meshtasticSession,
};

/** A radio with Meshtastic firmware, over its serial line or TCP port 4403. */
export const adapter: Adapter = defineAdapter(meshtasticParts);

export const redecode = redecodeModule({ wire: meshtasticCodec.event, join, tell });

import type { Result } from '@outpost/schemas/words';
import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import type { KissFrame } from '../../lora-module/kiss-wire.ts';
import { redecodeModule } from '../../lora-module/redecode-module.ts';
import { checkSettings, type RadioSettings } from '../../lora-module/settings.ts';
import { rnodeCodec } from './codec.ts';
import { join, type RnodeState, rnodeSession, tell } from './session.ts';

export const rnodeParts: AdapterParts<RadioSettings, RnodeState, KissFrame, KissFrame> = {
  name: 'rnode',
  lane: 'coverage',
  takes: ['downlink'],
  check: (options): Result<RadioSettings> => checkSettings(options, 'radio'),
  codec: rnodeCodec,
  session: rnodeSession,
};

/** A board with RNode firmware, as Reticulum uses it. */
export const adapter: Adapter = defineAdapter(rnodeParts);

export const redecode = redecodeModule({ wire: rnodeCodec.event, join, tell });

import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { redecodeModule } from '../../lora-module/redecode-module.ts';
import { checkSettingsIfAny, type RadioSettings } from '../../lora-module/settings.ts';
import { kissCodec, type TncFrame } from './codec.ts';
import { join, type KissState, kissSession, tell } from './session.ts';

export const kissParts: AdapterParts<RadioSettings | undefined, KissState, TncFrame, TncFrame> = {
  name: 'kiss',
  lane: 'coverage',
  takes: ['downlink'],
  check: (options) => checkSettingsIfAny(options, 'radio'),
  codec: kissCodec,
  session: kissSession,
};

/** A TNC that speaks KISS: a LoRa APRS tracker or gateway, Dire Wolf over TCP. */
export const adapter: Adapter = defineAdapter(kissParts);

export const redecode = redecodeModule({ wire: kissCodec.event, join, tell });

import type { Result } from '@outpost/schemas/words';
import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { redecodeModule } from '../../lora-module/redecode-module.ts';
import { checkSettings, type RadioSettings, wrongOption } from '../../lora-module/settings.ts';
import { type LoraE5Event, loraE5Codec } from './codec.ts';
import { isSent, join, type LoraE5State, loraE5Session, tell } from './session.ts';

/** Its firmware has no setting for the coding rate. */
const check = (options: unknown): Result<RadioSettings> => {
  const checked = checkSettings(options, 'radio');
  return checked.ok && checked.value.codingRate !== 1
    ? wrongOption('codingRate', 'is always 1 (4/5) with this module.')
    : checked;
};

export const loraE5Parts: AdapterParts<RadioSettings, LoraE5State, string, LoraE5Event> = {
  name: 'lora-e5',
  lane: 'coverage',
  takes: ['downlink', 'beacon', 'restart'],
  check,
  codec: loraE5Codec,
  session: loraE5Session,
};

/** Seeed's LoRa-E5 (Wio-E5, Grove) in its test mode. */
export const adapter: Adapter = defineAdapter(loraE5Parts);

export const redecode = redecodeModule({ wire: loraE5Codec.event, join, tell, isSent });

import type { Result } from '@outpost/schemas/words';
import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { redecodeModule } from '../../lora-module/redecode-module.ts';
import { checkSettings, type RadioSettings, wrongOption } from '../../lora-module/settings.ts';
import { type Rn2483Event, rn2483Codec } from './codec.ts';
import { isSent, join, type Rn2483State, rn2483Session, tell } from './session.ts';

const check = (options: unknown): Result<RadioSettings> => {
  const checked = checkSettings(options, 'radio');
  return checked.ok && checked.value.spreadingFactor < 7
    ? wrongOption('spreadingFactor', 'lies between 7 and 12 with this module.')
    : checked;
};

export const rn2483Parts: AdapterParts<RadioSettings, Rn2483State, string, Rn2483Event> = {
  name: 'rn2483',
  lane: 'coverage',
  takes: ['downlink', 'beacon', 'restart'],
  check,
  codec: rn2483Codec,
  session: rn2483Session,
};

/** Microchip's RN2483 (433 and 868 MHz) and RN2903 (915 MHz). */
export const adapter: Adapter = defineAdapter(rn2483Parts);

export const redecode = redecodeModule({ wire: rn2483Codec.event, join, tell, isSent });

import type { Result } from '@outpost/schemas/words';
import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { redecodeModule } from '../../lora-module/redecode-module.ts';
import { checkSettings, type RadioSettings, wrongOption } from '../../lora-module/settings.ts';
import { type RylrEvent, rylrCodec } from './codec.ts';
import { join, type RylrState, rylrSession, tell } from './session.ts';

/** What it has of its own accord; another one it takes only in some networks. */
const PREAMBLE_SYMBOLS = 12;

const withDefaults = (options: unknown): unknown =>
  typeof options === 'object' && options !== null && !Array.isArray(options)
    ? { preambleSymbols: PREAMBLE_SYMBOLS, ...options }
    : options;

const check = (options: unknown): Result<RadioSettings> => {
  const checked = checkSettings(withDefaults(options), 'listen');
  if (checked.ok && checked.value.spreadingFactor > 11) {
    return wrongOption('spreadingFactor', 'lies between 5 and 11 with this module.');
  }
  return checked;
};

export const rylrParts: AdapterParts<RadioSettings, RylrState, string, RylrEvent> = {
  name: 'rylr',
  lane: 'coverage',
  check,
  codec: rylrCodec,
  session: rylrSession,
};

/** Reyax RYLR896, RYLR998 and their kin. */
export const adapter: Adapter = defineAdapter(rylrParts);

export const redecode = redecodeModule({ wire: rylrCodec.event, join, tell });

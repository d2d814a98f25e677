import { rnodeModule, tncModule } from './kiss.ts';
import { meshtasticModule } from './meshtastic.ts';
import { microchipModule } from './microchip.ts';
import type { SimulatedModule } from './module.ts';
import { rakModule } from './rak.ts';
import { reyaxModule } from './reyax.ts';
import { seeedModule } from './seeed.ts';

/** By the name of the adapter that speaks to it; RAK's three ways to print a reception apart. */
export const LORA_MODULES: ReadonlyMap<string, () => SimulatedModule> = new Map([
  ['rui3', () => rakModule('plain')],
  ['rui3-named', () => rakModule('named')],
  ['rui3-two-line', () => rakModule('two-line')],
  ['lora-e5', seeedModule],
  ['rn2483', microchipModule],
  ['rylr', reyaxModule],
  ['kiss', tncModule],
  ['rnode', rnodeModule],
  ['meshtastic', meshtasticModule],
]);

export const LORA_MODULE_NAMES: readonly string[] = [...LORA_MODULES.keys()];

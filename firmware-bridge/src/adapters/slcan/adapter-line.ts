import type { Body } from '@outpost/schemas/words';
import type { Event } from './event.ts';

/** How our simulator begins its serial number; nothing else does. */
export const SIMULATOR_SERIAL = 'OutpostSimulator';

export const namesSimulator = (serial: string): boolean => serial.startsWith(SIMULATOR_SERIAL);

/** What a line says that the adapter prints about itself. Decided by the line alone, as a verifier must. */
export const identityOfLine = (event: Event | undefined): Body | undefined => {
  if (event?.kind === 'version') return { kind: 'identity', of: 'adapter', text: `V${event.text}`, ecu: 0 };
  if (event?.kind === 'serial') return { kind: 'identity', of: 'adapter', text: `N${event.text}`, ecu: 0 };
  return undefined;
};

import type { Body } from '@outpost/schemas/words';
import { eventWire } from './codec.ts';
import type { NmeaEvent } from './event.ts';
import { bodyOf, type Gga, type Rmc } from './fix.ts';

/** What the raw bytes of a position say: the RMC sentence, and the GGA sentence of the same time. */
export const redecode = (raw: Uint8Array): readonly Body[] => {
  const events: NmeaEvent[] = [];
  for (const frame of eventWire.cut(new Uint8Array(0), raw).frames) {
    for (const { result } of eventWire.decode(frame)) if (result.ok) events.push(result.value);
  }
  const rmc = events.find((event): event is Rmc => event.kind === 'rmc');
  if (rmc === undefined) return [];
  const gga = events.find((event): event is Gga => event.kind === 'gga' && event.time === rmc.time);
  const body = bodyOf(rmc, gga);
  return body === undefined ? [] : [body];
};

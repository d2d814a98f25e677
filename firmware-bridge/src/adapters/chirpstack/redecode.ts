import type { Body } from '@outpost/schemas/words';
import { eventWire } from './codec.ts';
import { isSentRaw, readSent } from './sent.ts';

/** What the raw bytes of a reading say: one message of a gateway, or a frame that it sent. */
export const redecode = (raw: Uint8Array): readonly Body[] => {
  if (isSentRaw(raw)) {
    const sent = readSent(raw);
    return sent === undefined ? [] : [sent];
  }
  return eventWire.decode(raw).flatMap(({ result }): readonly Body[] => {
    if (!result.ok) return [];
    const event = result.value;
    return event.kind === 'heard' || event.kind === 'stats' ? event.bodies : [];
  });
};

import type { Body } from '@outpost/schemas/words';
import { eventWire } from './codec.ts';

/** What the raw bytes of a reading say: one message of a station, whose path names its region. */
export const redecode = (raw: Uint8Array): readonly Body[] =>
  eventWire
    .decode(raw)
    .flatMap(({ result }) => (result.ok && result.value.kind === 'heard' ? [result.value.body] : []));

import type { Body } from '@outpost/schemas/words';
import { positionBody } from '../../gnss/position.ts';
import { readEvent } from './event.ts';

/** What the raw line of a position says. */
export const redecode = (raw: Uint8Array): readonly Body[] => {
  const read = readEvent(raw);
  return read.ok && read.value.kind === 'tpv' && read.value.fix !== undefined
    ? [positionBody(read.value.fix)]
    : [];
};

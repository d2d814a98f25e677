import type { Body } from '@outpost/schemas/words';
import { bodiesByMeaning } from '../../mapping/index.ts';
import { readMessage } from '../../message.ts';
import { readNotice } from './notices.ts';
import { placeBodies } from './place.ts';

/** What raw bytes say: a metric with the line that says how it is meant, a notice, or the two messages of a position. */
export const redecode = (raw: Uint8Array): readonly Body[] => {
  const meant = bodiesByMeaning(raw);
  if (meant.length > 0) return meant;
  const place = placeBodies(raw);
  if (place.length > 0) return place;
  const message = readMessage(raw);
  const notice = message.ok ? readNotice(message.value) : message;
  return notice.ok ? notice.value : [];
};

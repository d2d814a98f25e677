import { MEASUREMENTS } from '@outpost/gateway';
import type { Ask } from './influx-query.ts';

/** Bytes that went to the card, also where the program began anew meanwhile and its counter with it. */
export const cardWrites = (within?: string): Ask => {
  const span = within === undefined ? {} : { within };
  return {
    select: 'sum("added")',
    from: [
      {
        select: 'non_negative_difference("journal_written_bytes") AS "added"',
        from: MEASUREMENTS.self,
        ...span,
      },
    ],
    ...span,
  };
};

import { sha256 } from '@outpost/schemas/evidence';
import { concatBytes, toHex } from '@outpost/schemas/words';
import { attestationEvent, EVENT_TYPE } from '../cloud-event.ts';
import type { Delivery } from '../contract.ts';

/** CloudEvents 1.0.2, JSON format §4: a batch is an array of events. */
const BATCH_TYPE = 'application/cloudevents-batch+json';

export interface Shape {
  /** Whether events go in an array, also where there is one. */
  readonly isBatch: boolean;
  readonly leaves: boolean;
}

export interface Request {
  /** The same for the same events, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly body: Uint8Array;
}

export const contentTypeOf = ({ isBatch }: Shape): string => (isBatch ? BATCH_TYPE : EVENT_TYPE);

/** One request for these deliveries; without a batch there is one of them. */
export const requestOf = (items: readonly Delivery[], shape: Shape): Request => {
  const events = items.map((item) => attestationEvent(item, shape));
  const [first] = items;
  const id =
    items.length === 1 && first !== undefined
      ? toHex(first.hash)
      : toHex(sha256(concatBytes(...items.map(({ hash }) => hash))));
  return { id, body: new TextEncoder().encode(JSON.stringify(shape.isBatch ? events : events[0])) };
};

import { sha256 } from '@outpost/schemas/evidence';
import { concatBytes, type Fault, fault, toHex } from '@outpost/schemas/words';
import { attestationEvent, EVENT_TYPE } from '../cloud-event.ts';
import type { Delivery } from '../contract.ts';
import type { Reply } from '../post.ts';

/** CloudEvents 1.0.2, JSON format §4: a batch is an array of events. */
const BATCH_TYPE = 'application/cloudevents-batch+json';
const WORDS_MAX_CHARS = 200;
/** When only a person can change what is wrong. */
export const PERSON_NEEDED_MS = 300_000;

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

/** What one answer means for what was sent. */
export type Verdict =
  | { readonly kind: 'settled'; readonly words: string }
  /** Something about what was sent; of several events a part may still be taken. */
  | { readonly kind: 'refused'; readonly code: string; readonly words: string }
  | { readonly kind: 'kept'; readonly retryAfterMs: number; readonly fault: Fault; readonly alarm: boolean };

/** What the receiver had to say, for people: one line of plain text. */
const wordsOf = ({ body, contentType }: Reply): string => {
  const isText = contentType.startsWith('text/plain') || contentType.endsWith('json');
  const text = isText ? new TextDecoder().decode(body.subarray(0, 4 * WORDS_MAX_CHARS)) : '';
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, WORDS_MAX_CHARS);
};

const REFUSES: ReadonlySet<number> = new Set([400, 413, 422]);
const BUSY: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * The statuses as "HTTP 1.1 Web Hooks for Event Delivery" 1.0.1 §2.2 has them: 2xx took it. Only what speaks of the
 * content ends anything besides; an address, a login or a proxy can delay, not refuse.
 */
export const verdictOf = (reply: Reply, where: string): Verdict => {
  const { status, retryAfterMs } = reply;
  const said = wordsOf(reply);
  if (status >= 200 && status < 300) return { kind: 'settled', words: `HTTP ${status}` };
  if (REFUSES.has(status))
    return { kind: 'refused', code: `http-${status}`, words: said === '' ? 'without a word.' : said };
  const why = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  if (BUSY.has(status) || status >= 500) {
    const busy = fault('unreachable', 'webhook.busy', where, `cannot take anything now (${why}).`);
    return { kind: 'kept', retryAfterMs: retryAfterMs ?? 0, fault: busy, alarm: false };
  }
  const words = `takes nothing (${why}); check the address and what it wants to know of this box.`;
  const wrong = fault('refused', `webhook.http-${status}`, where, words);
  return { kind: 'kept', retryAfterMs: retryAfterMs ?? PERSON_NEEDED_MS, fault: wrong, alarm: true };
};

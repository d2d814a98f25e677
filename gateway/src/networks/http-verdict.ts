import { type Fault, fault } from '@outpost/schemas/words';
import type { Reply } from './post.ts';

const WORDS_MAX_CHARS = 200;
/** When only a person can change what is wrong. */
export const PERSON_NEEDED_MS = 300_000;

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
export const verdictOf = (kind: string, reply: Reply, where: string): Verdict => {
  const { status, retryAfterMs } = reply;
  const said = wordsOf(reply);
  if (status >= 200 && status < 300) return { kind: 'settled', words: `HTTP ${status}` };
  if (REFUSES.has(status))
    return { kind: 'refused', code: `http-${status}`, words: said === '' ? 'without a word.' : said };
  const why = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  if (BUSY.has(status) || status >= 500) {
    const busy = fault('unreachable', `${kind}.busy`, where, `cannot take anything now (${why}).`);
    return { kind: 'kept', retryAfterMs: retryAfterMs ?? 0, fault: busy, alarm: false };
  }
  const words = `takes nothing (${why}); check the address and what it wants to know of this box.`;
  const wrong = fault('refused', `${kind}.http-${status}`, where, words);
  return { kind: 'kept', retryAfterMs: retryAfterMs ?? PERSON_NEEDED_MS, fault: wrong, alarm: true };
};

import { type Fault, fault } from '@outpost/schemas/words';
import type { Reply } from '../post.ts';
import type { Profile } from './settings.ts';

/** What one HTTP answer means for the event that was sent. */
export type Answer =
  | { readonly kind: 'taken' }
  /** Understood and not wanted; a part of it may be stored all the same, so it is never sent again. */
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'too-large'; readonly fault: Fault }
  /** Who we are was not believed. */
  | { readonly kind: 'stranger'; readonly fault: Fault }
  | { readonly kind: 'later'; readonly retryAfterMs: number; readonly fault: Fault };

/** How long to wait where only a person can change what is wrong. */
export const PERSON_NEEDED_MS = 300_000;
const WORDS_MAX_BYTES = 300;

/** A server's own words as one line of printable ASCII. */
export const wordsOf = (body: Uint8Array): string => {
  const text = new TextDecoder().decode(body.subarray(0, WORDS_MAX_BYTES));
  return text.replace(/[^ -~]+/g, ' ').trim();
};

const BUSY: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * 200 alone settles and 400 alone refuses. 413 is about the size, 401 and 403 about who we are; what is busy or broken
 * says when, or the profile does; anything else is an address or a version that a person has to set right.
 */
export const answerOf = (reply: Reply, { busyMs }: Pick<Profile, 'busyMs'>, where: string): Answer => {
  const { status, retryAfterMs } = reply;
  const said = wordsOf(reply.body);
  const http = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 200) return { kind: 'taken' };
  if (status === 400) return { kind: 'refused', words: said === '' ? 'without a word' : said };
  const about = (code: string, kind: Fault['kind'], words: string): Fault =>
    fault(kind, `dimo.${code}`, where, words);
  if (status === 413)
    return { kind: 'too-large', fault: about('too-large', 'refused', `takes less at once (${http}).`) };
  if (status === 401 || status === 403)
    return { kind: 'stranger', fault: about('stranger', 'refused', `does not let us in (${http}).`) };
  if (BUSY.has(status) || status >= 500) {
    const why = about('busy', 'unreachable', `cannot take anything now (${http}).`);
    return { kind: 'later', retryAfterMs: retryAfterMs ?? busyMs, fault: why };
  }
  const why = about(`http-${status}`, 'refused', `takes nothing there (${http}); check the address.`);
  return { kind: 'later', retryAfterMs: PERSON_NEEDED_MS, fault: why };
};

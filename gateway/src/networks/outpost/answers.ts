import { type Fault, fault } from '@outpost/schemas/words';
import type { Outcome } from '../contract.ts';
import type { Reply } from '../post.ts';
import { decodeRefusal, decodeVerdicts, VERDICT_TYPE, type WireVerdict } from './codec.ts';

/** The code by which a network asks for the key records of whoever signed. */
export const RECORDS_WANTED = 'records-wanted';
/** The code of what stands behind something else that was put off. */
export const BEHIND = 'behind';

/** How long to wait when only a person can change what is wrong. */
export const PERSON_NEEDED_MS = 300_000;

/** What one HTTP answer means for the items that were sent. */
export type Answer =
  | { readonly kind: 'verdicts'; readonly verdicts: readonly WireVerdict[] }
  /** Too large for the network or something before it: a part may not be. `alone` is for what cannot be parted. */
  | { readonly kind: 'too-much'; readonly alone: Outcome }
  | { readonly kind: 'none'; readonly retryAfterMs: number; readonly fault: Fault };

const BUSY: ReadonlySet<number> = new Set([408, 425, 429]);
const TOO_LARGE = 413;

const none = (retryAfterMs: number, why: Fault): Answer => ({ kind: 'none', retryAfterMs, fault: why });

/**
 * Only a network's own words, in its own content type, end anything, and of a whole request only that it is too large:
 * what is wrong with one attestation is said in its verdict. Anything else is an address, a limit or a version to be
 * set right, and until then everything stays.
 */
export const answerOf = (reply: Reply, count: number, where: string): Answer => {
  const { status, body, contentType } = reply;
  const speaks = contentType === VERDICT_TYPE;
  if (status === 200) {
    const verdicts = speaks ? decodeVerdicts(body, count) : undefined;
    if (verdicts?.ok) return { kind: 'verdicts', verdicts: verdicts.value };
    const words =
      verdicts === undefined ? `answers with "${contentType}": this is no network.` : verdicts.fault.words;
    return none(PERSON_NEEDED_MS, fault('unreachable', 'outpost.not-a-network', where, words));
  }
  const refusal = speaks ? decodeRefusal(body) : undefined;
  const said = refusal?.ok ? `${refusal.value.code}, ${refusal.value.words}` : 'without a word';
  if (BUSY.has(status) || status >= 500) {
    const words = `cannot take anything now (HTTP ${status}: ${said}).`;
    return none(reply.retryAfterMs ?? 0, fault('unreachable', 'outpost.busy', where, words));
  }
  const code = `outpost.http-${status}`;
  const words = `takes nothing (HTTP ${status}: ${said}); check the address and the network's terms.`;
  const why = fault('refused', code, where, words);
  if (status !== TOO_LARGE) return none(reply.retryAfterMs ?? PERSON_NEEDED_MS, why);
  const alone: Outcome = refusal?.ok
    ? { kind: 'refused', ...refusal.value }
    : { kind: 'kept', retryAfterMs: PERSON_NEEDED_MS, fault: why };
  return { kind: 'too-much', alone };
};

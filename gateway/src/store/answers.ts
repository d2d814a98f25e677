import { type Fault, fault } from '@outpost/schemas/words';
import type { Sent } from './isolate.ts';

/** Characters of a server's words that are kept: enough to see what is wrong, not a batch of lines. */
const WORDS_MAX = 400;

/** How a call ended, seen from outside the client. */
export type Ended =
  | { readonly kind: 'answered'; readonly status: number; readonly words: string }
  | { readonly kind: 'unanswered'; readonly code: string; readonly words: string };

const shortened = (words: string): string =>
  words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX)}…` : words;

/** The server's own words: the `error` of a JSON body (1.x), its `message` (2.x), else the text itself. */
export const serverWords = (body: string): string => {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) {
      const { error, message } = parsed as { error?: unknown; message?: unknown };
      if (typeof error === 'string') return shortened(error);
      if (typeof message === 'string') return shortened(message);
    }
  } catch {
    // Not JSON: a proxy's page or plain text, which is then all the words there are.
  }
  return shortened(body.replaceAll(/\s+/g, ' ').trim());
};

/** `partial write: … dropped=3`; 0 stands for parse errors, where the server does not count. */
const droppedOf = (words: string): number | undefined => {
  const match = / dropped=(\d+)/.exec(words);
  const count = match === null ? 0 : Number(match[1]);
  return count > 0 ? count : undefined;
};

/** Codes that the follower acts on: the schema has to be looked after before the next try. */
export const NO_DATABASE = 'influx.no-database';
export const NO_RETENTION = 'influx.no-retention';

const misconfigured = (code: string, where: string, words: string): Fault =>
  fault('misconfigured', code, where, words);

/** The fault of a call that got no good answer; undefined where the server judged the content. */
export const faultOf = (ended: Ended, where: string): Fault | undefined => {
  if (ended.kind === 'unanswered') return fault('unreachable', ended.code, where, ended.words);
  const { status, words } = ended;
  switch (status) {
    case 401:
    case 403:
      return misconfigured('influx.not-allowed', where, `InfluxDB refuses this user (${status}): ${words}`);
    case 404:
      return misconfigured(NO_DATABASE, where, `InfluxDB answers 404: ${words}`);
    case 408:
    case 429:
      return fault('unreachable', 'influx.busy', where, `InfluxDB is busy (${status}): ${words}`);
    default:
  }
  if (status >= 300 && status < 400) {
    return misconfigured(
      'influx.redirected',
      where,
      `the server redirects (${status}); give its own address.`,
    );
  }
  if (status < 500) return undefined;
  return words.startsWith('retention policy not found')
    ? misconfigured(NO_RETENTION, where, `InfluxDB answers ${status}: ${words}`)
    : fault('unreachable', 'influx.server-error', where, `InfluxDB answers ${status}: ${words}`);
};

/**
 * What a write's end means for its points. 400, 413 and 422 judge the content: never retried as they are.
 * 401, 403 and 404 want the owner or the schema, 5xx and silence want time; both keep the points.
 */
export const sentOf = (ended: Ended, where: string): Sent => {
  const kept = faultOf(ended, where);
  if (kept !== undefined) return { kind: 'kept', fault: kept };
  if (ended.kind === 'answered' && ended.status >= 300) {
    return { kind: 'refused', words: ended.words, dropped: droppedOf(ended.words) };
  }
  return { kind: 'stored' };
};

import { asciiBytes } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { answerOf, PERSON_NEEDED_MS, wordsOf } from './answers.ts';

const answer = (status: number, retryAfterMs?: number, words = 'why') =>
  answerOf({ status, contentType: '', retryAfterMs, body: asciiBytes(words) }, { busyMs: 5_000 }, 'there');

describe('an answer of DIMO', () => {
  it.each([
    [200, undefined, { kind: 'taken' }],
    [400, undefined, { kind: 'refused', words: 'why' }],
    [413, undefined, { kind: 'too-large' }],
    [401, undefined, { kind: 'stranger' }],
    [403, undefined, { kind: 'stranger' }],
    [429, undefined, { kind: 'later', retryAfterMs: 5_000 }],
    [429, 17_000, { kind: 'later', retryAfterMs: 17_000 }],
    [503, 5_000, { kind: 'later', retryAfterMs: 5_000, fault: { kind: 'unreachable' } }],
    [503, 0, { kind: 'later', retryAfterMs: 0 }],
    [500, undefined, { kind: 'later', retryAfterMs: 5_000 }],
    [408, undefined, { kind: 'later', retryAfterMs: 5_000 }],
    [404, undefined, { kind: 'later', retryAfterMs: PERSON_NEEDED_MS, fault: { kind: 'refused' } }],
    [201, undefined, { kind: 'later', retryAfterMs: PERSON_NEEDED_MS }],
    [302, 1_000, { kind: 'later', retryAfterMs: PERSON_NEEDED_MS }],
  ])('of %i with %s is %j', (status, retryAfterMs, expected) =>
    expect(answer(status, retryAfterMs)).toMatchObject(expected),
  );

  it('is told in its own words, printable and short, or that there were none', () => {
    expect(answer(400, undefined, '')).toEqual({ kind: 'refused', words: 'without a word' });
    expect(wordsOf(asciiBytes('a\r\n\u001b[2Jb'))).toBe('a [2Jb');
    expect(wordsOf(asciiBytes('x'.repeat(5_000)))).toHaveLength(300);
  });
});

import { asciiBytes } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { verdictOf } from './http-verdict.ts';
import type { Reply } from './post.ts';

describe('an answer', () => {
  const reply = (status: number, text = '', contentType = 'text/plain'): Reply => ({
    status,
    contentType,
    retryAfterMs: undefined,
    body: asciiBytes(text),
  });

  it.each([200, 201, 202, 204, 299])('%d settles', (status) => {
    expect(verdictOf('play', reply(status), 'here')).toEqual({ kind: 'settled', words: `HTTP ${status}` });
  });

  it.each([400, 413, 422])('%d refuses, with the words of the receiver', (status) => {
    expect(verdictOf('play', reply(status, 'no\u001b[31m such\ncar'), 'here')).toEqual({
      kind: 'refused',
      code: `http-${status}`,
      words: 'no [31m such car',
    });
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('%d is for later', (status) => {
    expect(verdictOf('play', reply(status), 'here')).toMatchObject({
      kind: 'kept',
      retryAfterMs: 0,
      alarm: false,
    });
    expect(verdictOf('play', { ...reply(status), retryAfterMs: 7_000 }, 'here')).toMatchObject({
      retryAfterMs: 7_000,
    });
  });

  it.each([301, 302, 401, 403, 404, 405, 410, 415, 418])('%d wants a person', (status) => {
    expect(verdictOf('play', reply(status), 'here')).toMatchObject({
      kind: 'kept',
      retryAfterMs: 300_000,
      alarm: true,
      fault: { kind: 'refused' },
    });
  });

  it('of another type than text is not repeated to people', () => {
    expect(verdictOf('play', reply(400, '<html>', 'text/html'), 'here')).toMatchObject({
      words: 'without a word.',
    });
    expect(verdictOf('play', reply(400, '"x"', 'application/problem+json'), 'here')).toMatchObject({
      words: '"x"',
    });
    const long = verdictOf('play', reply(400, 'x'.repeat(10_000)), 'here');
    expect(long.kind === 'refused' && long.words.length).toBe(200);
  });
});

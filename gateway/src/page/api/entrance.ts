import type { Clock } from '@outpost/schemas/words';
import { type Asked, COOKIE, json, type Reply, refusal, replyToFault } from '../http.ts';
import { createLimiter } from '../limiter.ts';
import type { Sessions } from '../logins.ts';
import type { Owner } from '../owner.ts';
import { type Api, type Routes, routesOf } from '../route.ts';

export interface EntranceParts {
  readonly clock: Clock;
  readonly owner: Owner;
  readonly sessions: Sessions;
  /** Told when the box has got its owner. */
  claimed(): void;
}

/** What is typed at the entrance; how long it may be is the owner's own rule, which says so in its own words. */
const TYPED = { type: 'string' } as const;

const ENTERED = {
  type: 'application/json',
  shape: { type: 'object', properties: {}, additionalProperties: false },
  words: 'A session, in a cookie that no script reads.',
} as const;

export const ENTRANCE_API = {
  'GET /api/hello': {
    access: 'anyone',
    words: 'Whether this box has an owner, and whether that is who asks.',
    gives: {
      type: 'application/json',
      shape: {
        type: 'object',
        properties: { isClaimed: { type: 'boolean' }, isOwner: { type: 'boolean' } },
        required: ['isClaimed', 'isOwner'],
        additionalProperties: false,
      },
    },
  },
  'POST /api/claim': {
    access: 'anyone',
    words: 'Makes whoever knows the code that the box shows its owner, once.',
    body: {
      type: 'object',
      properties: { code: TYPED, password: TYPED },
      required: ['code', 'password'],
      additionalProperties: false,
    },
    gives: ENTERED,
  },
  'POST /api/login': {
    access: 'anyone',
    words: 'Begins a session.',
    body: { type: 'object', properties: { password: TYPED }, required: ['password'] },
    gives: ENTERED,
  },
  'POST /api/logout': {
    access: 'owner',
    words: 'Ends the session.',
    gives: { type: 'application/json', shape: { type: 'object', properties: {} } },
  },
} as const satisfies Api;

/** A guess every twelve seconds, after five at once; and twice as many from all callers together. */
const GUESSES = { burst: 5, everyMs: 12_000, callersMax: 1_024 };
const ALL_GUESSES = { burst: 20, everyMs: 6_000, callersMax: 1 };

const SESSION_S = 30 * 86_400;

const cookie = (token: string, seconds: number): Readonly<Record<string, string>> => ({
  'set-cookie': `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}`,
});

/** How a person becomes the owner, comes in and goes. */
export const entranceRoutes = ({ clock, owner, sessions, claimed: told }: EntranceParts): Routes => {
  const guesses = createLimiter(GUESSES);
  const allGuesses = createLimiter(ALL_GUESSES);
  const isTooOften = ({ caller }: Pick<Asked, 'caller'>): boolean => {
    const now = clock.mono();
    return !guesses.take(caller, now) || !allGuesses.take('', now);
  };
  const enter = (): Reply => json({}, 200, cookie(sessions.begin(clock.mono()), SESSION_S));
  const often = (): Reply => refusal(429, 'too many tries; wait a minute.');

  return routesOf(ENTRANCE_API, {
    'GET /api/hello': ({ token }) =>
      json({
        isClaimed: owner.claimCode === undefined,
        isOwner: token !== undefined && sessions.touch(token, clock.mono()),
      }),
    'POST /api/claim': async (asked) => {
      if (isTooOften(asked)) return often();
      const claimed = await owner.claim(asked.body.code, asked.body.password);
      if (!claimed.ok) return replyToFault(claimed.fault);
      told();
      return enter();
    },
    'POST /api/login': async (asked) => {
      if (isTooOften(asked)) return often();
      const isRight = await owner.isPassword(asked.body.password);
      return isRight ? enter() : refusal(401, 'that is not the password.');
    },
    'POST /api/logout': ({ token }) => {
      if (token !== undefined) sessions.end(token);
      return json({}, 200, cookie('', 0));
    },
  });
};

import { type Clock, fail, fault, type Result } from '@outpost/schemas/words';
import { type Asked, COOKIE, json, type Reply, refusal, replyToFault } from './http.ts';
import { createLimiter } from './limiter.ts';
import type { Sessions } from './logins.ts';
import type { Owner } from './owner.ts';
import type { Routes } from './route.ts';

export interface EntranceParts {
  readonly clock: Clock;
  readonly owner: Owner;
  readonly sessions: Sessions;
}

/** A guess every twelve seconds, after five at once; and twice as many from all callers together. */
const GUESSES = { burst: 5, everyMs: 12_000, callersMax: 1_024 };
const ALL_GUESSES = { burst: 20, everyMs: 6_000, callersMax: 1 };

const SESSION_S = 30 * 86_400;

const cookie = (token: string, seconds: number): Readonly<Record<string, string>> => ({
  'set-cookie': `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}`,
});

const fieldsOf = async <Name extends string>(
  asked: Asked,
  names: readonly Name[],
): Promise<Result<Record<Name, string>>> => {
  const body = await asked.body();
  if (!body.ok) return body;
  const given = Object(body.value) as Record<string, unknown>;
  const wrong = names.find((name) => typeof given[name] !== 'string');
  return wrong === undefined
    ? { ok: true, value: given as Record<Name, string> }
    : fail(fault('malformed', 'page.field', 'request', `"${wrong}" must be a text.`));
};

/** How a person becomes the owner, comes in and goes. */
export const entranceRoutes = ({ clock, owner, sessions }: EntranceParts): Routes => {
  const guesses = createLimiter(GUESSES);
  const allGuesses = createLimiter(ALL_GUESSES);
  const isTooOften = ({ caller }: Asked): boolean => {
    const now = clock.mono();
    return !guesses.take(caller, now) || !allGuesses.take('', now);
  };
  const enter = (): Reply => json({}, 200, cookie(sessions.begin(clock.mono()), SESSION_S));
  const often = (): Reply => refusal(429, 'too many tries; wait a minute.');

  return {
    'GET /api/hello': {
      access: 'anyone',
      answer: ({ token }) =>
        json({
          isClaimed: owner.claimCode === undefined,
          isOwner: token !== undefined && sessions.touch(token, clock.mono()),
        }),
    },
    'POST /api/claim': {
      access: 'anyone',
      answer: async (asked) => {
        if (isTooOften(asked)) return often();
        const fields = await fieldsOf(asked, ['code', 'password']);
        if (!fields.ok) return replyToFault(fields.fault);
        const claimed = await owner.claim(fields.value.code, fields.value.password);
        return claimed.ok ? enter() : replyToFault(claimed.fault);
      },
    },
    'POST /api/login': {
      access: 'anyone',
      answer: async (asked) => {
        if (isTooOften(asked)) return often();
        const fields = await fieldsOf(asked, ['password']);
        if (!fields.ok) return replyToFault(fields.fault);
        const isRight = await owner.isPassword(fields.value.password);
        return isRight ? enter() : refusal(401, 'that is not the password.');
      },
    },
    'POST /api/logout': {
      access: 'owner',
      answer: ({ token }) => {
        if (token !== undefined) sessions.end(token);
        return json({}, 200, cookie('', 0));
      },
    },
  };
};

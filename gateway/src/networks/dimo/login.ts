import {
  asciiText,
  type Clock,
  elapsedMs,
  type Fault,
  fail,
  fault,
  type MonoNs,
  ok,
  type Result,
} from '@outpost/schemas/words';
import { openPoster, type PostTls, type Reply } from '../post.ts';
import type { DimoKey } from './identity.ts';
import type { LoginSettings } from './settings.ts';
import { erc191Digest } from './signatures.ts';

export interface LoginParts {
  readonly login: LoginSettings;
  readonly key: DimoKey;
  readonly clock: Clock;
  readonly tls: PostTls;
}

/** A token that says who we are, for as long as it is good. */
export interface Token {
  readonly text: string;
  readonly at: MonoNs;
  readonly goodMs: number;
}

const DEADLINE_MS = 10_000;
const ANSWER_MAX_BYTES = 65_536;
const FORM = 'application/x-www-form-urlencoded';
/** Where the token does not say how long it is good. */
const GOOD_MS = 600_000;
/** However long it says that it is. */
const GOOD_MAX_MS = 86_400_000;
/** Before the end of its time, or of two thirds of it where that is less, a token is not used any more. */
const SPARE_MS = 60_000;

const refused = (where: string, { status, body }: Reply): Fault =>
  fault(
    status >= 500 || status === 429 ? 'unreachable' : 'refused',
    'dimo.login',
    where,
    `does not log us in (HTTP ${status}: ${asciiText(body.subarray(0, 200))
      .replace(/[^ -~]+/g, ' ')
      .trim()}).`,
  );

type Members = Readonly<Record<string, unknown>>;

/** A JSON object; undefined where the bytes are none. */
const objectIn = (bytes: Uint8Array): Members | undefined => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Members)
      : undefined;
  } catch {
    return undefined;
  }
};

/** Of a page of any form. */
export const challengeIn = (
  bytes: Uint8Array,
): { readonly state: string; readonly challenge: string } | undefined => {
  const { state, challenge } = objectIn(bytes) ?? {};
  return typeof state === 'string' && typeof challenge === 'string' ? { state, challenge } : undefined;
};

/** Likewise; only what can stand in a header is a token. */
export const tokenIn = (
  bytes: Uint8Array,
): { readonly text: string; readonly goodMs: number } | undefined => {
  const text = objectIn(bytes)?.['access_token'];
  return typeof text === 'string' && /^[\w.-]{1,8192}$/.test(text)
    ? { text, goodMs: lifetimeMs(text) }
    : undefined;
};

/** Posts a form below the address and gives what a 200 brings. */
export const postForm = async (
  { login, clock, tls }: LoginParts,
  path: string,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<Uint8Array>> => {
  const url = new URL(login.url);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  const contentType = FORM;
  await using poster = openPoster({
    url,
    clock,
    code: 'dimo.login',
    contentType,
    tls,
    deadlineMs: DEADLINE_MS,
    answerMaxBytes: ANSWER_MAX_BYTES,
  });
  const reply = await poster.post(new TextEncoder().encode(new URLSearchParams(form).toString()), signal);
  if (!reply.ok) return reply;
  const where = url.origin + url.pathname;
  return reply.value.status === 200 ? ok(reply.value.body) : fail(refused(where, reply.value));
};

/** Seconds from issue to expiry as a JWT says them (RFC 7519), without judging its signature, which is its issuer's. */
const lifetimeMs = (token: string): number => {
  try {
    const text = token.split('.')[1] ?? '';
    const claims = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/'))) as {
      exp?: unknown;
      iat?: unknown;
    };
    const seconds = Number(claims.exp) - Number(claims.iat);
    return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, GOOD_MAX_MS) : GOOD_MS;
  } catch {
    return GOOD_MS;
  }
};

/** Signs a challenge with the DIMO key (ERC-191) and gets a token for it. */
export const logIn = async (parts: LoginParts, signal: AbortSignal): Promise<Result<Token>> => {
  const { login, key, clock } = parts;
  const { clientId, domain } = login;
  const who = { client_id: clientId, domain };
  const asked = await postForm(
    parts,
    '/auth/web3/generate_challenge',
    { ...who, scope: 'openid email', response_type: 'code', address: key.address },
    signal,
  );
  if (!asked.ok) return asked;
  const where = login.url.href;
  const asks = challengeIn(asked.value);
  if (asks === undefined)
    return fail(fault('unreachable', 'dimo.login', where, 'gives no challenge to sign.'));
  const { state, challenge } = asks;
  const signature = key.sign(erc191Digest(new TextEncoder().encode(challenge)));
  const given = await postForm(
    parts,
    '/auth/web3/submit_challenge',
    { ...who, grant_type: 'authorization_code', state, signature },
    signal,
  );
  if (!given.ok) return given;
  const token = tokenIn(given.value);
  return token === undefined
    ? fail(fault('unreachable', 'dimo.login', where, 'gives no token.'))
    : ok({ ...token, at: clock.mono() });
};

/** One token, got again when its time is nearly over. */
export interface Tokens {
  current(signal: AbortSignal): Promise<Result<string>>;
  /** It was not taken: the next call logs in anew. */
  drop(): void;
}

export const openTokens = (parts: LoginParts): Tokens => {
  let token: Token | undefined;
  return {
    current: async (signal) => {
      if (token !== undefined) {
        const usableMs = token.goodMs - Math.min(SPARE_MS, token.goodMs / 3);
        if (elapsedMs(token.at, parts.clock.mono()) < usableMs) return ok(token.text);
      }
      const made = await logIn(parts, signal);
      if (!made.ok) return made;
      token = made.value;
      return ok(token.text);
    },
    drop: () => {
      token = undefined;
    },
  };
};

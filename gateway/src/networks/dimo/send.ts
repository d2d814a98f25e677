import {
  type Clock,
  elapsedMs,
  type Fault,
  fail,
  fault,
  type MonoNs,
  ok,
  type Result,
} from '@outpost/schemas/words';
import { openPoster, type Poster, type PostTls } from '../post.ts';
import { answerOf, PERSON_NEEDED_MS } from './answers.ts';
import type { Certificates, Shown } from './certificate.ts';
import { EVENT_MAX_BYTES, EVENT_TYPE } from './codec.ts';
import type { Tokens } from './login.ts';
import type { Profile } from './settings.ts';

export type SendOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'too-large'; readonly words: string }
  | { readonly kind: 'kept'; readonly retryAfterMs: number; readonly fault: Fault };

/** One port of the ingest, by a certificate or by a token, one request after another. */
export interface Sender extends AsyncDisposable {
  send(
    body: Uint8Array,
    signal: AbortSignal,
    headers?: Readonly<Record<string, string>>,
  ): Promise<SendOutcome>;
  /** The address that the other side takes us for; a fault where there is nothing to show. */
  source(signal: AbortSignal): Promise<Result<string>>;
  readonly personMs: number;
}

export interface SenderParts {
  readonly clock: Clock;
  readonly tls: PostTls;
  readonly profile: Profile;
  readonly url: URL;
  readonly where: string;
  readonly certificates?: Certificates;
  readonly tokens?: Tokens;
}

/** As DIMO's own client has it. */
const DEADLINE_MS = 10_000;
const ANSWER_MAX_BYTES = 65_536;

/** The poster for the certificate in force; another certificate needs another connection. */
const openPosters = ({ clock, tls, url, certificates }: SenderParts) => {
  let open: { readonly poster: Poster; readonly shown: Shown | undefined } | undefined;
  const close = async (): Promise<void> => {
    await open?.poster[Symbol.asyncDispose]();
    open = undefined;
  };
  const current = async (signal: AbortSignal): Promise<Result<Poster>> => {
    const shown = await certificates?.current(signal);
    if (shown?.ok === false) return shown;
    if (open !== undefined && open.shown?.certificate === shown?.value.certificate) return ok(open.poster);
    await close();
    const encoder = new TextEncoder();
    const ours =
      shown === undefined
        ? {}
        : { cert: encoder.encode(shown.value.certificate), key: encoder.encode(shown.value.key) };
    const poster = openPoster({
      url,
      clock,
      code: 'dimo',
      contentType: EVENT_TYPE,
      tls: { ...tls, ...ours },
      deadlineMs: DEADLINE_MS,
      answerMaxBytes: ANSWER_MAX_BYTES,
    });
    open = { poster, shown: shown?.value };
    return ok(poster);
  };
  return { current, close };
};

export const openSender = (parts: SenderParts): Sender => {
  const { clock, profile, where, certificates, tokens } = parts;
  const posters = openPosters(parts);
  let sentAt: MonoNs | undefined;
  /** The last answer was that nobody knows us: a new login did not help, so a person has to. */
  let isStranger = false;

  /** Never faster than the other side's own limit. */
  const pace = async (signal: AbortSignal): Promise<void> => {
    const waitMs = sentAt === undefined ? 0 : 1_000 / profile.perSecondMax - elapsedMs(sentAt, clock.mono());
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    sentAt = clock.mono();
  };

  const post = async (body: Uint8Array, signal: AbortSignal, own: Readonly<Record<string, string>>) => {
    const poster = await posters.current(signal);
    if (!poster.ok) return poster;
    const token = await tokens?.current(signal);
    if (token?.ok === false) return token;
    await pace(signal);
    const headers = token === undefined ? own : { ...own, authorization: `Bearer ${token.value}` };
    return await poster.value.post(body, signal, headers);
  };

  return {
    personMs: PERSON_NEEDED_MS,
    source: async (signal) => {
      const shown = await certificates?.current(signal);
      if (shown === undefined)
        return fail(fault('misconfigured', 'dimo.certificate', where, 'has no certificate to show.'));
      return shown.ok ? ok(shown.value.source) : shown;
    },
    send: async (body, signal, headers = {}) => {
      if (body.length > EVENT_MAX_BYTES) {
        const words = `it has ${body.length} bytes, and ${EVENT_MAX_BYTES} are the most that is sent`;
        return { kind: 'too-large', words };
      }
      const reply = await post(body, signal, headers);
      if (!reply.ok) {
        const isAway = reply.fault.kind === 'unreachable';
        return { kind: 'kept', retryAfterMs: isAway ? 0 : PERSON_NEEDED_MS, fault: reply.fault };
      }
      const answer = answerOf(reply.value, profile, where);
      const wasStranger = isStranger;
      isStranger = answer.kind === 'stranger';
      switch (answer.kind) {
        case 'taken':
        case 'refused':
          return answer;
        case 'too-large':
          return { kind: 'too-large', words: answer.fault.words };
        case 'stranger':
          certificates?.drop();
          tokens?.drop();
          return {
            kind: 'kept',
            retryAfterMs: wasStranger ? PERSON_NEEDED_MS : profile.busyMs,
            fault: answer.fault,
          };
        case 'later':
          return { kind: 'kept', retryAfterMs: answer.retryAfterMs, fault: answer.fault };
      }
    },
    [Symbol.asyncDispose]: posters.close,
  };
};

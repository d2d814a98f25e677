import { readFile } from 'node:fs/promises';
import { fail, fault, NS_PER_S, ok, type Result } from '@outpost/schemas/words';
import type {
  Delivery,
  Network,
  NetworkContext,
  NetworkKind,
  NetworkSettings,
  Outcome,
} from '../contract.ts';
import { PERSON_NEEDED_MS, verdictOf } from '../http-verdict.ts';
import { openPoster, type Poster } from '../post.ts';
import { readSecretFile } from '../secret-file.ts';
import { contentTypeOf, requestOf, type Shape } from './codec.ts';
import { checkSettings, type WebhookSettings } from './settings.ts';
import { parseSecret, signatureOf } from './signature.ts';

/** From dialling to the last byte of the answer, for a small request. */
const DEADLINE_MS = 30_000;
/** Of the journal's bytes, which are about three times as many as JSON. */
const CALL_MAX_BYTES = 512 * 1024;
const ANSWER_MAX_BYTES = 64 * 1024;
const TOKEN = /^[\x21-\x7e]+$/;

interface Secrets {
  readonly token: string | undefined;
  readonly key: Uint8Array | undefined;
  readonly ca: Uint8Array | undefined;
}

interface Parts {
  readonly context: NetworkContext;
  readonly poster: Poster;
  readonly secrets: Secrets;
  readonly shape: Shape;
  readonly where: string;
}

const headersOf = ({ secrets: { token, key }, context }: Parts, id: string, body: Uint8Array) => {
  const seconds = context.clock.wall() / NS_PER_S;
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    ...(key === undefined ? {} : { 'webhook-signature': signatureOf(key, id, seconds, body) }),
  };
};

/** One request; where it is refused and brings several, half by half until it is one. */
const deliver = async (parts: Parts, items: readonly Delivery[], signal: AbortSignal): Promise<Outcome[]> => {
  const { poster, shape, where, context } = parts;
  const { id, body } = requestOf(items, shape);
  const reply = await poster.post(body, signal, headersOf(parts, id, body));
  if (!reply.ok) {
    const retryAfterMs = reply.fault.kind === 'untrusted' ? PERSON_NEEDED_MS : 0;
    if (reply.fault.kind === 'untrusted') context.alarm(reply.fault);
    return items.map(() => ({ kind: 'kept', retryAfterMs, fault: reply.fault }));
  }
  const verdict = verdictOf('webhook', reply.value, where);
  if (verdict.kind === 'kept' && verdict.alarm) context.alarm(verdict.fault);
  if (verdict.kind !== 'refused' || items.length === 1) return items.map(() => verdict);
  const middle = Math.ceil(items.length / 2);
  const first = await deliver(parts, items.slice(0, middle), signal);
  const waiting = first.find((outcome) => outcome.kind === 'kept');
  const rest = items.slice(middle);
  return [
    ...first,
    ...(waiting === undefined ? await deliver(parts, rest, signal) : rest.map(() => waiting)),
  ];
};

const readSecrets = async ({
  name,
  tokenFile,
  secretFile,
  caFile,
}: WebhookSettings): Promise<Result<Secrets>> => {
  const token = tokenFile === undefined ? undefined : await readSecretFile(tokenFile, 'webhook.token');
  if (token?.ok === false) return token;
  if (tokenFile !== undefined && token !== undefined && !TOKEN.test(token.value))
    return fail(fault('misconfigured', 'webhook.token', tokenFile, 'must hold one word of plain letters.'));
  const secret = secretFile === undefined ? undefined : await readSecretFile(secretFile, 'webhook.secret');
  if (secret?.ok === false) return secret;
  const key = secret === undefined ? undefined : parseSecret(secret.value, secretFile ?? '');
  if (key?.ok === false) return key;
  try {
    const ca = caFile === undefined ? undefined : await readFile(caFile);
    return ok({ token: token?.value, key: key?.value, ca });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const words = `the file ${caFile} cannot be read (${code}).`;
    return fail(fault('misconfigured', 'webhook.file', `network ${name}, options.caFile`, words));
  }
};

const open = async (settings: NetworkSettings, context: NetworkContext): Promise<Result<Network>> => {
  const checked = checkSettings(settings);
  if (!checked.ok) return checked;
  const secrets = await readSecrets(checked.value);
  if (!secrets.ok) return secrets;
  const { name, url, batch, leaves } = checked.value;
  const shape: Shape = { isBatch: batch > 1, leaves };
  const { ca } = secrets.value;
  const poster = openPoster({
    url,
    clock: context.clock,
    code: 'webhook',
    contentType: contentTypeOf(shape),
    deadlineMs: DEADLINE_MS,
    answerMaxBytes: ANSWER_MAX_BYTES,
    tls: ca === undefined ? undefined : { ca },
  });
  const where = `network ${name} at ${url.origin}`;
  const parts = { context, poster, secrets: secrets.value, shape, where };
  return ok({
    follows: 'attestations',
    name,
    itemsMax: batch,
    bytesMax: CALL_MAX_BYTES,
    deliver: (items, signal) => deliver(parts, items, signal),
    [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
  });
};

/** Attestations as CloudEvents to any address. */
export const webhook: NetworkKind = { kind: 'webhook', open };

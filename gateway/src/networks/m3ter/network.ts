import { ENERGY_SINCE_LAST } from '@outpost/firmware-bridge';
import { ok, type Result } from '@outpost/schemas/words';
import type { LiveDelivery, LiveNetwork, LiveOutcome, NetworkContext, NetworkKind } from '../contract.ts';
import { PERSON_NEEDED_MS, verdictOf } from '../http-verdict.ts';
import { openPoster, type Poster } from '../post.ts';
import { predictTooOld } from '../too-old.ts';
import { CONTENT_TYPE, payloadOf, requestOf } from './codec.ts';
import { checkSettings, type M3terSettings } from './settings.ts';

const DEADLINE_MS = 30_000;
const ANSWER_MAX_BYTES = 64 * 1024;

interface Parts {
  readonly settings: M3terSettings;
  readonly context: NetworkContext;
  readonly poster: Poster;
  readonly where: string;
}

const deviceOf = ({ stream }: LiveDelivery): string => stream.slice(0, stream.indexOf('/'));

const deliver = async (
  { settings, context, poster, where }: Parts,
  reading: LiveDelivery,
  signal: AbortSignal,
): Promise<LiveOutcome> => {
  const token = settings.meters.get(deviceOf(reading));
  const payload = payloadOf(reading);
  // Only what is wanted comes here; see `wants`.
  if (token === undefined || payload === undefined) throw new Error('no payload of an M3ter with a token');
  const reply = await poster.post(requestOf(token, payload), signal);
  if (!reply.ok) {
    const isForPerson = reply.fault.kind === 'untrusted';
    if (isForPerson) context.alarm(reply.fault);
    return { kind: 'kept', retryAfterMs: isForPerson ? PERSON_NEEDED_MS : 0, fault: reply.fault };
  }
  const verdict = verdictOf('m3ter', reply.value, where);
  if (verdict.kind === 'kept' && verdict.alarm) context.alarm(verdict.fault);
  return verdict.kind === 'settled' ? { kind: 'settled' } : verdict;
};

/** The energy of a meter that has a token, in the frame that the meter signed. */
const isWanted = ({ meters }: Pick<M3terSettings, 'meters'>, reading: LiveDelivery): boolean =>
  reading.body.kind === 'number' &&
  reading.body.signal === ENERGY_SINCE_LAST &&
  meters.has(deviceOf(reading)) &&
  payloadOf(reading) !== undefined;

const networkOver = (parts: Parts): LiveNetwork => {
  const { settings, poster } = parts;
  return {
    follows: 'readings',
    name: settings.name,
    // Nonces count up by one: nothing may overtake.
    windowMax: 1,
    expiresAfterMs: settings.expiresAfterMs,
    // A nonce that was is not counted again.
    takesOnce: false,
    wants: (reading) => isWanted(settings, reading),
    deliver: (reading, signal) => deliver(parts, reading, signal),
    [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
  };
};

const open = (settings: Parameters<NetworkKind['open']>[0], context: NetworkContext): Result<LiveNetwork> => {
  const checked = checkSettings(settings);
  if (!checked.ok) return checked;
  const { name, url } = checked.value;
  const poster = openPoster({
    url,
    clock: context.clock,
    code: 'm3ter',
    contentType: CONTENT_TYPE,
    deadlineMs: DEADLINE_MS,
    answerMaxBytes: ANSWER_MAX_BYTES,
  });
  return ok(
    networkOver({ settings: checked.value, context, poster, where: `network ${name} at ${url.origin}` }),
  );
};

/** A prover takes what a meter has signed, each nonce once; the signature was checked when it was read. */
const predict: NonNullable<NetworkKind['predict']> = (settings, sending, { now }) => {
  const checked = checkSettings(settings);
  if (!checked.ok || sending.of !== 'reading' || !isWanted(checked.value, sending.delivery)) return undefined;
  return (
    predictTooOld(sending.delivery, checked.value.expiresAfterMs, now) ?? {
      expect: 'accepted',
      words: 'The meter signed it, with a nonce that was not sent before.',
    }
  );
};

/** A prover of the M3tering protocol: what meters signed goes on as they signed it. */
export const m3ter: NetworkKind = {
  kind: 'm3ter',
  follows: 'readings',
  open: (settings, context) => Promise.resolve(open(settings, context)),
  predict,
};

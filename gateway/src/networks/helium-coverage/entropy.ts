import { HELIUM_RULES, type RemoteEntropy } from '@outpost/schemas/radio';
import { type Clock, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { openChannel } from '../helium/channel.ts';
import { decode } from '../helium/wire.ts';
import { ENTROPY_PATH, ENTROPY_REPORT, ENTROPY_REQUEST } from './codec.ts';
import type { Service } from './service.ts';

/** It was the hash of a block, 32 bytes. */
const ENTROPY_BYTES_MAX = 256;
const SECONDS_MAX = BigInt(Number.MAX_SAFE_INTEGER);

const useless = (where: string, words: string): Fault => fault('unreachable', 'helium.entropy', where, words);

/**
 * Reads an answer of the entropy service. A fault where no beacon can be made of it: bent, empty (as the service has
 * answered since it was retired), of an unknown version, or of another time than now, in which nobody would take it.
 */
export const readEntropy = (bytes: Uint8Array, where: string, nowS: number): Result<RemoteEntropy> => {
  const read = decode(ENTROPY_REPORT, bytes);
  if (!read.ok) return fail(useless(where, 'answers with something else than entropy.'));
  const { data, timestamp, version } = read.value;
  if (data.length === 0) return fail(useless(where, 'gives no entropy any more.'));
  if (data.length > ENTROPY_BYTES_MAX || timestamp > SECONDS_MAX)
    return fail(useless(where, 'answers with something else than entropy.'));
  if (version !== 0 && version !== 1)
    return fail(useless(where, `gives entropy of version ${version}; only 0 and 1 are known.`));
  const timestampS = Number(timestamp);
  if (Math.abs(nowS - timestampS) > HELIUM_RULES.entropyLifespanS)
    return fail(useless(where, 'gives entropy of another time than now.'));
  return ok({ bytes: data, timestampS, version });
};

export interface EntropyParts {
  readonly clock: Clock;
  readonly entropy: URL;
  readonly service: Service;
}

/** Entropy that nobody could foresee, from the service; a fault, and the service counts as away, where there is none. */
export const askEntropy = async (
  { clock, entropy, service }: EntropyParts,
  nowS: () => number,
  signal: AbortSignal,
): Promise<Result<RemoteEntropy>> => {
  const answer = async (): Promise<Result<RemoteEntropy>> => {
    const channel = await openChannel({ url: entropy, clock }, signal);
    if (!channel.ok) return channel;
    try {
      const called = await channel.value.call(ENTROPY_PATH, ENTROPY_REQUEST, signal);
      return called.ok ? readEntropy(called.value, entropy.host, nowS()) : called;
    } finally {
      channel.value.close();
    }
  };
  const got = await answer();
  if (got.ok) service.here();
  else service.gone(got.fault);
  return got;
};

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Fault, MonoNs, Result } from '@outpost/schemas/words';
import { keyDisk } from '../../keys/key-disk.ts';
import { platformVerifier } from '../../keys/signer.ts';
import { openChannel } from './channel.ts';
import { encodeSigned, REGION_PARAMS_REQUEST } from './codec.ts';
import type { HeliumSigner } from './gateway-keys.ts';
import type { HeliumKey } from './keys.ts';
import { type RegionParams, readRegionParams } from './region-params.ts';

export const REGION_PARAMS_PATH = '/helium.iot_config.gateway/region_params';

/** The service keeps what it knows of a gateway for three hours; gateway-rs asks as often. */
const AGAIN_MS = 3_600_000;
const RETRY_MS_MIN = 5_000;
const RETRY_MS_MAX = 600_000;
const ANSWER_MAX_BYTES = 65_536;
const NONE = new Uint8Array(0);

export interface RegionWatchParts {
  readonly clock: Clock;
  readonly config: URL;
  /** Certificate authorities in PEM, where not those of the system. */
  readonly ca?: string | undefined;
  readonly pinned: HeliumKey;
  /** Helium's number of the region that is asked for where the gateway's own is not known there. */
  readonly region: number;
  readonly signer: HeliumSigner;
  /** Where the last answer is kept, with its signature, so that a start without the service knows the power. */
  readonly directory: string;
  readonly eui: string;
  random(): number;
  alarm(fault: Fault): void;
}

/** What Helium lets one gateway send with, asked for again each hour. */
export interface RegionWatch {
  /** Takes the answer of an earlier run, if there is one that holds. */
  recall(): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
  /** Undefined until there was an answer, of this run or an earlier one. */
  readonly params: RegionParams | undefined;
  /** When the service last answered in this run; its `timestampS` is of that moment. */
  readonly answeredAt: MonoNs | undefined;
}

export const createRegionWatch = (parts: RegionWatchParts): RegionWatch => {
  const { clock, config, pinned, region, signer, random } = parts;
  const path = join(parts.directory, `${parts.eui}.region_params`);
  const verify = platformVerifier();
  let params: RegionParams | undefined;
  let answeredAt: MonoNs | undefined;
  let told = '';

  /** Takes what is not older than what is known; a stale answer must not bring back what was changed. */
  const take = (bytes: Uint8Array): Result<RegionParams> => {
    const read = readRegionParams(bytes, pinned, verify);
    if (read.ok && read.value.timestampS >= (params?.timestampS ?? 0)) params = read.value;
    return read;
  };

  const ask = async (signal: AbortSignal): Promise<Result<RegionParams>> => {
    const channel = await openChannel({ url: config, ca: parts.ca, clock }, signal);
    if (!channel.ok) return channel;
    try {
      const request = { region, address: signer.key, signature: NONE };
      const message = encodeSigned(REGION_PARAMS_REQUEST, request, signer.sign);
      const answer = await channel.value.call(REGION_PARAMS_PATH, message, signal);
      if (!answer.ok) return answer;
      const read = take(answer.value);
      if (read.ok && params === read.value) answeredAt = clock.mono();
      // Without it the next start asks again; nothing else is lost.
      if (read.ok && params === read.value)
        await keyDisk()
          .replace(path, answer.value)
          .catch(() => undefined);
      return read;
    } finally {
      channel.value.close();
    }
  };

  return {
    async recall() {
      const kept = await readFile(path).catch(() => undefined);
      if (kept !== undefined && kept.length <= ANSWER_MAX_BYTES) take(Uint8Array.from(kept));
    },
    async run(signal) {
      let waitMs = RETRY_MS_MIN;
      for (;;) {
        const asked = await ask(signal);
        signal.throwIfAborted();
        // That the service is away is usual, and harms nobody who has its last answer.
        const isAlarming = !asked.ok && (asked.fault.kind !== 'unreachable' || params === undefined);
        if (!asked.ok && isAlarming && told !== asked.fault.words) parts.alarm(asked.fault);
        told = asked.ok ? '' : asked.fault.words;
        await clock.sleep((asked.ok ? AGAIN_MS : waitMs) * (0.8 + 0.2 * random()), signal);
        waitMs = asked.ok ? RETRY_MS_MIN : Math.min(waitMs * 2, RETRY_MS_MAX);
      }
    },
    get params() {
      return params;
    },
    get answeredAt() {
      return answeredAt;
    },
  };
};

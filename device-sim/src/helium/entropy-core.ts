import { createHash } from 'node:crypto';
import { encode } from '@outpost/gateway/helium';
import { ENTROPY_REPORT } from '@outpost/gateway/helium-coverage';
import { type Clock, NS_PER_S } from '@outpost/schemas/words';

/** Seconds for which the service gave the same entropy: a block's hash (poc_entropy/src/entropy_generator.rs). */
const PERIOD_S = 60n;

/** What the service answers with: as it was, empty as since its retirement, or wrong in some way. */
export type EntropyMode = 'good' | 'retired' | 'garbage' | 'version-2' | 'stale' | 'too-long';

export interface EntropyCore {
  mode: EntropyMode;
  asked: number;
  answer(): Uint8Array;
}

const GARBAGE = Uint8Array.of(0x0a, 0xff, 0xff, 0x03, 0x01);
const NONE = new Uint8Array(0);

const hashOf = (timestampS: bigint): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(String(timestampS)).digest());

export const createEntropyCore = (clock: Clock): EntropyCore => {
  const core: EntropyCore = {
    mode: 'good',
    asked: 0,
    answer: () => {
      core.asked += 1;
      const nowS = clock.wall() / NS_PER_S;
      const timestamp = nowS - (nowS % PERIOD_S);
      const good = { data: hashOf(timestamp), timestamp, version: 0 };
      switch (core.mode) {
        case 'good':
          return encode(ENTROPY_REPORT, good);
        case 'retired':
          return encode(ENTROPY_REPORT, { data: NONE, timestamp: nowS, version: 0 });
        case 'garbage':
          return GARBAGE;
        case 'version-2':
          return encode(ENTROPY_REPORT, { ...good, version: 2 });
        case 'stale':
          return encode(ENTROPY_REPORT, { ...good, timestamp: timestamp - 86_400n });
        case 'too-long':
          return encode(ENTROPY_REPORT, { ...good, data: new Uint8Array(4_096) });
      }
    },
  };
  return core;
};

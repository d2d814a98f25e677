/**
 * How many parameters a second the ELM327 adapter gets out of each make of simulated dongle, one at a time and six in a
 * request, with the limit of requests lifted. In simulated time: the figures are the same on every machine.
 *
 *     npm run soak -- elm327-rate [--seconds 30]
 *
 * Prints one JSON object to stdout. Exits with 1 where a bar is missed: 8 and 25 a second from the clone, 100 from the STN
 * chip, 95 % of the time spent on live values from genuine and STN chips, and 95 % of it spent on any request from all.
 */
import { parseArgs } from 'node:util';
import { PROFILE_NAMES, type ProfileName } from '../devices/elm327/profile.ts';
import { measureRate, type RateResult } from './elm327-rate.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' } } });
const forMs = Number(values.seconds) * 1_000;

const results = PROFILE_NAMES.flatMap((profile) =>
  [1, 6].map((parameters) => {
    process.stderr.write(`${profile}, ${parameters} in a request\n`);
    return measureRate(profile, parameters, forMs);
  }),
);

const BARS: Readonly<Partial<Record<ProfileName, readonly [number, number]>>> = {
  clone: [8, 25],
  stn: [0, 100],
  'stn-2120': [0, 100],
};
const SHARE_MIN = 0.95;
/** Genuine and STN chips; of the others lose some what they are sent, and some are slow enough that codes and lists count. */
const QUICK: readonly ProfileName[] = ['genuine', 'genuine-1.4', 'stn', 'stn-2120'];

const misses = ({ profile, parametersPerRequest, pidsPerSecond, share, busyShare }: RateResult): boolean => {
  const [single, packed] = BARS[profile] ?? [0, 0];
  const bar = parametersPerRequest === 1 ? single : packed;
  return pidsPerSecond < bar || busyShare < SHARE_MIN || (share < SHARE_MIN && QUICK.includes(profile));
};

process.stdout.write(`${JSON.stringify({ results, missed: results.filter(misses) }, undefined, 2)}\n`);
process.exitCode = results.some(misses) ? 1 : 0;

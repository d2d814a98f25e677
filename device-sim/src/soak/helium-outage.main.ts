/**
 * A whole gateway with Helium as its network, under load, killed (kill -9) at random moments, its router away now and
 * then for longer than a packet is worth anything. The clocks of the gateway and of the router run `speed` times as
 * fast as the machine's.
 *
 *     npm run soak -- helium-outage [--minutes 24] [--rate 40] [--kills 20] [--outages 4] [--outage-seconds 150]
 *         [--speed 6] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 where a frame is sent twice, ends not at all or
 * twice, or is missing from the evidence.
 */
import { parseArgs } from 'node:util';
import { runHeliumOutage } from './helium-outage.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '24' },
    rate: { type: 'string', default: '40' },
    kills: { type: 'string', default: '20' },
    outages: { type: 'string', default: '4' },
    'outage-seconds': { type: 'string', default: '150' },
    speed: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
  },
});

const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const report = await runHeliumOutage({
  minutes: Number(values.minutes),
  framesPerSecond: Number(values.rate),
  kills: Number(values.kills),
  outages: Number(values.outages),
  outageSeconds: Number(values['outage-seconds']),
  speed: Number(values.speed),
  seed: Number(values.seed),
  signal: abort.signal,
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
const isRight = Object.values(report.wrong).every((count) => count === 0);
process.exitCode = isRight && report.ends.settled > 0 && report.ends.expired > 0 ? 0 : 1;

/**
 * A day without any network: hotspots send over UDP to a gateway of its own process, which is killed (kill -9) at
 * random moments and started again; then a network server and a network for attestations come back, and the gateway is
 * killed while it catches up with them. The gateway's clock, and so each of its waits, runs `speed` times as fast.
 *
 *     npm run soak -- lora-outage [--hours 24] [--rate 10] [--kills 20] [--kills-after 3] [--speed 60] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 where a frame that was acknowledged is missing
 * from the journal or from a network, or is there twice.
 */
import { parseArgs } from 'node:util';
import { runLoraOutage } from './lora-outage.ts';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '24' },
    rate: { type: 'string', default: '10' },
    kills: { type: 'string', default: '20' },
    'kills-after': { type: 'string', default: '3' },
    speed: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
});

const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const report = await runLoraOutage({
  hours: Number(values.hours),
  framesPerSecond: Number(values.rate),
  kills: Number(values.kills),
  killsAfter: Number(values['kills-after']),
  speed: Number(values.speed),
  seed: Number(values.seed),
  signal: abort.signal,
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
const isRight = Object.values(report.wrong).every((count) => count === 0);
process.exitCode = isRight && report.acknowledged > 0 ? 0 : 1;

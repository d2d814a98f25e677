/**
 * A subscriber that takes nothing while its topic is flooded, at a whole gateway: what the subscriber of another topic
 * gets in its worst second.
 *
 *     npm run soak -- broker-frozen [--rate 20000] [--seconds 30]
 *
 * Prints progress to stderr and one JSON object to stdout; exits with 1 where the bar is missed.
 */
import { parseArgs } from 'node:util';
import { runFrozen } from './broker-frozen.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '30' },
  },
});

const WORST_SECOND_MIN = 0.7;

const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const result = await runFrozen({
  floodPerSecond: Number(values.rate),
  seconds: Number(values.seconds),
  signal: abort.signal,
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
if (result.frozen.worstSecond < WORST_SECOND_MIN) process.exitCode = 1;

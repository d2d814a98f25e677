/**
 * A subscriber that takes nothing while its topic is flooded: what the subscriber of another topic gets in its worst
 * second, beside the same with everybody listening. Of the broker alone, or with `--gateway` of a whole gateway, in which
 * each message becomes a reading in the journal too.
 *
 *     npm run soak -- broker-frozen [--rate 20000] [--seconds 30] [--gateway]
 *
 * Prints progress to stderr and one JSON object to stdout; exits with 1 where the bar is missed.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runFrozen } from './broker-frozen.ts';
import { brokerTarget, gatewayTarget } from './broker-frozen-target.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '30' },
    gateway: { type: 'boolean', default: false },
  },
});

const WORST_SECOND_MIN = 0.7;

const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const child = join(dirname(fileURLToPath(import.meta.url)), 'broker-frozen.child.js');
const result = await runFrozen({
  open: (directory) => (values.gateway ? gatewayTarget(directory) : brokerTarget(directory, child)),
  floodPerSecond: Number(values.rate),
  seconds: Number(values.seconds),
  signal: abort.signal,
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
if (result.frozen.worstSecond < WORST_SECOND_MIN) process.exitCode = 1;

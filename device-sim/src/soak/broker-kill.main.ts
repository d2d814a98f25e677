/**
 * PUBACK means "on the disk": kill -9 of a whole gateway while a device publishes to it with QoS 1, again and again on
 * one data directory, and then a look at what the journal holds.
 *
 *     npm run soak -- broker-kill [--kills 100] [--rate 2000] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 where anything acknowledged is missing.
 */
import { parseArgs } from 'node:util';
import { runBrokerKills } from './broker-kill.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    rate: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
});

const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const tally = await runBrokerKills({
  kills: Number(values.kills),
  perSecond: Number(values.rate),
  seed: Number(values.seed),
  signal: abort.signal,
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), ...tally })}\n`);
if (tally.lost > 0 || tally.acknowledged === 0) process.exitCode = 1;

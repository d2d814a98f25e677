/**
 * Sessions of nonsense at the broker: mutated, cut and hostile packets, in any pieces, by senders that are known and
 * unknown. Nothing may be uncaught and nothing left behind.
 *
 *     npm run soak -- broker-fuzz [--sessions 50000] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. With `node --expose-gc` the growth of the heap is exact.
 */
import { parseArgs } from 'node:util';
import { runBrokerFuzz } from './broker-fuzz.ts';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
  },
});

const HEAP_GROWTH_MAX_MEBIBYTES = 32;

const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const tally = await runBrokerFuzz({
  sessions: Number(values.sessions),
  seed: Number(values.seed),
  signal: abort.signal,
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), ...tally })}\n`);
const isBad =
  tally.uncaught.length > 0 ||
  tally.connectionsLeft > 0 ||
  tally.heapGrowthMebibytes > HEAP_GROWTH_MAX_MEBIBYTES;
if (isBad) process.exitCode = 1;

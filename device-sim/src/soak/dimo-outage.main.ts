/**
 * A week without DIMO: a gateway makes a status message every 20 s of a simulated clock and is killed (kill -9) at
 * random places; then the ingest is back, and it is killed while it catches up.
 *
 *     npm run soak -- dimo-outage [--messages 30240] [--kills 14] [--kills-after 6] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 where a message is missing at the ingest, is
 * there twice, out of order, or was refused.
 */
import { parseArgs } from 'node:util';
import { runDimoOutage } from './dimo-outage.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '30240' },
    kills: { type: 'string', default: '14' },
    'kills-after': { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
  },
});

const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const report = await runDimoOutage({
  messages: Number(values.messages),
  kills: Number(values.kills),
  killsAfter: Number(values['kills-after']),
  seed: Number(values.seed),
  signal: abort.signal,
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
const isRight = Object.values(report.wrong).every((count) => count === 0);
process.exitCode = isRight && report.stored > 0 ? 0 : 1;

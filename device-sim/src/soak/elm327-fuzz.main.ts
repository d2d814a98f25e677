/**
 * The ELM327 adapter against damaged replies, judged by an oracle that knows what the car truly said.
 *
 *     npm run soak -- elm327-fuzz [--count 1000000] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 on any value that should not be.
 */
import { parseArgs } from 'node:util';
import { fuzzElm327 } from './elm327-fuzz.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});

const report = fuzzElm327(Number(values.count), Number(values.seed), (replies) => {
  process.stderr.write(`${replies} replies\n`);
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = Object.values(report.wrong).every((count) => count === 0) ? 0 : 1;

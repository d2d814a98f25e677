/**
 * The SLCAN adapter against lines that are lost, doubled, late, cut, glued together or changed on their way.
 *
 *     npm run soak -- slcan-fuzz [--count 100000] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 on any reading that should not be.
 */
import { parseArgs } from 'node:util';
import { fuzzSlcan } from './slcan-fuzz.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});

const report = fuzzSlcan(Number(values.count), Number(values.seed), (requests) => {
  process.stderr.write(`${requests} requests\n`);
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = Object.values(report.wrong).every((count) => count === 0) ? 0 : 1;

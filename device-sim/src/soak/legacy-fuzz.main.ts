/**
 * Cars on the buses before CAN behind an ELM327, whose replies are damaged on the way; judged by what they truly said.
 *
 *     npm run soak -- legacy-fuzz [--count 100000] [--seed 1]
 *
 * Prints one JSON object. Exits with 1 on any value that should not be.
 */
import { parseArgs } from 'node:util';
import { fuzzLegacy } from './legacy-fuzz.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});

const report = fuzzLegacy(Number(values.count), Number(values.seed));
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = report.wrong === 0 ? 0 : 1;

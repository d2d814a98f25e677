/**
 * The Semtech UDP adapter against datagrams that are spoiled, cut, joined, bent in their values and their structure, or
 * noise, from gateways that may speak and from strangers, with transmissions and forged answers in between.
 *
 *     npm run soak -- gwmp-fuzz [--count 1000000] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 on anything that should not be.
 */
import { parseArgs } from 'node:util';
import { fuzzGwmp } from './gwmp-fuzz.ts';
import { resident } from './memory.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});

const begun = performance.now();
const report = fuzzGwmp(Number(values.count), Number(values.seed), resident(), (datagrams) => {
  process.stderr.write(`${datagrams} datagrams\n`);
});
const seconds = (performance.now() - begun) / 1_000;
process.stdout.write(`${JSON.stringify({ ...report, seconds }, undefined, 2)}\n`);
process.exitCode = Object.values(report.wrong).every((count) => count === 0) ? 0 : 1;

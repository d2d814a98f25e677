/**
 * Everything of the gateway's end of DIMO that reads what comes from outside (answers, the login's challenge and token,
 * certificates, events as DIMO gives them back, what binds the box, settings, the weeks' file) and both ports of the
 * conformance node, against texts that are spoiled.
 *
 *     npm run soak -- dimo-fuzz [--count 200000] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 where something is thrown, believed that was
 * changed, or takes long.
 */
import { parseArgs } from 'node:util';
import { fuzzDimo } from './dimo-fuzz.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
  },
});

const nowMs = (): number => performance.now();
const report = await fuzzDimo(Number(values.count), Number(values.seed), nowMs, (done) => {
  process.stderr.write(`${done} inputs\n`);
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = Object.values(report.wrong).every((count) => count === 0) ? 0 : 1;

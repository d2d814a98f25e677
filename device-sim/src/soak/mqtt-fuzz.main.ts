/**
 * The adapters of devices that publish over MQTT against messages that are bent, cut, joined, on another topic, or noise.
 *
 *     npm run soak -- mqtt-fuzz [--count 300000] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 on anything that should not be.
 */
import { parseArgs } from 'node:util';
import { fuzzMqtt } from './mqtt-fuzz.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300000' },
    seed: { type: 'string', default: '1' },
  },
});

const begun = performance.now();
const report = await fuzzMqtt(Number(values.count), Number(values.seed), (messages) => {
  process.stderr.write(`${messages} messages\n`);
});
const seconds = (performance.now() - begun) / 1_000;
process.stdout.write(`${JSON.stringify({ ...report, seconds }, undefined, 2)}\n`);
process.exitCode = Object.values(report.wrong).every((count) => count === 0) ? 0 : 1;

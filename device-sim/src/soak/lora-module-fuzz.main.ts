/**
 * Every family of serial LoRa modules against lines that cut what they print into any chunks, break it off, put logs
 * between and within, or change it.
 *
 *     npm run soak -- lora-module-fuzz [--count 20000] [--seed 1] [--family meshtastic]
 *
 * `count` is frames of each family on each kind of line. Prints progress to stderr and one JSON object to stdout.
 * Exits with 1 where a frame of a clean line was lost, a whole frame of a Meshtastic radio on a broken one, or a
 * reading is not what its bytes say.
 */
import { parseArgs } from 'node:util';
import { fuzzLoraModules, isGood } from './lora-module-fuzz.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    family: { type: 'string' },
  },
});

const families = values.family === undefined ? undefined : [values.family];
const report = await fuzzLoraModules(Number(values.count), Number(values.seed), families, (words) => {
  process.stderr.write(`${words}\n`);
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = isGood(report) ? 0 : 1;

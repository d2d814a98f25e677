/**
 * A simulated day of eight hotspots over a network that loses and delays: every item has one fate, every frame that
 * arrived is one reading, every transmission ends once, a deaf radio and a hotspot that is away are told of in time,
 * and nothing else is.
 *
 *     npm run soak -- gwmp-day [--hours 24] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 on anything that should not be.
 */
import { parseArgs } from 'node:util';
import { gwmpDay } from './gwmp-day.ts';

const { values } = parseArgs({
  options: { hours: { type: 'string', default: '24' }, seed: { type: 'string', default: '1' } },
});

const report = gwmpDay(Number(values.hours), Number(values.seed), (hours) =>
  process.stderr.write(`${hours} h\n`),
);
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = Object.values(report.wrong).every((count) => count === 0) ? 0 : 1;

/**
 * How soon frames over UDP are acknowledged, which is when they are on the disk, and whether any is lost.
 *
 *     npm run soak -- gwmp-rate [--rate 200] [--seconds 60]
 *
 * Prints one JSON object. Exits with 1 where a datagram is lost, where the kernel dropped one, or where the 99th
 * percentile of acknowledgements is more than 5 ms over that of the disk's own sync in the same run.
 */
import { parseArgs } from 'node:util';
import { measureGwmpRate } from './gwmp-rate.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
  },
});

const report = await measureGwmpRate({ perSecond: Number(values.rate), seconds: Number(values.seconds) });
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = Object.values(report.wrong).every((count) => count === 0) ? 0 : 1;

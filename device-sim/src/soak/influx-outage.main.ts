/**
 * InfluxDB is away for an hour at 100 points a second, by a simulated clock, on a real journal and a real InfluxDB.
 *
 *     npm run soak -- influx-outage [--away 3600] [--rate 100]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 where a bar is missed: nothing lost, nothing
 * twice, drained within 60 s, memory flat (the heap grows by less than 4 MiB).
 */
import { parseArgs } from 'node:util';
import { realInflux } from '@outpost/gateway';
import { runOutage } from './influx-outage.ts';

const { values } = parseArgs({
  options: { away: { type: 'string', default: '3600' }, rate: { type: 'string', default: '100' } },
});
const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));

const found = await realInflux(abort.signal);
if (!found.ok) {
  process.stderr.write(`${found.fault.words}\n`);
  process.exitCode = 1;
} else {
  const result = await runOutage({
    program: found.value.path,
    beforeS: 60,
    awayS: Number(values.away),
    afterS: 60,
    pointsPerSecond: Number(values.rate),
    signal: abort.signal,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  const { made, stored, distinct, drainedMs, heapGrowthMebibytes } = result;
  const met = stored === made && distinct === made && drainedMs <= 60_000 && heapGrowthMebibytes < 4;
  process.stdout.write(`${JSON.stringify({ met, ...result })}\n`);
  process.exitCode = met ? 0 : 1;
}

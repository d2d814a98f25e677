/**
 * A burst of messages with QoS 1 at a gateway whose InfluxDB is away, for as long in real time as is asked for: what was
 * acknowledged must be in InfluxDB once it is back, and the gateway must not have grown with what waits.
 *
 *     npm run soak -- broker-burst [--messages 20000] [--minutes 10]
 *
 * Prints progress to stderr and one JSON object to stdout; exits with 1 where a bar is missed.
 */
import { parseArgs } from 'node:util';
import { realInflux } from '@outpost/gateway';
import { sentence } from '@outpost/schemas/words';
import { runBurst } from './broker-burst.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    minutes: { type: 'string', default: '10' },
  },
});

const RSS_GROWTH_MAX_MEBIBYTES = 64;

const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const found = await realInflux(abort.signal);
if (!found.ok) throw new Error(sentence(found.fault));
const result = await runBurst({
  program: found.value.path,
  messages: Number(values.messages),
  awayMinutes: Number(values.minutes),
  signal: abort.signal,
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify({ awayMinutes: Number(values.minutes), ...result }, undefined, 2)}\n`);
if (result.lost > 0 || result.rssGrowth > RSS_GROWTH_MAX_MEBIBYTES) process.exitCode = 1;

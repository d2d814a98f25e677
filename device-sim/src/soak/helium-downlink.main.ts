/**
 * Downlinks of Helium's router through a whole gateway to four forwarders, on real sockets and in real time, with first
 * windows that can be used and such that cannot.
 *
 *     npm run soak -- helium-downlink [--count 2000] [--rate 20]
 *
 * Prints one JSON object. Exits with 1 where one comes late (p99 over 20 ms), to the wrong gateway, or without its second
 * window.
 */
import { parseArgs } from 'node:util';
import { runHeliumDownlink } from './helium-downlink.ts';

const P99_MAX_MS = 20;

const { values } = parseArgs({
  options: { count: { type: 'string', default: '2000' }, rate: { type: 'string', default: '20' } },
});
const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const report = await runHeliumDownlink({
  count: Number(values.count),
  perSecond: Number(values.rate),
  signal: abort.signal,
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
const isRight = Object.values(report.wrong).every((count) => count === 0);
process.exitCode = isRight && report.untilToldMs.p99 <= P99_MAX_MS ? 0 : 1;

/**
 * Sessions to Helium's router renewed under load, on real sockets and in real time, the router in a process of its own.
 *
 *     npm run soak -- helium-rotation [--rotations 100] [--gateways 20] [--rate 200] [--every-seconds 60]
 *
 * Prints one JSON object. Exits with 1 where a packet is lost or in doubt, comes twice, or the router cut a session. What either
 * side drops for the limit of 25 a second, because a busy machine bunched packets, is counted apart.
 */
import { parseArgs } from 'node:util';
import { openLoad, sendSteadily } from '../bench/helium-load.ts';

const { values } = parseArgs({
  options: {
    rotations: { type: 'string', default: '100' },
    gateways: { type: 'string', default: '20' },
    rate: { type: 'string', default: '200' },
    'every-seconds': { type: 'string', default: '60' },
  },
});
const [rotations, gateways, perSecond] = [values.rotations, values.gateways, values.rate].map(Number);
const everyMinutes = Number(values['every-seconds']) / 60;
if (rotations === undefined || gateways === undefined || perSecond === undefined)
  throw new Error('no numbers');

await using load = await openLoad(gateways, { rotateAfterMinutes: everyMinutes });
const { signal } = new AbortController();
const ended: Record<string, number> = {};
const seen = { counts: await load.counts(), sent: 0 };
while (seen.counts.sessions < gateways + rotations) {
  const outcomes = await sendSteadily(load, { perSecond, seconds: 5, signal });
  seen.sent += outcomes.length;
  for (const { kind } of outcomes) ended[kind] = (ended[kind] ?? 0) + 1;
  seen.counts = await load.counts();
}
const { counts, sent } = seen;
const renewed = counts.sessions - gateways;
const report = { rotations: renewed, sent, ended, router: counts, alarms: load.alarms.slice(0, 4) };
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
const limited = counts.dropped['gateway_limit_exceeded'] ?? 0;
const isWhole =
  (ended['settled'] ?? 0) + (ended['refused'] ?? 0) === sent &&
  counts.taken + limited === ended['settled'] &&
  counts.stopped['killed'] === undefined;
process.exitCode = isWhole ? 0 : 1;

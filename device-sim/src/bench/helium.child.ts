/**
 * Helium's servers in a process of their own. Says where they listen and which key to pin, then, whenever it is asked
 * by a line, how many packets they have taken and dropped.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '@outpost/firmware-bridge';
import { addressOf, serveHelium } from '../helium/index.ts';

const served = await serveHelium({ listen: new URL('http://127.0.0.1:0'), clock: systemClock() });
if (!served.ok) throw new Error(served.fault.words);
const { url, config, router } = served.value;
process.stdout.write(`${JSON.stringify({ url, configKey: addressOf(config.key) })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'kill') router.killAll();
  const { taken, sessions, dropped, stopped } = router.tally;
  const all = { taken, sessions, dropped: Object.fromEntries(dropped), stopped: Object.fromEntries(stopped) };
  process.stdout.write(`${JSON.stringify(all)}\n`);
}
process.exit(0);

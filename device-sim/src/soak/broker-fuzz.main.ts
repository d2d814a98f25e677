/**
 * Sessions of nonsense at the broker, in a process of its own: packets of MQTT 3.1.1 and 5, mutated, cut and hostile, in any
 * pieces, over TCP and WebSocket, by senders that are known and unknown. Nothing may be uncaught, nothing left behind, and
 * a sound client is served throughout.
 *
 *     npm run soak -- broker-fuzz [--minutes 10] [--sessions N] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout; exits with 1 where anything is not as it should be.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runBrokerFuzz } from './broker-fuzz.ts';
import { leftBehind } from './broker-fuzz-left.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    sessions: { type: 'string', default: '100000000' },
    seed: { type: 'string', default: '1' },
  },
});

const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const tally = await runBrokerFuzz({
  child: join(dirname(fileURLToPath(import.meta.url)), 'broker-fuzz.child.js'),
  sessions: Number(values.sessions),
  minutes: Number(values.minutes),
  seed: Number(values.seed),
  signal: abort.signal,
  say: (line) => void process.stderr.write(`${line}\n`),
});
const left = leftBehind(tally);
process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), left, ...tally }, undefined, 2)}\n`);
if (tally.uncaught.length > 0 || tally.probes.failed > 0 || left.length > 0) process.exitCode = 1;

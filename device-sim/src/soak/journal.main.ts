/**
 * The journal's crash bars in full: power cuts on a disk in memory that forgets like a real one, at random places and
 * at every write boundary of a scripted life, and kill -9 of a real process on a real disk.
 *
 *     npm run soak -- journal [--cuts 1000] [--steps 60] [--kills 100] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1, and the failing seed, on any loss.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runKills } from './kills.ts';
import { newCutTally, runCuts, runEveryBoundary } from './power-cuts.ts';

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '1000' },
    steps: { type: 'string', default: '60' },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
});

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const randomCuts = async (cuts: number, from: number) => {
  const tally = newCutTally();
  for (let seed = from; tally.cuts < cuts; seed += 1) {
    // Every second seed also has a full disk now and then, and writes and syncs that fail.
    await runCuts({ seed, lives: 5, steps: 30, troubled: seed % 2 === 0 }, tally);
    if (seed % 100 === 0) say(`${tally.cuts} cuts, ${tally.acknowledgedRecords} records acknowledged`);
  }
  return tally;
};

const kills = async (count: number, seed: number) => {
  const scratch = await mkdtemp(join(tmpdir(), 'outpost-kills-'));
  const child = join(dirname(fileURLToPath(import.meta.url)), 'journal-child.js');
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
  try {
    const directory = join(scratch, 'journal');
    return await runKills({ child, directory, kills: count, seed, signal: abort.signal, say });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

try {
  const seed = Number(values.seed);
  const atRandom = await randomCuts(Number(values.cuts), seed);
  say(`${atRandom.cuts} power cuts at random places: nothing acknowledged is lost`);
  const everywhere = newCutTally();
  const boundaries = await runEveryBoundary(seed, Number(values.steps), everywhere);
  say(`a cut at each of ${boundaries} write boundaries of one life: nothing acknowledged is lost`);
  const killed = await kills(Number(values.kills), seed);
  say(`${killed.kills} kill -9: nothing acknowledged is lost`);
  process.stdout.write(`${JSON.stringify({ seed, atRandom, boundaries, everywhere, killed })}\n`);
} catch (error) {
  say(`LOST: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

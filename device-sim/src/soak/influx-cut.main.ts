/**
 * The power goes within seconds of the first start of InfluxDB, as when a new box is plugged in, looked at and
 * unplugged; then it is started again.
 *
 *     npm run soak -- influx-cut [--cuts 20] [--seed 1] [--by loop|zeros]
 *
 * As root the cut is real: an ext4 file system on a loop device, whose image is copied while influxd is stopped and
 * the file system is mounted. Else (`zeros`) segment heads are zeroed as such a cut does. Prints progress to stderr
 * and one JSON object to stdout. Exits with 1 where a start took longer than 5 s or an acknowledged point is missing.
 */
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { realInflux } from '@outpost/gateway';
import { random } from '../random/sfc32.ts';
import { type CutBy, runCut } from './influx-cut.ts';

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    by: { type: 'string' },
  },
});
const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** What this machine and user can do: `losetup -f` fails without a loop device or the right to use one. */
const byDefault = async (): Promise<CutBy> => {
  try {
    await promisify(execFile)('losetup', ['-f']);
    return process.getuid?.() === 0 ? 'loop' : 'zeros';
  } catch {
    return 'zeros';
  }
};

const ANSWER_MS = 5_000;
/** Of a cut after the first start; that of a cut after the first files is in the midst of putting them on the disk. */
const LAST_MS = 3_500;
const LAST_MS_OF_FILES = 60;

const soak = async (program: string, by: CutBy, cuts: number, seed: number) => {
  const chance = random(seed, 'influx-cut');
  const tally = {
    by,
    cuts: 0,
    answered: 0,
    slowestMs: 0,
    acknowledged: 0,
    lost: 0,
    repairs: 0,
    bareHangs: 0,
  };
  for (let i = 0; i < cuts; i += 1) {
    const scratch = await mkdtemp(join(tmpdir(), 'outpost-cut-'));
    const cutFrom = i % 2 === 0 ? 'files' : 'start';
    const cutAfterMs = Math.round(chance.between(0, cutFrom === 'files' ? LAST_MS_OF_FILES : LAST_MS));
    const result = await runCut({
      program,
      by,
      scratch,
      cutFrom,
      cutAfterMs,
      chance: () => chance.unit(),
      signal: abort.signal,
    });
    tally.cuts += 1;
    tally.answered += result.answeredMs <= ANSWER_MS ? 1 : 0;
    tally.slowestMs = Math.max(tally.slowestMs, result.answeredMs);
    tally.acknowledged += result.acknowledged;
    tally.lost += Math.max(0, result.acknowledged - result.found);
    tally.repairs += result.repairs;
    tally.bareHangs += result.bareHangs ? 1 : 0;
    say(`cut ${i + 1} ${cutAfterMs} ms after the first ${cutFrom}: ${JSON.stringify(result)}`);
  }
  return tally;
};

const found = await realInflux(abort.signal);
if (!found.ok) {
  say(found.fault.words);
  process.exitCode = 1;
} else {
  const by = values.by === 'loop' || values.by === 'zeros' ? values.by : await byDefault();
  const tally = await soak(found.value.path, by, Number(values.cuts), Number(values.seed));
  const met = tally.answered === tally.cuts && tally.lost === 0;
  process.stdout.write(`${JSON.stringify({ met, ...tally })}\n`);
  process.exitCode = met ? 0 : 1;
}

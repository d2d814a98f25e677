/**
 * A simulated day with a car that is driven all day, 12 signals five times a second: through the real adapter and
 * recorder into a journal on the disk, and read back from there.
 *
 *     npm run soak -- obd-day [--hours 24] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 where a line of the dongle or a reading is
 * missing, where something is out of order, or where memory grew by 20 MB after the first hour.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '@outpost/firmware-bridge';
import { elapsedMs } from '@outpost/schemas/words';
import { resident } from './memory.ts';
import { isWhole, obdDay } from './obd-day.ts';

const GROWTH_MAX_BYTES = 20_000_000;

const { values } = parseArgs({
  options: { hours: { type: 'string', default: '24' }, seed: { type: 'string', default: '1' } },
});

const clock = systemClock();
const since = clock.mono();
const memory = resident();
const samples: number[] = [];
const directory = await mkdtemp(join(tmpdir(), 'outpost-soak-'));
try {
  const day = await obdDay({
    hours: Number(values.hours),
    seed: Number(values.seed),
    directory,
    passed: (hours) => {
      const mebibytes = Math.round(memory.mebibytes() * 10) / 10;
      samples.push(mebibytes);
      const seconds = Math.round(elapsedMs(since, clock.mono()) / 1_000);
      process.stderr.write(`${hours} h in ${seconds} s, ${mebibytes} MiB\n`);
    },
  });
  const [first = 0, ...later] = samples;
  const growthMebibytes = Math.round(Math.max(0, ...later.map((each) => each - first)) * 10) / 10;
  const seconds = Math.round(elapsedMs(since, clock.mono()) / 1_000);
  const report = { ...day, seconds, rssMebibytes: samples, rssGrowthMebibytes: growthMebibytes };
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  process.exitCode = isWhole(day) && growthMebibytes * 2 ** 20 < GROWTH_MAX_BYTES ? 0 : 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

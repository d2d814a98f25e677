/**
 * How soon frames over UDP are acknowledged, which is when they are on the disk, and whether any is lost. Without
 * options the bars one after the other, 13 min in all: 200 datagrams a second for 10 min, 141 (what eight channels
 * hear at most) for 2 min, 1,000 for 10 s.
 *
 *     npm run soak -- gwmp-rate [--rate 200 --seconds 600]
 *
 * TMPDIR says on which disk. Prints the verdicts to stderr and one JSON object to stdout. Exits with 1 where a bar does
 * not hold; those on time are of the first two rates, the last is about losses.
 */
import { parseArgs } from 'node:util';
import { type GwmpRatePlan, measureGwmpRate } from './gwmp-rate.ts';

const BARS: readonly GwmpRatePlan[] = [
  { perSecond: 200, seconds: 600 },
  { perSecond: 141, seconds: 120 },
  { perSecond: 1_000, seconds: 10 },
];
/** Above this nobody is promised anything about time. */
const TIMED_PER_SECOND_MAX = 200;

const { values } = parseArgs({
  options: { rate: { type: 'string' }, seconds: { type: 'string', default: '600' } },
});

const plans =
  values.rate === undefined ? BARS : [{ perSecond: Number(values.rate), seconds: Number(values.seconds) }];
const reports = [];
for (const plan of plans) {
  const report = await measureGwmpRate(plan);
  reports.push(report);
  process.stderr.write(`${plan.perSecond} datagrams a second for ${plan.seconds} s\n`);
  const isTimed = plan.perSecond <= TIMED_PER_SECOND_MAX;
  for (const [at, { bar, holds, figure }] of report.verdicts.entries()) {
    const counts = isTimed || at < 2;
    process.stderr.write(`  ${holds ? 'holds' : counts ? 'FAILS' : 'no bar'}: ${bar}: ${figure}\n`);
    if (!holds && counts) process.exitCode = 1;
  }
}
process.stdout.write(`${JSON.stringify(reports, undefined, 2)}\n`);

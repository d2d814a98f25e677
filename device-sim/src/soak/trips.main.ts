/**
 * Drives six kinds of car through simulated dongles and compares the trips that come out with what was driven.
 *
 *     npm run soak -- trips [--count 100] [--seed 1] [--case wltc]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 on a trip that is split, missed, or outside of
 * 10 s at its start, 130 s at its end or 1 % of its way.
 */
import { parseArgs } from 'node:util';
import { CASE_NAMES, type TripsReport, tripRound, tripsReport } from './trips.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    case: { type: 'string' },
  },
});

const reports: Record<string, TripsReport> = {};
for (const name of CASE_NAMES) {
  if (values.case !== undefined && values.case !== name) continue;
  const rounds = Array.from({ length: Number(values.count) }, (_, i) => {
    const round = tripRound(name, Number(values.seed) + i);
    process.stderr.write(`${name} ${JSON.stringify(round)}\n`);
    return round;
  });
  reports[name] = tripsReport(rounds);
}
process.stdout.write(`${JSON.stringify(reports, undefined, 2)}\n`);
process.exitCode = Object.values(reports).every(({ missed }) => missed.length === 0) ? 0 : 1;

/**
 * Leaves six cars parked for a day each, quiet, visited, with a weak and with a flat battery, and after a drive, and
 * counts what is asked of them.
 *
 *     npm run soak -- parked [--count 1] [--seed 1] [--hours 24] [--vehicle electric]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 on a request that has no reason, or that a low
 * battery should have been spared.
 */
import { parseArgs } from 'node:util';
import { VEHICLE_NAMES } from '../car/vehicles/vehicles.ts';
import { DAYS, isGood, type ParkedJudged, parkedRound } from './parked.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    hours: { type: 'string', default: '24' },
    vehicle: { type: 'string' },
  },
});

const rounds: ParkedJudged[] = [];
for (let i = 0; i < Number(values.count); i += 1) {
  for (const vehicle of VEHICLE_NAMES.filter(
    (name) => values.vehicle === undefined || values.vehicle === name,
  )) {
    for (const day of DAYS) {
      const round = parkedRound({ vehicle, day, seed: Number(values.seed) + i }, Number(values.hours));
      process.stderr.write(`${JSON.stringify(round)}\n`);
      rounds.push(round);
    }
  }
}
const sum = (of: (round: ParkedJudged) => number): number => rounds.reduce((all, each) => all + of(each), 0);
const report = {
  rounds: rounds.length,
  hours: Number(values.hours),
  unexplained: sum(({ unexplained }) => unexplained),
  onLowBattery: sum(({ onLowBattery }) => onLowBattery),
  triggered: sum(({ triggered }) => triggered),
  blind: sum(({ blind }) => blind),
  blindInDayMost: Math.max(...rounds.map(({ blind }) => blind)),
  blindInHourMost: Math.max(...rounds.map(({ blindInHourMost }) => blindInHourMost)),
  bad: rounds.filter((round) => !isGood(round)),
};
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = report.bad.length === 0 ? 0 : 1;

/**
 * Every simulated car through days of every cycle, season and seed.
 *
 *     npm run soak -- cars [--seeds 30] [--days 2]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 where a trip is more than half a percent off
 * the distance of its cycle, or a value is beside its grid or not plausible.
 */
import { parseArgs } from 'node:util';
import { liveAllCars } from './cars.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '30' }, days: { type: 'string', default: '2' } },
});

const reports = liveAllCars(Number(values.seeds), Number(values.days), ({ vehicle, trips, wrong }) => {
  process.stderr.write(`${vehicle}: ${trips} trips, ${wrong} wrong values\n`);
});
const met = reports.every(({ worstDistancePercent, wrong }) => worstDistancePercent <= 0.5 && wrong === 0);
process.stdout.write(`${JSON.stringify({ met, reports }, undefined, 2)}\n`);
process.exitCode = met ? 0 : 1;

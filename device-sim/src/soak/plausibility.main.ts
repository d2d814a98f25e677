/**
 * How often honest drives are flagged, and how often liars' ones.
 *
 *     npm run soak -- plausibility [--drives 50] [--seconds 600] [--seed 1]
 *
 * Prints one JSON object to stdout: of each kind the number judged, the share flagged, and which rules spoke.
 */
import { parseArgs } from 'node:util';
import { VEHICLE_NAMES } from '../car/vehicles/vehicles.ts';
import { plausibilityRates, type Rate } from './plausibility.ts';

const { values } = parseArgs({
  options: {
    drives: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
  },
});

const told = ({ judged, flagged, rules }: Rate): object => ({
  judged,
  flaggedShare: Number((flagged / Math.max(1, judged)).toFixed(4)),
  rules: Object.fromEntries([...rules].sort(([, a], [, b]) => b - a)),
});

const plan = {
  vehicles: VEHICLE_NAMES,
  drives: Number(values.drives),
  seconds: Number(values.seconds),
  seed: Number(values.seed),
};
const { trips, windows } = plausibilityRates(plan, (vehicle) => {
  process.stderr.write(`  … ${vehicle}\n`);
});
const report = {
  plan,
  trips: Object.fromEntries([...trips].map(([name, rate]) => [name, told(rate)])),
  windows: Object.fromEntries([...windows].map(([name, rate]) => [name, told(rate)])),
};
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);

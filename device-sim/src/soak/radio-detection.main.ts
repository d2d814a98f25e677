/**
 * How often honest receptions are flagged, and how often lies are, by the judge of receptions.
 *
 *     npm run soak -- radio-detection [--worlds 12] [--seed 1] [--seconds 7200] [--hotspots 24] [--devices 150]
 *
 * Prints one JSON object to stdout: of the honest worlds and of each cheat the number judged, the share flagged
 * (rejected or doubtful), the share rejected, and which rules spoke how often.
 */
import { parseArgs } from 'node:util';
import { regionNamed } from '@outpost/schemas/radio';
import { wallNs } from '@outpost/schemas/words';
import { PROPAGATIONS } from '../radio/path-loss.ts';
import { planWorld } from '../radio/populate.ts';
import {
  type CheatRates,
  type DetectionRate,
  honestDay,
  judgeClones,
  judgeHonest,
  judgeLies,
  LIES,
  newRate,
  newRates,
  throughBroker,
} from './radio-detection.ts';

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '7200' },
    hotspots: { type: 'string', default: '24' },
    devices: { type: 'string', default: '150' },
  },
});

const round = (value: number): number => Number(value.toFixed(5));

const told = ({ judged, flagged, rejected, rules }: DetectionRate): object => ({
  judged,
  flaggedShare: round(flagged / Math.max(1, judged)),
  rejectedShare: round(rejected / Math.max(1, judged)),
  rules: Object.fromEntries([...rules].sort(([, a], [, b]) => b - a)),
});

const region = regionNamed('EU868');
if (region === undefined) throw new Error('EU868 is a region');
const surroundings = Object.entries(PROPAGATIONS);
/** Metres from the middle to the edge of a world, about as far as its signals reach. */
const RADIUS_M: Readonly<Record<string, number>> = {
  'free-space': 40_000,
  'hata-urban': 3_000,
  'hata-suburban': 6_000,
  'hata-open': 15_000,
  oulu: 8_000,
  lorasim: 300,
};
const honest = newRate();
const queued = newRate();
const byPropagation = new Map<string, DetectionRate>();
const cheats = new Map<string, CheatRates>([...LIES, 'cloned-eui'].map((name) => [name, newRates()]));
const ratesOf = (name: string): CheatRates => cheats.get(name) ?? newRates();

for (let i = 0; i < Number(values.worlds); i += 1) {
  const seed = Number(values.seed) + i;
  const [name, propagation] = surroundings[seed % surroundings.length] ?? [
    'free-space',
    { kind: 'free-space' },
  ];
  const plan = planWorld({
    seed,
    region,
    centre: { latitude: 525_200_000, longitude: 134_050_000 },
    radiusM: RADIUS_M[name] ?? 8_000,
    hotspots: Number(values.hotspots),
    devices: Number(values.devices),
    intervalS: 120,
    beaconEveryS: 1_800,
    surroundings: { propagation, terrain: undefined },
    startWall: wallNs(1_790_000_000_000_000_000n),
  });
  const day = honestDay(plan, Number(values.seconds), ({ tally }) => {
    process.stderr.write(`  … world ${seed}, ${name}: ${JSON.stringify(tally)}\n`);
  });
  const own = byPropagation.get(name) ?? newRate();
  byPropagation.set(name, own);
  judgeHonest(day, own);
  judgeHonest(day, honest);
  judgeHonest(throughBroker(day), queued);
  for (const each of LIES) judgeLies(day, each, ratesOf(each));
  judgeClones(day, ratesOf('cloned-eui'));
}

const report = {
  plan: values,
  honest: told(honest),
  honestThroughBroker: told(queued),
  honestBy: Object.fromEntries([...byPropagation].map(([name, rate]) => [name, told(rate)])),
  cheats: Object.fromEntries(
    [...cheats].map(([name, { lies, later, others, beside }]) => [
      name,
      { lies: told(lies), later: told(later), others: told(others), beside: told(beside) },
    ]),
  ),
};
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);

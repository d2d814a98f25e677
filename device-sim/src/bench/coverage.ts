import { loadCoverage, platformHash, platformVerifier } from '@outpost/gateway';
import { type EvidenceItem, type VerifyOptions, verifyEvidence } from '@outpost/schemas/evidence';
import {
  BEACON_EU868,
  type BeaconExplained,
  isReception,
  leafTaker,
  openBeacons,
  openSenders,
  receptionTaker,
  regionNamed,
} from '@outpost/schemas/radio';
import { beaconWith, evidenceOf, HEARERS } from './coverage-evidence.ts';
import type { Bench } from './result.ts';
import { median, quantile, rounds, timedMs } from './rounds.ts';

const WITNESSES = 14;
const ASSERTED_RESOLUTION = 12;

type Coverage = Awaited<ReturnType<typeof loadCoverage>>;

const check = (items: readonly EvidenceItem[], options: VerifyOptions): void => {
  const { verdict, problems } = verifyEvidence(items, options);
  if (verdict !== 'holds') throw new Error(`the evidence does not hold: ${problems[0]?.words ?? ''}`);
};

/** Both times through the evidence, as `outpost coverage verify` does; gives how many would be accepted. */
const explainAll = (
  items: readonly EvidenceItem[],
  options: VerifyOptions,
  { openEvidenceJudge }: Coverage,
): number => {
  const senders = openSenders();
  const take = leafTaker();
  check(items, {
    ...options,
    see: (statement, leaf) => {
      const signed = take(statement, leaf);
      if (signed !== undefined) senders.take(signed);
    },
  });
  const known = { region: regionNamed('EU868'), senders: new Map(), gateways: new Map(), gains: new Map() };
  const judge = openEvidenceJudge(known, senders, new Map());
  const again = receptionTaker();
  let accepted = 0;
  for (const item of items) {
    const signed = again(item);
    if (signed === undefined || !isReception(signed)) continue;
    if (judge.judge(signed).verdict === 'accepted') accepted += 1;
  }
  return accepted;
};

const beaconVerdict = ({ cellAt, hexGrid }: Coverage, seed: number): BeaconExplained | undefined => {
  const { frames, entropy } = beaconWith(WITNESSES, seed);
  const book = openBeacons({
    grid: hexGrid,
    cellAt: (place) => cellAt(place, ASSERTED_RESOLUTION),
    region: BEACON_EU868,
    gainDbi: () => undefined,
    entropy: () => entropy,
    placeOf: ({ body }) => body.location,
  });
  for (const signed of frames) book.take(signed);
  return book.explain()[0];
};

/** How fast evidence of receptions is checked and explained on one core. */
export const run: Bench = async ({ quick, signal, say }) => {
  const coverage = await loadCoverage();
  const frames = quick ? 512 : 10_240;
  const records = frames * HEARERS;
  say(`signing ${records} receptions`);
  const { items, key } = evidenceOf(frames);
  const options = { key, hash: platformHash, verify: platformVerifier() };
  const cpuMs: number[] = [];
  const timed = await rounds(
    {
      check: () => check(items, options),
      whole: () => {
        const before = process.cpuUsage();
        const accepted = explainAll(items, options, coverage);
        if (accepted !== records) throw new Error(`${accepted} of ${records} receptions would be accepted`);
        const { user, system } = process.cpuUsage(before);
        cpuMs.push((user + system) / 1_000);
      },
    },
    { rounds: quick ? 2 : 5, signal, say },
  );
  const verdictsMs: number[] = [];
  for (let seed = 0; seed < (quick ? 50 : 1_000); seed += 1) {
    let judged: BeaconExplained | undefined;
    const ms = await timedMs(() => {
      judged = beaconVerdict(coverage, seed);
    });
    const selected = judged?.verdict?.witnesses.filter((each) => each.selected).length;
    if (selected !== WITNESSES) throw new Error(judged?.words ?? 'no verdict');
    verdictsMs.push(ms);
  }
  const perSecond = (ms: number): number => (records / ms) * 1_000;
  const [checked, whole] = [perSecond(median(timed.check)), perSecond(median(timed.whole))];
  return {
    name: 'coverage',
    ratios: [
      { what: 'signatures checked and receptions explained, to checked alone', ratio: whole / checked },
    ],
    figures: [
      { what: 'checked and explained, both times through', value: whole, unit: 'records/s', bar: '≥ 10,000' },
      {
        what: 'the same by the processor’s time, all threads',
        value: perSecond(median(cpuMs)),
        unit: 'records/s',
      },
      { what: 'signatures, trees and chains checked', value: checked, unit: 'records/s' },
      {
        what: `a beacon of ${WITNESSES} witnesses, median`,
        value: median(verdictsMs),
        unit: 'ms',
        bar: '≤ 5',
      },
      { what: 'the same, p99', value: quantile(verdictsMs, 0.99), unit: 'ms' },
    ],
  };
};

import { distanceM } from '@outpost/schemas/privacy';
import {
  type CoverageContext,
  type CoverageRule,
  coverageJudge,
  type Reception,
  type Sender,
} from '@outpost/schemas/radio';
import { toHex, wallNs } from '@outpost/schemas/words';
import { clone, type Lie, liar, RADIO_LIES, type RadioLie } from '../cheats/radio-cheats.ts';
import type { Heard } from '../radio/air.ts';
import { placeAt } from '../radio/earth.ts';
import { toldPlace } from '../radio/hotspot.ts';
import { reportOf } from '../radio/report.ts';
import { type RadioWorld, radioWorld, type WorldPlan } from '../radio/world.ts';
import { drawAt, normalAt } from '../random/draw-at.ts';

/** How many were judged, how many raised at least a doubt or were rejected, and which rules spoke. */
export interface DetectionRate {
  judged: number;
  flagged: number;
  rejected: number;
  readonly rules: Map<CoverageRule, number>;
}

export const newRate = (): DetectionRate => ({ judged: 0, flagged: 0, rejected: 0, rules: new Map() });

/** All that an honest world reports, in its order. */
export interface HonestDay {
  readonly plan: WorldPlan;
  readonly receptions: readonly { readonly hotspot: number; readonly reception: Reception }[];
  readonly context: CoverageContext;
}

const CHANCE = { east: 201, north: 202 } as const;
/** Metres that a registered or a transmitted place is off. */
const PLACE_SIGMA_M = 12;

/** What is publicly known of who sent this. */
const senderOf = (plan: WorldPlan, { emission }: Heard): Sender | undefined => {
  const { by, source, startUs, number } = emission;
  if (by.kind === 'device') {
    const device = plan.devices[by.index];
    if (device?.isPlaceKnown !== true) return undefined;
    const index = device.motion === undefined ? 0 : number;
    const off = (channel: number): number => PLACE_SIGMA_M * normalAt(device.seed, channel, index);
    const place = placeAt(source.place, { eastM: off(CHANCE.east), northM: off(CHANCE.north) });
    return { place, eirpDbm: undefined };
  }
  const hotspot = plan.hotspots[by.index];
  const place = hotspot === undefined ? undefined : toldPlace(hotspot, startUs);
  return { place, eirpDbm: source.eirpDbm };
};

const STEP_US = 60_000_000;

/** Runs a world for so long. */
export const honestDay = (plan: WorldPlan, seconds: number, run: (world: RadioWorld) => void): HonestDay => {
  const world = radioWorld(plan);
  const senders = new Map<string, Sender>();
  const receptions: { readonly hotspot: number; readonly reception: Reception }[] = [];
  for (let untilUs = STEP_US; untilUs <= seconds * 1e6; untilUs += STEP_US)
    for (const heard of world.advance(untilUs)) {
      const hotspot = plan.hotspots[heard.hotspot];
      if (hotspot === undefined || heard.crc === 'bad') continue;
      const sender = senderOf(plan, heard);
      if (sender !== undefined) senders.set(toHex(heard.phy), sender);
      receptions.push({ hotspot: heard.hotspot, reception: reportOf(hotspot, plan.startWall, heard) });
    }
  run(world);
  const gains = new Map(plan.hotspots.map(({ eui, declaredGainDbi }) => [eui, declaredGainDbi]));
  const context = {
    region: plan.region,
    sender: ({ phy }: Reception) => senders.get(toHex(phy)),
    gainDbi: (gateway: string) => gains.get(gateway),
  };
  return { plan, receptions, context };
};

const count = (rate: DetectionRate, verdict: ReturnType<ReturnType<typeof coverageJudge>>): void => {
  rate.judged += 1;
  if (verdict.verdict === 'rejected') rate.rejected += 1;
  if (verdict.verdict !== 'rejected' && verdict.verdict !== 'doubtful') return;
  rate.flagged += 1;
  for (const { rule, outcome } of verdict.findings)
    if ((outcome === 'broken' && rule !== 'duplicate') || outcome === 'doubtful')
      rate.rules.set(rule, (rate.rules.get(rule) ?? 0) + 1);
};

/** What became of the lies, and of the true receptions beside them. */
export interface CheatRates {
  readonly lies: DetectionRate;
  /** Those in the second half of the day, when the judge knows its gateways and devices. */
  readonly later: DetectionRate;
  /** Of honest hotspots in the same world. */
  readonly others: DetectionRate;
  /** What a liar's hotspot says besides. */
  readonly beside: DetectionRate;
}

export const newRates = (): CheatRates => ({
  lies: newRate(),
  later: newRate(),
  others: newRate(),
  beside: newRate(),
});

/** One of so many hotspots lies. */
const LIAR_EVERY = 4;

const judgeDay = (day: HonestDay, lieOf: (hotspot: number) => Lie | undefined, rates: CheatRates): void => {
  const judge = coverageJudge(day.context);
  const half = day.receptions.length / 2;
  for (const [i, { hotspot, reception }] of day.receptions.entries()) {
    const lie = lieOf(hotspot);
    const told = lie?.(reception) ?? [{ reception, isLie: false }];
    const truths = lie === undefined ? rates.others : rates.beside;
    for (const { reception: claimed, isLie } of told) {
      const verdict = judge(claimed);
      count(isLie ? rates.lies : truths, verdict);
      if (isLie && i >= half) count(rates.later, verdict);
    }
  }
};

/** The honest day as it is. */
export const judgeHonest = (day: HonestDay, rate: DetectionRate): void =>
  judgeDay(day, () => undefined, { ...newRates(), others: rate });

/** So often a gateway's connection is lost, and for so long what it hears waits. */
const OUTAGE = { everyS: 1_800, forS: 600 } as const;
const WAIT_CHANCE = 203;

/**
 * What reaches the box through a broker that holds messages: gateways without satellites say no time, so that what is
 * known is when it came. `context` is told no gain at all, as where nobody has declared one.
 */
export const throughBroker = (day: HonestDay): HonestDay => {
  const start = day.receptions[0]?.reception.wall ?? 0n;
  const receptions = day.receptions.map(({ hotspot, reception }) => {
    if (reception.trust === 'gnss') return { hotspot, reception };
    const seed = day.plan.hotspots[hotspot]?.seed ?? 0;
    const shiftS = drawAt(seed, WAIT_CHANCE, 0) * OUTAGE.everyS;
    const atS = Number(reception.wall - start) / 1e9 + shiftS;
    const waitS = Math.max(0, OUTAGE.forS - (((atS % OUTAGE.everyS) + OUTAGE.everyS) % OUTAGE.everyS));
    const wall = wallNs(reception.wall + BigInt(Math.round(waitS * 1e9)));
    return { hotspot, reception: { ...reception, wall, trust: 'ntp' as const, waited: true as const } };
  });
  return { ...day, receptions, context: { ...day.context, gainDbi: () => undefined } };
};

export const judgeLies = (day: HonestDay, name: RadioLie, rates: CheatRates): void => {
  const lies = new Map<number, Lie>();
  for (let i = 0; i < day.plan.hotspots.length; i += LIAR_EVERY)
    lies.set(i, liar(name, day.plan.seed * 1_000 + i));
  judgeDay(day, (hotspot) => lies.get(hotspot), rates);
};

/** Clones stand where other hotspots of the world stand, at least so far from the one whose name they bear. */
const CLONE_AWAY_M = 2_000;
/** A clone needs something to copy: its victim has spoken for this part of the day before it begins. */
const CLONE_AFTER = 0.1;

export const judgeClones = (day: HonestDay, rates: CheatRates): void => {
  const { hotspots } = day.plan;
  const lies = new Map<number, Lie>();
  for (let i = 0; i < hotspots.length; i += LIAR_EVERY) {
    const [victim, box] = [hotspots[i], hotspots[i + 1]];
    if (victim === undefined || box === undefined) continue;
    if (distanceM(victim.home, box.home) >= CLONE_AWAY_M) lies.set(i + 1, clone(victim.eui));
  }
  const first = Math.floor(day.receptions.length * CLONE_AFTER);
  const later = day.receptions.filter(({ hotspot }, i) => i >= first || !lies.has(hotspot));
  judgeDay({ ...day, receptions: later }, (hotspot) => lies.get(hotspot), rates);
};

export const LIES: readonly RadioLie[] = Object.keys(RADIO_LIES) as readonly RadioLie[];

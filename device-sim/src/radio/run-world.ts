import type { Reception } from '@outpost/schemas/radio';
import { type Clock, type DownlinkItem, fromHex, type ReceptionBody } from '@outpost/schemas/words';
import type { Lie } from '../cheats/radio-cheats.ts';
import type { Heard } from './air.ts';
import type { HotspotFace, OpenFace } from './face.ts';
import type { Forger, Forgery } from './forgeries.ts';
import { counterOf, toldPlace } from './hotspot.ts';
import { reportOf } from './report.ts';
import { type RadioWorld, radioWorld, type WorldPlan } from './world.ts';
import { worldClock } from './world-clock.ts';

/** Who of a world's hotspots lies, and how. */
export interface Liars {
  /** What a hotspot calls itself. */
  eui(hotspot: number): string;
  lie(hotspot: number): Lie | undefined;
}

export interface RunParts {
  readonly plan: WorldPlan;
  readonly liars: Liars;
  /** How hotspots speak; undefined: to nobody, and `told` is all there is. */
  readonly open: OpenFace | undefined;
  /** What somebody else sends in their name. */
  readonly forgers: readonly {
    readonly forger: Forger;
    next(fromUs: number, untilUs: number): readonly Forgery[];
  }[];
  /** Told of everything that a hotspot claims to have heard. */
  told(reception: Reception, crc: Heard['crc']): void;
  readonly clock: Clock;
  readonly speed: number;
  /** Seconds of the world after which it ends; undefined: it goes on until the signal. */
  readonly seconds: number | undefined;
  readonly signal: AbortSignal;
}

export interface RunTally {
  readonly world: RadioWorld['tally'];
  readonly seconds: number;
  readonly lies: number;
  readonly faces: Readonly<Record<string, number>>;
}

/** Real ms between two looks at the world: shorter than a frame of SF7. */
const TICK_MS = 20;

const deci = (value: number): number => Math.round(value * 10);

/** What a face is told of one reception. */
const bodyOf = (claimed: Reception, crc: Heard['crc'], channelsHz: readonly number[]): ReceptionBody => {
  const { gateway, phy, frequencyHz, rate, rssiDbm, snrDb, tmst, wall, trust } = claimed;
  const channel = channelsHz.indexOf(frequencyHz);
  return {
    kind: 'reception',
    direction: 'heard',
    gateway: fromHex(gateway),
    phy,
    crc,
    frequencyHz,
    modulation: rate.kind === 'lora' ? { ...rate, codingRate: '4/5' } : undefined,
    rssiDeciDbm: deci(rssiDbm),
    signalRssiDeciDbm: undefined,
    snrDeciDb: snrDb === undefined ? undefined : deci(snrDb),
    powerDeciDbm: undefined,
    tmst,
    gatewayTime: trust === 'gnss' ? wall : undefined,
    fineNs: undefined,
    frequencyOffsetHz: undefined,
    channel: channel < 0 ? undefined : channel,
    rfChain: channel < 0 ? undefined : Math.floor(channel / 4) % 2,
    antenna: undefined,
    location: undefined,
  };
};

/** What a hotspot says of its place now, lies included. */
interface Claim {
  place: Reception['place'];
}

/** A transmission that a face was told of, as the world knows it. */
const transmit = (
  world: RadioWorld,
  hotspot: number,
  item: DownlinkItem,
  startUs: number,
  nowUs: number,
): void => {
  const { phy, frequencyHz, powerDbm, modulation, invertPolarity } = item;
  if (modulation.kind !== 'lora') return;
  const { codingRate: _, ...rate } = modulation;
  const gainDbi = world.plan.hotspots[hotspot]?.gainDbi ?? 0;
  const conductedDbm = powerDbm - gainDbi;
  const isInverted = invertPolarity;
  // What is late is on the air at once: the forwarder has handed it over already.
  const start = Math.max(startUs, nowUs + 1);
  world.transmit(hotspot, { phy, frequencyHz, rate, conductedDbm, isInverted, startUs: start });
};

const sumOf = (tallies: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> => {
  const sum: Record<string, number> = {};
  for (const tally of tallies)
    for (const [name, count] of Object.entries(tally)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
};

/** Opens the face of each hotspot, in their order, into `faces`. */
const openFaces = async (
  { plan, open, liars }: RunParts,
  world: RadioWorld,
  { clock, nowUs, claims }: { clock: Clock; nowUs: () => number; claims: readonly Claim[] },
  faces: HotspotFace[],
): Promise<void> => {
  for (const [index, hotspot] of plan.hotspots.entries()) {
    if (open === undefined) return;
    const begunUs = nowUs();
    const counterUs = counterOf(hotspot, begunUs);
    const face = await open({
      eui: liars.eui(index),
      seed: hotspot.seed,
      clock,
      counterUs,
      place: () => claims[index]?.place,
      send: (item, startUs) => transmit(world, index, item, begunUs + startUs - counterUs, nowUs()),
    });
    faces.push(face);
  }
};

/** Runs a world as fast as it is told, until its end or the signal. */
export const runWorld = async (parts: RunParts): Promise<RunTally> => {
  const { plan, liars, forgers, told, speed, seconds, signal } = parts;
  const clock = worldClock(parts.clock, plan.startWall, speed);
  const nowUs = (): number => Number(clock.mono() / 1_000n);
  const endUs = seconds === undefined ? Number.POSITIVE_INFINITY : seconds * 1e6;
  const world = radioWorld(plan);
  const claims = plan.hotspots.map((hotspot): Claim => ({ place: toldPlace(hotspot, 0) }));
  const faces: HotspotFace[] = [];
  let lies = 0;

  const tell = (heard: Heard): void => {
    const { hotspot: index, crc } = heard;
    const [hotspot, claim] = [plan.hotspots[index], claims[index]];
    if (hotspot === undefined || claim === undefined) return;
    const honest = { ...reportOf(hotspot, plan.startWall, heard), gateway: liars.eui(index) };
    const lie = crc === 'ok' ? liars.lie(index) : undefined;
    const all = lie?.(honest) ?? [{ reception: honest, isLie: false }];
    lies += all.filter(({ isLie }) => isLie).length;
    claim.place = all.at(-1)?.reception.place;
    for (const { reception } of all) told(reception, crc);
    faces[index]?.heard(all.map(({ reception }) => bodyOf(reception, crc, plan.channels.dataHz)));
  };

  let doneUs = 0;
  try {
    await openFaces(parts, world, { clock, nowUs, claims }, faces);
    while (!signal.aborted && doneUs < endUs) {
      const untilUs = Math.min(nowUs(), endUs);
      for (const heard of world.advance(untilUs)) tell(heard);
      for (const { forger, next } of forgers)
        for (const forgery of next(doneUs, untilUs)) forger.forge(forgery);
      doneUs = untilUs;
      if (doneUs < endUs) await parts.clock.sleep(TICK_MS, signal).catch(() => undefined);
    }
  } finally {
    for (const face of faces) await face[Symbol.asyncDispose]();
  }
  const tallies = faces.map((face) => face.tally());
  return { world: world.tally, seconds: doneUs / 1e6, lies, faces: sumOf(tallies) };
};

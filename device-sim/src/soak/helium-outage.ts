import { systemClock } from '@outpost/firmware-bridge';
import type { Status } from '@outpost/gateway';
import { addressOf } from '@outpost/gateway/helium';
import { type Clock, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { freeUdpPort } from '../devices/gwmp/udp-end.ts';
import { type ServedHelium, serveHelium } from '../helium/serve-router.ts';
import { type Random, random } from '../random/sfc32.ts';
import { openScene, type Scene, stop, untilStatus, verify } from '../system/box.ts';
import { outpost, type Program, startProgram } from '../system/programs.ts';
import { fastClock, type Pace, paceText } from './fast-clock.ts';
import { GATEWAY_CHILD } from './gateway-child.ts';
import { euiNamed } from './gwmp-datagrams.ts';
import { type End, type Ends, readEnds } from './helium-outage-count.ts';
import { type LoraField, numberOf, openField } from './lora-field.ts';

export interface HeliumOutagePlan {
  /** Of load, by the gateway's clock. */
  readonly minutes: number;
  readonly framesPerSecond: number;
  /** kill -9 at random moments, with and without a router. */
  readonly kills: number;
  /** Times for which the router is away, each so long. */
  readonly outages: number;
  readonly outageSeconds: number;
  /** How much faster than the machine's the clock of the gateway and of the router is. */
  readonly speed: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface HeliumOutageReport {
  readonly minutes: number;
  readonly kills: number;
  readonly outages: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly journal: number;
  readonly intents: number;
  /** How the frames of the journal ended. */
  readonly ends: Readonly<Record<End, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  readonly router: {
    readonly taken: number;
    readonly sessions: number;
    readonly dropped: Readonly<Record<string, number>>;
  };
  /** Of the frames whose end is not known, those that the router had. */
  readonly unknownAndTaken: number;
  readonly evidence: { readonly verdict: string; readonly readings: number };
  readonly wrong: {
    /** Frames that the router took twice, or dropped because it had just had them. */
    readonly sentTwice: number;
    /** Settled, and neither taken by the router nor dropped for its limit. */
    readonly settledInVain: number;
    /** Expired or refused, and taken. */
    readonly takenAllTheSame: number;
    readonly acknowledgedAndLost: number;
    readonly twiceInJournal: number;
    readonly withoutEnd: number;
    readonly withTwoEnds: number;
    readonly damages: number;
    /** Readings of the journal that no signature covers, or failures of the evidence. */
    readonly evidence: number;
  };
}

const NETWORK = 'helium';
const HOTSPOTS = 8;
const MINUTE_MS = 60_000;
/** The gateway's clock begins so long ago, so that it does not get ahead of those who are told the time by it. */
const BEFORE_MS = 24 * 3_600_000;
/** Of the machine's time. */
const SETTLE_MS = 3_000;

interface Run {
  readonly plan: HeliumOutagePlan;
  readonly scene: Scene;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly data: string;
  readonly config: string;
  readonly served: ServedHelium;
}

interface Moment {
  readonly ms: number;
  readonly what: 'kill' | 'away' | 'back';
}

/** Outages at even distances, kills anywhere. */
const momentsOf = (plan: HeliumOutagePlan, chance: Random): readonly Moment[] => {
  const endMs = plan.minutes * MINUTE_MS;
  const kills = Array.from({ length: plan.kills }, () => ({
    ms: chance.unit() * endMs,
    what: 'kill' as const,
  }));
  const outages = Array.from({ length: plan.outages }, (_, at): readonly Moment[] => {
    const ms = ((at + 0.5) * endMs) / plan.outages;
    return [
      { ms, what: 'away' },
      { ms: ms + plan.outageSeconds * 1_000, what: 'back' },
    ];
  });
  return [...kills, ...outages.flat()].toSorted((a, b) => a.ms - b.ms);
};

const startGateway = async ({ config, pace, data }: Run): Promise<Program> => {
  const gateway = startProgram(GATEWAY_CHILD, [config, paceText(pace)]);
  await untilStatus(gateway, data, 'it listens', ({ devices: [device] }) => device?.connected === true);
  return gateway;
};

/** Hotspots go on while a killed gateway starts, whether anybody listens or not. */
const startAgain = async (run: Run, field: LoraField, end: MonoNs): Promise<Program> => {
  const ending = new AbortController();
  const sending = field.sendUntil(end, ending.signal).catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  try {
    return await startGateway(run);
  } finally {
    ending.abort(new Error('it listens again'));
    await sending;
  }
};

/** The whole load, until nothing waits for the network any more. */
const live = async (run: Run, first: Program, field: LoraField, chance: Random): Promise<void> => {
  const { plan, clock, served, data } = run;
  let gateway = first;
  const begun = clock.mono();
  const end = monoAfterMs(begun, plan.minutes * MINUTE_MS);
  for (const { ms, what } of momentsOf(plan, chance)) {
    await field.sendUntil(monoAfterMs(begun, ms), plan.signal);
    const { taken } = served.router.tally;
    plan.say(`${what} at ${(ms / MINUTE_MS).toFixed(1)} min: ${field.sent} sent, ${taken} at the router`);
    if (what === 'kill') {
      gateway.send('SIGKILL');
      await gateway.ended;
      gateway = await startAgain(run, field, end);
    } else {
      served.faults.isAway = what === 'away';
      if (what === 'away') served.server.cut();
    }
  }
  served.faults.isAway = false;
  await field.sendUntil(end, plan.signal);
  const isDone = ({ networks: [network], record }: Status): boolean =>
    network?.pending === 0 && record.waiting === 0;
  await untilStatus(gateway, data, 'nothing waits', isDone);
  // What arrived last may not have been counted yet.
  await systemClock().sleep(SETTLE_MS, plan.signal);
  await untilStatus(gateway, data, 'nothing waits', isDone);
  await stop(gateway);
};

/** Whether everything in the journal is under a signature that holds. */
const evidenceOf = async ({ data, scene }: Run) => {
  const file = scene.path('all.outpost');
  const period = ['--from', '48h', '--to', 'now'];
  const done = await outpost(['export', '--data', data, ...period, '--out', file]);
  if (done.code !== 0) throw new Error(`nothing exported: ${done.err}`);
  const { report } = await verify(file);
  const failures = report.problems.filter(({ severity }) => severity === 'failure').length;
  const readings = report.streams
    .flatMap(({ epochs }) => epochs)
    .reduce((sum, { readings: count }) => sum + count, 0);
  return { verdict: report.verdict, readings, failures };
};

const countEnds = (ends: Ends): Record<End, number> => {
  const counts: Record<End, number> = { settled: 0, refused: 0, expired: 0, unknown: 0 };
  for (const [kind] of ends.ends.values()) if (kind !== undefined) counts[kind] += 1;
  return counts;
};

const judge = async (
  run: Run,
  field: LoraField,
  taken: ReadonlyMap<number, number>,
): Promise<HeliumOutageReport> => {
  const { plan, served, data } = run;
  const ends = await readEnds(data, NETWORK);
  const evidence = await evidenceOf(run);
  const { tally } = served.router;
  const counts = countEnds(ends);
  const all = [...ends.frames.keys()];
  const ended = (kind: End) => all.filter((number) => ends.ends.get(number)?.[0] === kind);
  const limited = tally.dropped.get('gateway_limit_exceeded') ?? 0;
  const notTaken = ended('settled').filter((number) => !taken.has(number)).length;
  const lost = Array.from({ length: field.sent }, (_, number) => number).filter(
    (number) => field.isAcknowledged(number) && !ends.frames.has(number),
  );
  const { minutes, kills, outages } = plan;
  return {
    ...{ minutes, kills, outages, sent: field.sent, acknowledged: field.acknowledged },
    ...{ journal: all.length, intents: ends.intents, ends: counts, refusals: ends.refusals },
    router: { taken: tally.taken, sessions: tally.sessions, dropped: Object.fromEntries(tally.dropped) },
    unknownAndTaken: ended('unknown').filter((number) => taken.has(number)).length,
    evidence: { verdict: evidence.verdict, readings: evidence.readings },
    wrong: {
      sentTwice:
        [...taken.values()].filter((times) => times > 1).length +
        (tally.dropped.get('packet_limit_exceeded') ?? 0),
      settledInVain: Math.max(0, notTaken - limited),
      takenAllTheSame: [...ended('expired'), ...ended('refused')].filter((number) => taken.has(number))
        .length,
      acknowledgedAndLost: lost.length,
      twiceInJournal: [...ends.frames.values()].filter((times) => times > 1).length,
      withoutEnd: all.filter((number) => !ends.ends.has(number)).length,
      withTwoEnds: [...ends.ends.values()].filter((each) => each.length > 1).length,
      damages: ends.damages,
      evidence: evidence.failures + Math.max(0, all.length - evidence.readings),
    },
  };
};

/**
 * Hotspots in front of a whole gateway with Helium behind it, killed again and again and cut off for longer than a
 * packet is worth anything: does every frame end once, is any sent twice, is the evidence of all of them complete?
 */
export const runHeliumOutage = async (plan: HeliumOutagePlan): Promise<HeliumOutageReport> => {
  await using scene = await openScene();
  const machine = systemClock();
  const wall = machine.wall() - BigInt(BEFORE_MS) * 1_000_000n;
  const pace: Pace = { begun: machine.mono(), wall, speed: plan.speed };
  const clock = fastClock(pace);
  const taken = new Map<number, number>();
  const opened = await serveHelium({
    listen: new URL('http://127.0.0.1:0'),
    clock,
    taken: ({ packet }) => {
      const number = numberOf(packet.payload);
      if (number !== undefined) taken.set(number, (taken.get(number) ?? 0) + 1);
    },
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  await using served = opened.value;
  const chance = random(plan.seed, 'helium-outage');
  const port = await freeUdpPort();
  const data = scene.path('data');
  const options = { region: 'EU868', config: served.url, configKey: addressOf(served.config.key) };
  const config = await scene.write('outpost.json', {
    dataDirectory: data,
    keyKind: 'demo',
    devices: [
      {
        name: 'hotspots',
        adapter: 'gwmp',
        port: `udp://127.0.0.1:${port}`,
        options: { allow: Array.from({ length: HOTSPOTS }, (_, at) => euiNamed(at)) },
      },
    ],
    networks: [{ name: NETWORK, network: 'helium', url: served.url, options, acceptSimulated: true }],
    store: null,
    clock: { trust: 'rtc' },
  });
  const run: Run = { plan, scene, clock, pace, data, config, served };
  const gateway = await startGateway(run);
  const { framesPerSecond } = plan;
  const framesMax = Math.ceil((plan.minutes + 1) * 60 * framesPerSecond);
  await using field = await openField({
    ...{ clock, hotspots: HOTSPOTS, framesPerSecond, framesMax, port, chance },
  });
  await live(run, gateway, field, chance);
  return await judge(run, field, taken);
};

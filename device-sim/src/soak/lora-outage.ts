import { systemClock } from '@outpost/firmware-bridge';
import type { Status } from '@outpost/gateway';
import { type Clock, elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { freeUdpPort } from '../devices/gwmp/udp-end.ts';
import { type Random, random } from '../random/sfc32.ts';
import { openScene, type Scene, stop, untilStatus } from '../system/box.ts';
import { type Program, startProgram } from '../system/programs.ts';
import { fastClock, type Pace, paceText } from './fast-clock.ts';
import { GATEWAY_CHILD } from './gateway-child.ts';
import { type LoraField, openField } from './lora-field.ts';
import { type Met, newReceived, readJournal } from './lora-outage-count.ts';
import { openMqttEnd } from './mqtt-end.ts';

export interface LoraOutagePlan {
  /** Of upstream outage, by the gateway's clock. */
  readonly hours: number;
  readonly framesPerSecond: number;
  /** kill -9 while the networks are away, the last one at the end. */
  readonly kills: number;
  /** More of them while the networks are caught up with. */
  readonly killsAfter: number;
  /** How much faster than the machine's the gateway's clock is. */
  readonly speed: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface LoraOutageReport {
  readonly hours: number;
  readonly kills: number;
  readonly sent: number;
  readonly acknowledged: number;
  /** What the journal held at the end of the outage, with no gateway running. */
  readonly journal: { readonly frames: number; readonly mebibytes: number };
  /** Messages that came to the network server, the same one twice counted twice. */
  readonly messages: number;
  /** Messages that came again after a kill, each the same as before. */
  readonly again: number;
  readonly readings: { readonly journal: number; readonly settled: number; readonly repeated: number };
  /** Attestations that the network would not have, by its codes, and the last of them in its words. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly refusal: string;
  readonly drainS: number;
  readonly rssMebibytes: number;
  readonly wrong: {
    /** Acknowledged, and not in the journal at the end of the outage. */
    readonly lostByJournal: number;
    /** Acknowledged, and never at the network server. */
    readonly lostByNetwork: number;
    /** One frame as two readings, or as two messages with an identity each. */
    readonly duplicatedInJournal: number;
    readonly duplicatedAtNetwork: number;
    /** Readings of the journal that are not under a receipt, or under two. */
    readonly unsettled: number;
    readonly refused: number;
    readonly damages: number;
  };
}

const HOTSPOTS = 8;
const HOUR_MS = 3_600_000;
/** Of the machine's time, for what was not told of yet. */
const SETTLE_MS = 3_000;
const LOOK_MS = 250;
const DRAIN_MS_MAX = 3_600_000;
/** The gateway's clock begins so long ago, so that it does not get ahead of those who are told the time by it. */
const BEFORE_HOURS = 72;

interface Day {
  readonly plan: LoraOutagePlan;
  readonly scene: Scene;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly data: string;
  readonly config: string;
  readonly field: LoraField;
  readonly chance: Random;
  kills: number;
}

interface Places {
  readonly data: string;
  readonly udp: number;
  readonly allow: readonly string[];
  /** Where the network server's broker and the network for attestations will be. */
  readonly broker: number;
  readonly url: string;
  readonly key: string;
}

const configOf = ({ data, udp, allow, broker, url, key }: Places) => ({
  dataDirectory: data,
  keyKind: 'demo',
  devices: [{ name: 'hotspots', adapter: 'gwmp', port: `udp://127.0.0.1:${udp}`, options: { allow } }],
  networks: [
    { name: 'lns', network: 'chirpstack', url: `mqtt://127.0.0.1:${broker}/eu868`, acceptSimulated: true },
    { name: 'sim', network: 'outpost', url, key, acceptSimulated: true },
  ],
  store: null,
  clock: { trust: 'rtc' },
});

const startGateway = async ({ config, pace, data }: Day): Promise<Program> => {
  const gateway = startProgram(GATEWAY_CHILD, [config, paceText(pace)]);
  await untilStatus(
    gateway,
    data,
    'the gateway listens',
    ({ devices: [device] }) => device?.connected === true,
  );
  return gateway;
};

const kill = async (day: Day, gateway: Program): Promise<void> => {
  gateway.send('SIGKILL');
  await gateway.ended;
  day.kills += 1;
};

/** Does it while the hotspots go on, whether anybody listens or not. */
const whileSending = async <T>({ plan, field }: Day, begun: MonoNs, act: () => Promise<T>): Promise<T> => {
  const ending = new AbortController();
  const end = monoAfterMs(begun, plan.hours * HOUR_MS);
  const sending = field.sendUntil(end, ending.signal).catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  try {
    return await act();
  } finally {
    ending.abort(new Error('it listens again'));
    await sending;
  }
};

/** The day without networks: kills at random moments, the last one at its end. */
const live = async (day: Day): Promise<void> => {
  const { plan, clock, field, chance } = day;
  const begun = clock.mono();
  const moments = Array.from({ length: plan.kills - 1 }, () => chance.unit() * plan.hours * HOUR_MS);
  let gateway = await startGateway(day);
  for (const [at, ms] of moments.toSorted((a, b) => a - b).entries()) {
    await field.sendUntil(monoAfterMs(begun, ms), plan.signal);
    gateway = await whileSending(day, begun, async () => {
      await kill(day, gateway);
      return await startGateway(day);
    });
    plan.say(
      `kill ${at + 1} at ${(ms / HOUR_MS).toFixed(1)} h: ${field.acknowledged} of ${field.sent} acknowledged`,
    );
  }
  await field.sendUntil(monoAfterMs(begun, plan.hours * HOUR_MS), plan.signal);
  await kill(day, gateway);
};

interface Drained {
  readonly seconds: number;
  readonly rssMebibytes: number;
  /** The last refusal of each network, in its words. */
  readonly refusal: string;
}

/** The networks are back: until each has what the journal held, with some kills on the way. */
const drain = async (day: Day, there: () => number, wanted: number): Promise<Drained> => {
  const { plan, data } = day;
  const machine = systemClock();
  const begun = machine.mono();
  const passedMs = (): number => elapsedMs(begun, machine.mono());
  const shares = Array.from({ length: plan.killsAfter }, (_, at) => (at + 1) / (plan.killsAfter + 1));
  let gateway = await startGateway(day);
  for (const share of [...shares, 1]) {
    while (there() < share * wanted) {
      if (passedMs() > DRAIN_MS_MAX) throw new Error(`only ${there()} of ${wanted} frames came in an hour`);
      if (!gateway.running()) throw new Error(`the gateway ended: ${gateway.said()}`);
      await machine.sleep(LOOK_MS, plan.signal);
    }
    plan.say(`${there()} of ${wanted} frames are at the network server`);
    if (share === 1) break;
    await kill(day, gateway);
    gateway = await startGateway(day);
  }
  const isDone = ({ networks }: Status): boolean => networks.every(({ pending }) => pending === 0);
  await untilStatus(gateway, data, 'nothing is pending', isDone);
  // What is open is signed after some seconds of the gateway's time, and then is pending again.
  await machine.sleep(SETTLE_MS, plan.signal);
  const { rssMebibytes, networks } = await untilStatus(gateway, data, 'nothing is pending', isDone);
  const seconds = passedMs() / 1_000;
  await stop(gateway);
  return { seconds, rssMebibytes, refusal: networks.map(({ refusal }) => refusal).join(' ') };
};

const countOf = (met: Met, wanted: (times: number, number: number) => boolean): number =>
  met.times.reduce((sum, times, number) => sum + (wanted(times, number) ? 1 : 0), 0);

const judge = async (day: Day, places: Places, framesMax: number): Promise<LoraOutageReport> => {
  const { plan, scene, field, data } = day;
  await live(day);
  await systemClock().sleep(SETTLE_MS, plan.signal);
  const before = await readJournal(data, framesMax);
  const isLost = (times: number, number: number): boolean => times === 0 && field.isAcknowledged(number);
  const lostByJournal = countOf(before.frames, isLost);
  plan.say(`the day is over: ${before.frames.total} frames in the journal, ${lostByJournal} lost`);

  const received = newReceived(framesMax);
  const { met } = received;
  await using _ = await openMqttEnd(places.broker, received.take);
  const network = await scene.network('network', '--accept-simulated', '--listen', places.url);
  const there = (): number => met.total - met.again;
  const drained = await drain(day, there, before.frames.total);
  const after = await readJournal(data, framesMax);
  const status = await network.status();
  return {
    ...{ hours: plan.hours, kills: day.kills, sent: field.sent, acknowledged: field.acknowledged },
    journal: { frames: before.frames.total, mebibytes: before.mebibytes },
    ...{ messages: met.total, again: met.again },
    readings: { journal: after.readings, settled: status.readings, repeated: status.repeated },
    ...{ drainS: drained.seconds, rssMebibytes: drained.rssMebibytes },
    refusals: status.refused,
    refusal: drained.refusal,
    wrong: {
      lostByJournal,
      lostByNetwork: countOf(met, isLost),
      duplicatedInJournal: after.frames.twice.size,
      duplicatedAtNetwork: met.twice.size,
      unsettled: Math.abs(after.readings - status.readings),
      refused: Object.values(status.refused).reduce((sum, count) => sum + count, 0),
      damages: before.damages + after.damages,
    },
  };
};

/**
 * A day of hotspots in front of a gateway whose networks are away and which is killed again and again, and then the
 * networks back: is everything that was acknowledged in the journal, and with each network, once?
 */
export const runLoraOutage = async (plan: LoraOutagePlan): Promise<LoraOutageReport> => {
  await using scene = await openScene();
  const begun = systemClock();
  const wall = begun.wall() - BigInt(BEFORE_HOURS * HOUR_MS) * 1_000_000n;
  const pace: Pace = { begun: begun.mono(), wall, speed: plan.speed };
  const clock = fastClock(pace);
  const framesMax = Math.ceil(plan.hours * 3_600 * plan.framesPerSecond);
  // It is there once, so that its key is known, and then it is away.
  const network = await scene.network('network', '--accept-simulated');
  await stop(network.program);
  const udp = await freeUdpPort();
  const free = await openMqttEnd(0, () => undefined);
  const broker = free.port;
  await free[Symbol.asyncDispose]();
  const chance = random(plan.seed, 'lora-outage');
  const { framesPerSecond } = plan;
  await using field = await openField({
    ...{ clock, hotspots: HOTSPOTS, framesPerSecond, framesMax, port: udp, chance },
  });
  const { url, key } = network;
  const data = scene.path('data');
  const places: Places = { data, udp, allow: field.euis, broker, url, key };
  const config = await scene.write('outpost.json', configOf(places));
  return await judge({ plan, scene, clock, pace, data, config, field, chance, kills: 0 }, places, framesMax);
};

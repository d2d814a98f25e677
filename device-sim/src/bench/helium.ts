import { systemClock } from '@outpost/firmware-bridge';
import type { LiveDelivery } from '@outpost/gateway';
import { encode, PACKET_UP } from '@outpost/gateway/helium';
import { newSigner, packetOf } from '../helium/testing.ts';
import { type HeliumLoad, openLoad } from './helium-load.ts';
import type { Bench } from './result.ts';
import { quantile } from './rounds.ts';

const GATEWAYS = 50;
/** 23 packets a second of each gateway; the router takes 25. */
const PER_SECOND = 1_150;
/** How often it is looked which frames are due. */
const TICK_MS = 5;
/** Longer than the network gathers what it sends. */
const APART_MS = 40;

const clock = systemClock();

const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

/** Processor time of one signature by the platform and one encoding with it, in this process, warm. */
const signatureMs = (packets: number): number => {
  const signer = newSigner();
  const packet = packetOf(signer.key);
  const sign = (count: number): void => {
    for (let i = 0; i < count; i += 1) signer.sign(encode(PACKET_UP, { ...packet, timestamp: BigInt(i) }));
  };
  sign(packets);
  const since = process.cpuUsage();
  sign(packets);
  return cpuMs(since) / packets;
};

/** Frames for so many seconds, made before anything is measured, gateways in turn. */
const framesFor = ({ hear, euis }: HeliumLoad, seconds: number): readonly LiveDelivery[] =>
  Array.from({ length: seconds * PER_SECOND }, (_, i) =>
    hear(euis[i % euis.length] ?? '', (i / PER_SECOND) * 1_000),
  );

interface Ran {
  readonly cpuMs: number;
  readonly tookS: number;
  readonly settled: number;
}

/** Lets them be heard at a steady pace and waits until each has ended; without frames only the waiting is done. */
const play = async (
  { deliver }: HeliumLoad,
  frames: readonly LiveDelivery[],
  seconds: number,
  signal: AbortSignal,
): Promise<Ran> => {
  let [begun, ended, settled] = [0, 0, 0];
  const count = (kind: string): void => {
    ended += 1;
    if (kind === 'settled') settled += 1;
  };
  const since = process.cpuUsage();
  const from = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const elapsedS = (performance.now() - from) / 1_000;
    for (; begun < Math.min(frames.length, elapsedS * PER_SECOND); begun += 1) {
      const frame = frames[begun];
      if (frame !== undefined) deliver(frame).then(({ kind }) => count(kind), signal.throwIfAborted);
    }
    if (elapsedS >= seconds && ended === frames.length)
      return { cpuMs: cpuMs(since), tookS: elapsedS, settled };
    await clock.sleep(TICK_MS, signal);
  }
};

/** One packet after the other. */
const delaysMs = async ({ euis, send }: HeliumLoad, signal: AbortSignal): Promise<readonly number[]> => {
  const delays: number[] = [];
  for (const eui of euis) {
    await clock.sleep(APART_MS, signal);
    const at = performance.now();
    await send(eui);
    delays.push(performance.now() - at);
  }
  return delays;
};

/** 50 gateways of one box send to a router in a process of its own; what a packet costs beside a signature. */
export const run: Bench = async ({ quick, signal, say }) => {
  await using load = await openLoad(GATEWAYS);
  for (const eui of load.euis) await load.send(eui);
  const [seconds, signatures] = quick ? [1, 500] : [10, 5_000];
  say(`${GATEWAYS} sessions; sending for ${2 * seconds} s, of which the second half counts`);
  await play(load, framesFor(load, seconds), seconds, signal);
  const delays = await delaysMs(load, signal);
  const before = signatureMs(signatures);
  const frames = framesFor(load, seconds);
  const busy = await play(load, frames, seconds, signal);
  const idle = await play(load, [], seconds / 2, signal);
  const reference = (before + signatureMs(signatures)) / 2;
  const { dropped } = await load.counts();
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  const idlePerS = idle.cpuMs / idle.tookS;
  const cpu = (busy.cpuMs - idlePerS * busy.tookS) / frames.length;
  return {
    name: 'helium',
    ratios: [
      {
        what: 'processor time of a packet, to one native signature and one encoding',
        ratio: cpu / reference,
        bar: '≤ 1.5',
      },
    ],
    figures: [
      {
        what: `packets of ${GATEWAYS} gateways that settled`,
        value: busy.settled / busy.tookS,
        unit: 'packets/s',
        bar: '≥ 1,000',
      },
      { what: 'of those sent, not settled', value: frames.length - busy.settled, unit: 'packets' },
      { what: 'dropped by the router', value: lost, unit: 'packets', bar: '0' },
      { what: 'processor time of a packet', value: cpu * 1_000, unit: 'µs' },
      { what: 'one signature and one encoding', value: reference * 1_000, unit: 'µs' },
      { what: 'taken off: waiting with idle sessions', value: idlePerS, unit: 'ms/s' },
      {
        what: 'one packet alone until it is known to be there, p50',
        value: quantile(delays, 0.5),
        unit: 'ms',
      },
    ],
  };
};

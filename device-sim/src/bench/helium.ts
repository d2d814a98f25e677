import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '@outpost/firmware-bridge';
import type { LiveDelivery } from '@outpost/gateway';
import { encode, PACKET_UP } from '@outpost/gateway/helium';
import { newSigner, packetOf } from '../helium/testing.ts';
import { type HeliumLoad, openLoad } from './helium-load.ts';
import { openHttp2Floor } from './http2-floor.ts';
import type { Bench } from './result.ts';
import { quantile } from './rounds.ts';

const GATEWAYS = 50;
/** 23 packets a second of each gateway; the router takes 25. */
const PER_SECOND = 1_150;
/** How often it is looked which frames are due. */
const TICK_MS = 5;
/** Longer than the network gathers what it sends. */
const APART_MS = 40;

/** What a signed packet of 24 bytes is in its envelope and frame. */
const FRAME_BYTES = 173;
/** As the network lets them leave together. */
const TOGETHER_MS = 20;

const clock = systemClock();

/** Everything that is there becomes old now, so that no measurement pays for what was made before it. */
const settleHeap = (): void => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
};

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
  settleHeap();
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

/**
 * Processor time in ms of a signature, an encoding and a message over nothing but HTTP/2, as many as the packets and at
 * the same times: the least that it can take on Node's HTTP/2, with a processor that did other things in between.
 */
const floorMs = async (seconds: number, signal: AbortSignal): Promise<number> => {
  await using floor = await openHttp2Floor(GATEWAYS, FRAME_BYTES);
  const signer = newSigner();
  const packet = packetOf(signer.key);
  const run = async (perSecond: number): Promise<number> => {
    const since = process.cpuUsage();
    const from = performance.now();
    for (let written = 0; ; ) {
      const elapsedS = (performance.now() - from) / 1_000;
      const due = Math.floor(Math.min(elapsedS, seconds) * perSecond) - written;
      for (let i = 0; i < due; i += 1) signer.sign(encode(PACKET_UP, packet));
      if (due > 0) floor.write(due);
      written += due;
      if (elapsedS >= seconds) return cpuMs(since);
      await clock.sleep(TOGETHER_MS, signal);
    }
  };
  await run(PER_SECOND);
  return ((await run(PER_SECOND)) - (await run(0))) / (seconds * PER_SECOND);
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

interface Measured {
  readonly packets: number;
  readonly busy: Ran;
  readonly idleMsPerS: number;
  readonly delays: readonly number[];
  readonly lost: number;
  /** Processor time in ms: of a packet, of a signature with an encoding, of these and a bare HTTP/2 message. */
  readonly cpu: number;
  readonly reference: number;
  readonly floor: number;
}

const measure = async (load: HeliumLoad, quick: boolean, signal: AbortSignal): Promise<Measured> => {
  const [warmUpS, seconds, signatures] = quick ? [1, 1, 500] : [20, 15, 5_000];
  await play(load, framesFor(load, warmUpS), warmUpS, signal);
  const delays = await delaysMs(load, signal);
  const before = signatureMs(signatures);
  const frames = framesFor(load, seconds);
  const busy = await play(load, frames, seconds, signal);
  const idle = await play(load, [], seconds / 3, signal);
  const reference = (before + signatureMs(signatures)) / 2;
  const floor = await floorMs(seconds / 3, signal);
  const { dropped } = await load.counts();
  const idleMsPerS = idle.cpuMs / idle.tookS;
  return {
    packets: frames.length,
    busy,
    idleMsPerS,
    delays,
    lost: Object.values(dropped).reduce((sum, count) => sum + count, 0),
    cpu: (busy.cpuMs - idleMsPerS * busy.tookS) / frames.length,
    reference,
    floor,
  };
};

/** 50 gateways of one box send to a router in a process of its own; what a packet costs beside a signature. */
export const run: Bench = async ({ quick, signal, say }) => {
  await using load = await openLoad(GATEWAYS);
  for (const eui of load.euis) await load.send(eui);
  say(`${GATEWAYS} sessions; the first ${quick ? 1 : 20} s of sending do not count`);
  const { packets, busy, idleMsPerS, delays, lost, cpu, reference, floor } = await measure(
    load,
    quick,
    signal,
  );
  return {
    name: 'helium',
    ratios: [
      {
        what: 'processor time of a packet, to one native signature and one encoding',
        ratio: cpu / reference,
        bar: '≤ 1.5',
      },
      {
        what: 'the same, of a signature, an encoding and a message over bare HTTP/2 of Node',
        ratio: floor / reference,
      },
    ],
    figures: [
      {
        what: `packets of ${GATEWAYS} gateways that settled`,
        value: busy.settled / busy.tookS,
        unit: 'packets/s',
        bar: '≥ 1,000',
      },
      { what: 'of those sent, not settled', value: packets - busy.settled, unit: 'packets' },
      { what: 'dropped by the router', value: lost, unit: 'packets', bar: '0' },
      { what: 'processor time of a packet', value: cpu * 1_000, unit: 'µs' },
      { what: 'one signature and one encoding', value: reference * 1_000, unit: 'µs' },
      { what: 'these, and a message over bare HTTP/2 of Node', value: floor * 1_000, unit: 'µs' },
      { what: 'taken off: waiting with idle sessions', value: idleMsPerS, unit: 'ms/s' },
      {
        what: 'one packet alone until it is known to be there, p50',
        value: quantile(delays, 0.5),
        unit: 'ms',
      },
    ],
  };
};

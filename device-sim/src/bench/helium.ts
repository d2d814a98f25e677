import { encode, PACKET_UP } from '@outpost/gateway/helium';
import { newSigner, packetOf } from '../helium/testing.ts';
import { openLoad, sendSteadily } from './helium-load.ts';
import type { Bench } from './result.ts';
import { quantile } from './rounds.ts';

const GATEWAYS = 50;
/** 24 packets a second of each gateway; the router takes 25. */
const PER_SECOND = 1_200;

const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

/** Processor time of one signature by the platform and one encoding with it, in this process. */
const signatureMs = (packets: number): number => {
  const signer = newSigner();
  const packet = packetOf(signer.key);
  const since = process.cpuUsage();
  for (let i = 0; i < packets; i += 1) {
    signer.sign(encode(PACKET_UP, { ...packet, timestamp: BigInt(i) }));
  }
  return cpuMs(since) / packets;
};

/** 50 gateways of one box send to a router in a process of its own; what a packet costs beside a signature. */
export const run: Bench = async ({ quick, signal, say }) => {
  await using load = await openLoad(GATEWAYS);
  for (const eui of load.euis) await load.send(eui);
  const seconds = quick ? 1 : 10;
  say(`${GATEWAYS} sessions; sending for ${seconds} s`);
  await sendSteadily(load, { perSecond: PER_SECOND / 4, seconds: 1, signal });
  const before = signatureMs(quick ? 500 : 3_000);
  const from = performance.now();
  const since = process.cpuUsage();
  const outcomes = await sendSteadily(load, { perSecond: PER_SECOND, seconds, signal });
  const cpu = cpuMs(since) / outcomes.length;
  const tookS = (performance.now() - from) / 1_000;
  const reference = (before + signatureMs(quick ? 500 : 3_000)) / 2;
  const settled = outcomes.filter(({ kind }) => kind === 'settled').length;
  const { dropped } = await load.counts();
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  const delays: number[] = [];
  for (const eui of load.euis) {
    const at = performance.now();
    await load.send(eui);
    delays.push(performance.now() - at);
  }
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
        value: settled / tookS,
        unit: 'packets/s',
        bar: '≥ 1,000',
      },
      { what: 'of those sent, not settled', value: outcomes.length - settled, unit: 'packets' },
      { what: 'dropped by the router', value: lost, unit: 'packets', bar: '0' },
      { what: 'processor time of a packet', value: cpu * 1_000, unit: 'µs' },
      { what: 'one signature and one encoding', value: reference * 1_000, unit: 'µs' },
      {
        what: 'one packet alone until it is known to be there, p50',
        value: quantile(delays, 0.5),
        unit: 'ms',
      },
    ],
  };
};

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gwmpWire } from '@outpost/firmware-bridge/wires';
import type { Status } from '@outpost/gateway';
import { frameHeard } from '../devices/gwmp/testing.ts';
import { freeUdpPort, openUdpEnd } from '../devices/gwmp/udp-end.ts';
import { openScene, type Scene, untilStatus } from '../system/box.ts';
import { asMet, syncTimes } from './disk-sync.ts';

export interface GwmpRatePlan {
  /** Datagrams with one frame each. */
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Percentiles {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

export interface GwmpRateReport {
  readonly sent: number;
  readonly acknowledged: number;
  /** From sending a datagram to its PUSH_ACK. */
  readonly ack: Percentiles;
  /**
   * Of a 4 KiB write and its fdatasync by this program on the same disk in the same run, as datagrams at that rate meet
   * them.
   */
  readonly diskSync: Percentiles;
  /** What the gateway's port counted as lost, by its names. */
  readonly portLosses: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly observed: number;
  readonly gatewayRssMebibytes: number;
  /** Of its processor's time, for each datagram. */
  readonly gatewayCpuMsEach: number;
  readonly wrong: { readonly lost: number; readonly kernelDrops: number; readonly slow: number };
}

const EUI = 'b827ebfffe000001';
const TICK_MS = 5;
/** Answers may be this much later than the disk's own sync. */
const SLACK_MS = 5;
const SETTLE_MS = 2_000;
const TOKENS = 65_536;

const percentiles = (values: readonly number[]): Percentiles => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    count: sorted.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    maxMs: sorted.at(-1) ?? 0,
  };
};

/** A gateway's own words on what it counted. */
const deviceOf = ({ devices: [device] }: Status): Status['devices'][number] => {
  if (device === undefined) throw new Error('the status shows the device');
  return device;
};

const rssOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;

/** Clock ticks a second in /proc/PID/stat (proc(5)). */
const TICKS_PER_S = 100;

/** Seconds of processor time of all its threads so far. */
const cpuOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
};

const configOf = (data: string, port: number) => ({
  dataDirectory: data,
  keyKind: 'demo',
  devices: [
    { name: 'hotspots', adapter: 'gwmp', port: `udp://127.0.0.1:${port}`, options: { allow: [EUI] } },
  ],
  networks: [],
  store: null,
  clock: { trust: 'rtc' },
});

/** Sends at an even pace and notes when each answer came. */
const sendAll = async ({ perSecond, seconds }: GwmpRatePlan, port: number) => {
  const sentAt = new Map<number, number>();
  const took: number[] = [];
  await using end = await openUdpEnd('127.0.0.1', (bytes) => {
    const token = ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
    const at = sentAt.get(token);
    if (bytes[3] !== gwmpWire.ID.pushAck || at === undefined) return;
    sentAt.delete(token);
    took.push(performance.now() - at);
  });
  const begun = performance.now();
  let sent = 0;
  while (sent < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - begun) / 1_000) * perSecond));
    for (; sent < due; sent += 1) {
      const token = sent % TOKENS;
      const frames = [{ bodies: [frameHeard(sent)] }];
      sentAt.set(token, performance.now());
      end.send(gwmpWire.writePush({ from: { version: 2, token, eui: EUI }, frames, simulated: true }), port);
    }
    await sleep(TICK_MS);
  }
  await sleep(SETTLE_MS);
  return { sent, took };
};

const run = async (scene: Scene, plan: GwmpRatePlan): Promise<GwmpRateReport> => {
  const data = scene.path('data');
  const port = await freeUdpPort();
  const gateway = scene.gateway(await scene.write('outpost.json', configOf(data, port)));
  await untilStatus(gateway, data, 'the socket is open', (status) => deviceOf(status).connected);
  const cpuBefore = cpuOf(gateway.pid);
  const syncing = new AbortController();
  const syncs = syncTimes(join(scene.directory, 'sync'), syncing.signal);
  const { sent, took } = await sendAll(plan, port);
  syncing.abort(new Error('enough'));
  const diskSync = percentiles(asMet(await syncs, plan.perSecond));
  const ack = percentiles(took);
  const [rss, cpuS] = [rssOf(gateway.pid), cpuOf(gateway.pid) - cpuBefore];
  const status = await untilStatus(gateway, data, 'all is decided', (now) => now.record.waiting === 0);
  const { port: losses, dropped, observed } = deviceOf(status).tally;
  const portLosses = losses as unknown as Readonly<Record<string, number>>;
  return {
    sent,
    acknowledged: took.length,
    ack,
    diskSync,
    portLosses,
    dropped: dropped as unknown as Readonly<Record<string, number>>,
    observed,
    gatewayRssMebibytes: rss,
    gatewayCpuMsEach: (1_000 * cpuS) / sent,
    wrong: {
      lost: sent - took.length,
      kernelDrops: portLosses['kernel-dropped'] ?? 0,
      slow: ack.p99Ms > diskSync.p99Ms + SLACK_MS ? 1 : 0,
    },
  };
};

/** A hotspot at an even pace against a gateway in a process of its own, on this machine's disk. */
export const measureGwmpRate = async (plan: GwmpRatePlan): Promise<GwmpRateReport> => {
  await using scene = await openScene();
  return await run(scene, plan);
};

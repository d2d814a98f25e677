import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { systemClock } from '@outpost/firmware-bridge';
import { gwmpWire } from '@outpost/firmware-bridge/wires';
import type { Status } from '@outpost/gateway';
import { frameHeard } from '../devices/gwmp/testing.ts';
import { freeUdpPort, openUdpEnd } from '../devices/gwmp/udp-end.ts';
import { openScene, type Scene, untilStatus } from '../system/box.ts';
import type { Program } from '../system/programs.ts';
import { asMet } from './disk-sync.ts';
import { type Percentiles, percentiles } from './percentiles.ts';
import { type SyncRecord, startSyncReference } from './sync-reference.ts';

export interface GwmpRatePlan {
  /** Datagrams with one frame each. */
  readonly perSecond: number;
  readonly seconds: number;
}

/** One bar, in words and in figures. */
export interface Verdict {
  readonly bar: string;
  readonly holds: boolean;
  readonly figure: string;
}

export interface GwmpRateReport {
  readonly perSecond: number;
  readonly seconds: number;
  readonly verdicts: readonly Verdict[];
  readonly sent: number;
  readonly acknowledged: number;
  /** From `send` of the sender to its PUSH_ACK, which leaves after the journal: more than receive-to-journal takes. */
  readonly ackMs: Percentiles;
  /** Of the reference: its single writes, as datagrams at that rate meet them, and each arrival until it is durable. */
  readonly syncMs: Percentiles;
  readonly durableMs: Percentiles;
  /** Each acknowledgement less what the reference took for its arrival at the same moment. */
  readonly beyondMs: Percentiles;
  /** Acknowledgements of 100 ms and more; of these, those where the disk took less for the reference meanwhile. */
  readonly over100: number;
  readonly over100Ours: number;
  readonly portLosses: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly rssMegabytesMax: number;
  /** Of its processor's time, for each datagram. */
  readonly gatewayCpuMsEach: number;
  /** Load averages of the last minute, before and after. */
  readonly load: readonly [number, number];
}

const EUI = 'b827ebfffe000001';
const TICK_MS = 5;
/** Answers may be this much later than the disk's own sync. */
const SLACK_MS = 5;
/** What a forwarder waits for an acknowledgement. */
const WAIT_MS = 100;
const TO_JOURNAL_MS = 150;
const RSS_MAX_MEGABYTES = 120;
const WARM_UP_MS = 1_500;
const SETTLE_MS = 3_000;
const TOKENS = 65_536;
const BYTES_PER_KIB = 1_024;

/** What a device counted, in the gateway's own words. */
const deviceOf = ({ devices: [device] }: Status): Status['devices'][number] => {
  if (device === undefined) throw new Error('the status shows the device');
  return device;
};

const rssMegabytesOf = (pid: number): number => {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kib ?? 0) * BYTES_PER_KIB) / 1e6;
};

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

interface Sent {
  readonly sent: number;
  /** When each acknowledged one was sent, and how long that took. */
  readonly sentAtMs: readonly number[];
  readonly tookMs: readonly number[];
  readonly rssMegabytesMax: number;
}

/** Sends at an even pace and notes when each answer came. */
const sendAll = async (
  { perSecond, seconds }: GwmpRatePlan,
  port: number,
  gateway: Program,
): Promise<Sent> => {
  const clock = systemClock();
  const { signal } = new AbortController();
  const nowMs = (): number => Number(clock.mono()) / 1e6;
  const open = new Map<number, number>();
  const [sentAtMs, tookMs]: [number[], number[]] = [[], []];
  const heard = (bytes: Uint8Array): void => {
    const token = ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
    const at = open.get(token);
    if (bytes[3] !== gwmpWire.ID.pushAck || at === undefined) return;
    open.delete(token);
    sentAtMs.push(at);
    tookMs.push(nowMs() - at);
  };
  await using end = await openUdpEnd('127.0.0.1', heard, false);
  const begun = nowMs();
  let [sent, rssMegabytesMax, lookedAt] = [0, 0, 0];
  while (sent < perSecond * seconds) {
    const now = nowMs();
    const due = Math.min(perSecond * seconds, Math.floor(((now - begun) / 1_000) * perSecond));
    for (; sent < due; sent += 1) {
      const from = { version: 2, token: sent % TOKENS, eui: EUI } as const;
      const datagram = gwmpWire.writePush({
        from,
        frames: [{ bodies: [frameHeard(sent)] }],
        simulated: true,
      });
      open.set(from.token, nowMs());
      end.send(datagram, port);
    }
    if (now - lookedAt > 1_000) {
      lookedAt = now;
      rssMegabytesMax = Math.max(rssMegabytesMax, rssMegabytesOf(gateway.pid));
    }
    await clock.sleep(TICK_MS, signal);
  }
  await clock.sleep(SETTLE_MS, signal);
  return { sent, sentAtMs, tookMs, rssMegabytesMax };
};

/** What the reference took for the arrival that was due last before each moment. Moments may be in any order. */
const durableAt = ({ dueMs, durableMs }: SyncRecord, moments: readonly number[]): readonly number[] => {
  const order = moments.map((_, at) => at).toSorted((a, b) => (moments[a] ?? 0) - (moments[b] ?? 0));
  const found: number[] = new Array(moments.length).fill(0);
  let next = 0;
  for (const at of order) {
    while (next < dueMs.length && (dueMs[next] ?? 0) <= (moments[at] ?? 0)) next += 1;
    found[at] = durableMs[Math.max(0, next - 1)] ?? 0;
  }
  return found;
};

/** Whether the reference met a disk that kept it waiting about as long, at any time between sending and answer. */
const isOfDisk = (
  { dueMs, durableMs }: SyncRecord,
  [sentAt, took]: readonly [number, number],
  boundMs: number,
): boolean =>
  dueMs.some((due, at) => {
    const ms = durableMs[at] ?? 0;
    return ms >= boundMs && due <= sentAt + took && due + ms >= sentAt;
  });

type Figures = Omit<GwmpRateReport, 'verdicts'>;

const verdictsOf = (figures: Figures): readonly Verdict[] => {
  const { ackMs, syncMs, over100, over100Ours, sent, acknowledged, portLosses, rssMegabytesMax } = figures;
  const drops = portLosses['kernel-dropped'] ?? 0;
  const verdict = (bar: string, holds: boolean, figure: string): Verdict => ({ bar, holds, figure });
  return [
    verdict(
      'every datagram acknowledged',
      sent === acknowledged,
      `${sent - acknowledged} of ${sent} were not`,
    ),
    verdict('no kernel drops', drops === 0, `${drops}`),
    verdict(
      `PUSH_ACK p99 <= the disk's own sync p99 + ${SLACK_MS} ms`,
      ackMs.p99 <= syncMs.p99 + SLACK_MS,
      `${ackMs.p99} ms, ${syncMs.p99} ms`,
    ),
    verdict(
      `each PUSH_ACK < ${WAIT_MS} ms where the disk allows it`,
      over100Ours === 0,
      `${over100Ours}; ${over100 - over100Ours} more while the disk itself took as long`,
    ),
    verdict(
      `receive to journal p99 <= ${TO_JOURNAL_MS} ms`,
      ackMs.p99 <= TO_JOURNAL_MS,
      `at most ${ackMs.p99} ms: from the sender's send to its PUSH_ACK`,
    ),
    verdict(`RSS <= ${RSS_MAX_MEGABYTES} MB`, rssMegabytesMax <= RSS_MAX_MEGABYTES, `${rssMegabytesMax} MB`),
  ];
};

const figuresOf = (
  { perSecond, seconds }: GwmpRatePlan,
  { sent, sentAtMs, tookMs, rssMegabytesMax }: Sent,
  reference: SyncRecord,
): Omit<Figures, 'portLosses' | 'dropped' | 'gatewayCpuMsEach' | 'load'> => {
  const durable = durableAt(reference, sentAtMs);
  const over = tookMs.flatMap((took, at) => (took >= WAIT_MS ? [[sentAtMs[at] ?? 0, took] as const] : []));
  return {
    ...{ perSecond, seconds, sent, acknowledged: tookMs.length },
    ackMs: percentiles(tookMs),
    syncMs: percentiles(asMet(reference.writeMs, perSecond)),
    durableMs: percentiles(reference.durableMs),
    beyondMs: percentiles(tookMs.map((took, at) => took - (durable[at] ?? 0))),
    over100: over.length,
    over100Ours: over.filter((each) => !isOfDisk(reference, each, WAIT_MS - 2 * SLACK_MS)).length,
    rssMegabytesMax: Math.round(rssMegabytesMax),
  };
};

const run = async (scene: Scene, plan: GwmpRatePlan): Promise<GwmpRateReport> => {
  const data = scene.path('data');
  const port = await freeUdpPort();
  const load = loadavg()[0] ?? 0;
  const gateway = scene.gateway(await scene.write('outpost.json', configOf(data, port)));
  await untilStatus(gateway, data, 'the socket is open', (status) => deviceOf(status).connected);
  const reference = startSyncReference(scene.path('sync'), plan.perSecond);
  await systemClock().sleep(WARM_UP_MS, new AbortController().signal);
  const cpuBefore = cpuOf(gateway.pid);
  const all = await sendAll(plan, port, gateway);
  const cpuS = cpuOf(gateway.pid) - cpuBefore;
  const status = await untilStatus(gateway, data, 'all is decided', (now) => now.record.waiting === 0);
  const { port: losses, dropped } = deviceOf(status).tally;
  const figures: Figures = {
    ...figuresOf(plan, all, await reference.stop()),
    portLosses: losses as unknown as Readonly<Record<string, number>>,
    dropped: dropped as unknown as Readonly<Record<string, number>>,
    gatewayCpuMsEach: (1_000 * cpuS) / all.sent,
    load: [load, loadavg()[0] ?? 0],
  };
  return { verdicts: verdictsOf(figures), ...figures };
};

/**
 * A hotspot at an even pace against a gateway in a process of its own, on this machine's disk, beside a program that
 * does nothing but write as much through to the same disk at the same rate.
 */
export const measureGwmpRate = async (plan: GwmpRatePlan): Promise<GwmpRateReport> => {
  await using scene = await openScene();
  return await run(scene, plan);
};

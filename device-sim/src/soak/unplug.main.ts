/**
 * Pulls the plug of a serial device again and again, at random moments, and measures what the gateway's side makes of
 * it: socat holds a pseudo-terminal with an echoing process behind it, and SIGKILL is the hand at the cable.
 *
 *     npm run soak -- unplug --count 200 [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 on any miss.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type DeviceEvent,
  newTally,
  type PortScheme,
  portSchemes,
  readDevice,
  systemClock,
  undecided,
} from '@outpost/firmware-bridge';
import { type Clock, type DeviceName, elapsedMs, type MonoNs } from '@outpost/schemas/words';
import { type Random, random } from '../random/sfc32.ts';
import { lineEcho } from './line-echo.ts';

const NOTICED_WITHIN_MS = 5_000;
const RESUMED_WITHIN_MS = 10_000;
const CPU_MAX_SHARE = 0.05;

/** Waiting longer than any bar is a miss, and the round goes on. */
const GIVE_UP_MS = 20_000;
const LOOK_EVERY_MS = 1;

/** When the cable is pulled: while the port is being opened, just after, or amid the traffic. */
type Moment = 'opening' | 'just-opened' | 'running';

interface Round {
  readonly moment: Moment;
  readonly killAfterMs: number;
  readonly noticedMs: number | undefined;
  readonly resumedMs: number | undefined;
  readonly cpuShare: number;
  readonly connects: number;
  readonly disconnects: number;
}

interface Seen {
  /** Attempts to open the device while it was there. */
  attempts: number;
  connects: number;
  disconnects: number;
  readings: number;
  disconnectedAt: MonoNs | undefined;
  heardAt: MonoNs | undefined;
}

interface Bench {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly link: string;
  readonly seen: Seen;
  readonly chance: Random;
}

const until = async (bench: Bench, holds: () => boolean): Promise<boolean> => {
  const start = bench.clock.mono();
  while (!holds()) {
    if (elapsedMs(start, bench.clock.mono()) > GIVE_UP_MS) return false;
    await bench.clock.sleep(LOOK_EVERY_MS, bench.signal);
  }
  return true;
};

/** Resolves once the device node is there. */
const plugIn = async (bench: Bench): Promise<ChildProcess> => {
  const device = spawn('socat', [`pty,raw,echo=0,link=${bench.link}`, 'exec:cat'], { stdio: 'ignore' });
  if (!(await until(bench, () => existsSync(bench.link)))) throw new Error('socat made no pseudo-terminal.');
  return device;
};

const pull = async (device: ChildProcess): Promise<void> => {
  const gone = new Promise((resolve) => device.once('exit', resolve));
  device.kill('SIGKILL');
  await gone;
};

const follow = async (events: AsyncIterable<DeviceEvent>, seen: Seen): Promise<void> => {
  for await (const event of events) {
    switch (event.kind) {
      case 'connected':
        seen.connects += 1;
        break;
      case 'disconnected':
        seen.disconnects += 1;
        seen.disconnectedAt = event.mono;
        break;
      case 'observed':
        seen.readings += event.observed.readings.length;
        seen.heardAt = event.observed.readings.at(-1)?.mono ?? seen.heardAt;
        event.observed.kept();
        break;
    }
  }
};

/** Share of one processor that this whole program used while the device was absent. */
const absentFor = async (bench: Bench, ms: number): Promise<number> => {
  const before = process.cpuUsage();
  const start = bench.clock.mono();
  await bench.clock.sleep(ms, bench.signal);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3 / elapsedMs(start, bench.clock.mono());
};

/** The same ports, and word of each attempt to open a device that is there. */
const watched = (link: string, seen: Seen): readonly PortScheme[] =>
  portSchemes.map((scheme) => ({
    ...scheme,
    open: (address, context) => {
      if (existsSync(link)) seen.attempts += 1;
      return scheme.open(address, context);
    },
  }));

const moments: readonly Moment[] = ['just-opened', 'running', 'opening', 'just-opened'];

/** Milliseconds, from and to, after the attempt to open or after the connection. */
const killAfter: Readonly<Record<Moment, readonly [number, number]>> = {
  opening: [0, 4],
  'just-opened': [0, 50],
  running: [100, 1_500],
};

const runRound = async (bench: Bench, index: number): Promise<Round> => {
  const { clock, signal, seen, chance } = bench;
  const moment = moments[index % moments.length] ?? 'running';
  const killAfterMs = chance.between(...killAfter[moment]);
  const before = { ...seen };
  const device = await plugIn(bench);
  await until(bench, () => seen.attempts > before.attempts);
  if (moment !== 'opening') await until(bench, () => seen.connects > before.connects);
  if (moment === 'running') await until(bench, () => seen.readings > before.readings);
  await clock.sleep(killAfterMs, signal);
  const killed = clock.mono();
  await pull(device);
  const open = () => seen.connects - seen.disconnects;
  await until(bench, () => open() === 0);
  const noticedAt = seen.disconnects > before.disconnects ? seen.disconnectedAt : killed;
  const cpuShare = await absentFor(bench, chance.between(1_000, 2_000));
  const counted = { connects: seen.connects, disconnects: seen.disconnects, readings: seen.readings };
  // The cable goes back in and stays until data flows, so that every round proves that it resumed.
  const again = await plugIn(bench);
  const replugged = clock.mono();
  const resumed = await until(bench, () => seen.readings > counted.readings);
  const heardAt = seen.heardAt;
  await pull(again);
  await until(bench, () => open() === 0);
  return {
    moment,
    killAfterMs,
    noticedMs: noticedAt === undefined ? undefined : Math.max(0, elapsedMs(killed, noticedAt)),
    resumedMs: resumed && heardAt !== undefined ? elapsedMs(replugged, heardAt) : undefined,
    cpuShare,
    connects: counted.connects - before.connects,
    disconnects: counted.disconnects - before.disconnects,
  };
};

const missesOf = (round: Round): readonly string[] => [
  ...(round.noticedMs === undefined || round.noticedMs > NOTICED_WITHIN_MS ? ['noticed'] : []),
  ...(round.resumedMs === undefined || round.resumedMs > RESUMED_WITHIN_MS ? ['resumed'] : []),
  ...(round.cpuShare >= CPU_MAX_SHARE ? ['cpu'] : []),
  // Pulled while opening there may have been no connection at all; otherwise there was exactly one.
  ...(round.disconnects !== round.connects || round.disconnects > 1 ? ['events'] : []),
  ...(round.moment !== 'opening' && round.disconnects !== 1 ? ['events'] : []),
];

const spread = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(4));
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
};

const summarise = (rounds: readonly Round[]) => {
  const misses = rounds.flatMap((round, index) =>
    missesOf(round).map((what) => ({ round: index, what, ...round })),
  );
  return {
    rounds: rounds.length,
    noticedMs: spread(rounds.flatMap(({ noticedMs }) => noticedMs ?? [])),
    resumedMs: spread(rounds.flatMap(({ resumedMs }) => resumedMs ?? [])),
    cpuShareWhileAbsent: spread(rounds.map(({ cpuShare }) => cpuShare)),
    pulledBeforeConnected: rounds.filter(({ connects }) => connects === 0).length,
    misses,
  };
};

const soak = async (count: number, seed: number, clock: Clock): Promise<number> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-unplug-'));
  const stop = new AbortController();
  const { signal } = stop;
  const link = join(directory, 'tty');
  const seen: Seen = {
    attempts: 0,
    connects: 0,
    disconnects: 0,
    readings: 0,
    disconnectedAt: undefined,
    heardAt: undefined,
  };
  const bench: Bench = { clock, signal, link, seen, chance: random(seed, 'unplug') };
  const tally = newTally();
  const events = readDevice({
    adapter: lineEcho,
    address: `serial://${link}?baud=38400`,
    options: {},
    device: 'plug' as DeviceName,
    clock,
    signal,
    tally,
    report: () => undefined,
    schemes: watched(link, seen),
  });
  const following = follow(events, seen).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  const rounds: Round[] = [];
  for (let index = 0; index < count; index += 1) {
    const round = await runRound(bench, index);
    rounds.push(round);
    const missed = missesOf(round);
    if (missed.length > 0 || (index + 1) % 10 === 0) {
      process.stderr.write(`${index + 1}/${count} ${JSON.stringify(round)} ${missed.join(' ')}\n`);
    }
  }
  stop.abort(new Error('The soak is over.'));
  await following;
  await rm(directory, { recursive: true });
  const summary = summarise(rounds);
  const balanced = tally.connects === tally.disconnects && undecided(tally) === 0;
  const memoryMib = Math.round(process.memoryUsage.rss() / 2 ** 20);
  process.stdout.write(
    `${JSON.stringify({ seed, ...summary, balanced, readings: seen.readings, memoryMib })}\n`,
  );
  return summary.misses.length === 0 && balanced ? 0 : 1;
};

const { values } = parseArgs({
  options: { count: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
process.exitCode = await soak(Number(values.count), Number(values.seed), systemClock());

/**
 * Pulls a board out of its line again and again and plugs it in: a simulated Arduino Uno with the real StandardFirmata behind
 * a pseudo-terminal, and the gateway's own adapter, port and orders on the other side. Every other time the board loses its
 * power too and starts anew. Each round: it is ready, what it measures is right, its relay is at its safe value whatever it
 * was before, and an order closes it.
 *
 *     npm run soak -- firmata [--count 100] [--seed 1]
 *
 * Prints progress to stderr and one JSON object to stdout. Exits with 1 on any miss.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  createOrderDesk,
  loadAdapter,
  newTally,
  type OrderDesk,
  readDevice,
  systemClock,
  undecided,
} from '@outpost/firmware-bridge';
import { type Clock, elapsedMs, type MonoNs, sentence } from '@outpost/schemas/words';
import { loadBoardMaker, type SimulatedBoard } from '../devices/board/board.ts';
import { type ServedBoard, serveBoard } from '../devices/board/serve-board.ts';
import { ptySocket } from '../devices/pty-plug.ts';
import { type Random, random } from '../random/sfc32.ts';
import { BOARD, type BoardSeen, follow, newSeen, orderOutput, waitFor } from './firmata.ts';

const READY_WITHIN_MS = 5_000;
const RESUMED_WITHIN_MS = 10_000;
const NOTICED_WITHIN_MS = 5_000;
/** One step of a converter of 10 bits against 5 V, and the rounding to millivolts. */
const LSB_VOLTS = 5 / 1_024 + 0.0005;
/** Of the worked example in the data sheet, which is what the simulated BME280 counts. */
const PASCALS = 100_653;
const RELAY_PIN = 7;

const OPTIONS = {
  samplingMs: 100,
  analog: { wire: { channel: 0, signal: 'Sensor.Voltage' } },
  climate: { roof: { chip: 'bme280', everyMs: 1_000 } },
  outputs: { pump: { pin: RELAY_PIN, kind: 'relay' }, alive: { pin: 13, kind: 'light' } },
};

interface Round {
  /** The board started anew, or had stayed on. */
  readonly isCold: boolean;
  /** From the line's opening until the session said that it is ready; what this machine was too slow for is taken off. */
  readonly readyMs: number | undefined;
  /** From plugging in, with the gateway's own pause between its attempts to open, by the wall. */
  readonly resumedMs: number | undefined;
  readonly noticedMs: number | undefined;
  readonly voltsOff: number | undefined;
  readonly pascals: number | undefined;
  readonly wasSafe: boolean;
  readonly orderKind: string | undefined;
  readonly isClosed: boolean;
}

interface Bench {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly path: string;
  readonly board: SimulatedBoard;
  readonly seen: BoardSeen;
  readonly desk: OrderDesk;
  readonly chance: Random;
}

const plugIn = async ({ board, path, clock, signal }: Bench): Promise<ServedBoard> => {
  const served = await serveBoard({ board, socket: ptySocket(path, clock), clock, signal });
  if (!served.ok) throw new Error(sentence(served.fault));
  return served.value;
};

const runRound = async (bench: Bench, index: number): Promise<Round> => {
  const { clock, signal, board, seen, desk, chance } = bench;
  const isCold = index % 2 === 0;
  if (isCold) board.pressReset();
  const volts = Number(chance.between(0, 4.99).toFixed(3));
  board.setVolts(0, volts);
  Object.assign(seen, { volts: undefined, pascals: undefined });
  const { connects } = seen;
  const plugged = clock.mono();
  const served = await plugIn(bench);
  await waitFor(bench, () => seen.connects > connects);
  const laggedBefore = served.tally().laggedMs;
  const ready = await waitFor(bench, () => seen.readyAt !== undefined);
  const laggedMs = served.tally().laggedMs - laggedBefore;
  const since = (from: MonoNs | undefined): number | undefined =>
    ready === undefined || seen.readyAt === undefined || from === undefined
      ? undefined
      : elapsedMs(from, seen.readyAt);
  const [opened, resumedMs] = [since(seen.connectedAt), since(plugged)];
  const readyMs = opened === undefined ? undefined : Math.max(0, opened - laggedMs);
  await waitFor(bench, () => seen.volts !== undefined && seen.pascals !== undefined);
  const wasSafe = board.level(RELAY_PIN) === 'low';
  const outcome = await orderOutput(bench, desk, seen, { id: `round-${index}`, output: 'pump', value: 1 });
  const isClosed = board.level(RELAY_PIN) === 'high';
  await clock.sleep(chance.between(0, 200), signal);
  const measured = {
    voltsOff: seen.volts === undefined ? undefined : Math.abs(seen.volts - volts),
    pascals: seen.pascals,
  };
  const before = seen.disconnects;
  const pulled = clock.mono();
  await served[Symbol.asyncDispose]();
  await waitFor(bench, () => seen.disconnects > before);
  const noticedMs =
    seen.disconnectedAt === undefined ? undefined : Math.max(0, elapsedMs(pulled, seen.disconnectedAt));
  return { isCold, readyMs, resumedMs, noticedMs, ...measured, wasSafe, orderKind: outcome?.kind, isClosed };
};

const missesOf = (round: Round): readonly string[] => [
  ...(round.readyMs === undefined || round.readyMs > READY_WITHIN_MS ? ['ready'] : []),
  ...(round.resumedMs === undefined || round.resumedMs > RESUMED_WITHIN_MS ? ['resumed'] : []),
  ...(round.noticedMs === undefined || round.noticedMs > NOTICED_WITHIN_MS ? ['noticed'] : []),
  ...(round.voltsOff === undefined || round.voltsOff > LSB_VOLTS ? ['volts'] : []),
  ...(round.pascals === PASCALS ? [] : ['pascals']),
  ...(round.wasSafe ? [] : ['safe']),
  ...(round.orderKind === 'done' && round.isClosed ? [] : ['order']),
];

const spread = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(4));
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
};

const summarise = (rounds: readonly Round[]) => {
  const of = (isCold: boolean) => rounds.filter((round) => round.isCold === isCold);
  return {
    rounds: rounds.length,
    resumed: rounds.filter((round) => missesOf(round).length === 0).length,
    readyMsWhereTheBoardStarts: spread(of(true).flatMap(({ readyMs }) => readyMs ?? [])),
    readyMsWhereItStayedOn: spread(of(false).flatMap(({ readyMs }) => readyMs ?? [])),
    noticedMs: spread(rounds.flatMap(({ noticedMs }) => noticedMs ?? [])),
    voltsOff: spread(rounds.flatMap(({ voltsOff }) => voltsOff ?? [])),
    resumedMs: spread(rounds.flatMap(({ resumedMs }) => resumedMs ?? [])),
    misses: rounds.flatMap((round, index) =>
      missesOf(round).map((what) => ({ round: index, what, ...round })),
    ),
  };
};

const soak = async (count: number, seed: number, clock: Clock): Promise<number> => {
  const maker = await loadBoardMaker();
  const loaded = await loadAdapter('firmata');
  if (!maker.ok || loaded === undefined) {
    process.stderr.write(`${maker.ok ? 'There is no adapter firmata.' : sentence(maker.fault)}\n`);
    return 78;
  }
  const directory = await mkdtemp(join(tmpdir(), 'outpost-firmata-'));
  const stop = new AbortController();
  const seen = newSeen();
  const desk = createOrderDesk((outcome) => seen.outcomes.set(outcome.id, outcome));
  const path = join(directory, 'board');
  const bench: Bench = {
    clock,
    signal: stop.signal,
    path,
    board: maker.value.createBoard(['bme280']),
    seen,
    desk,
    chance: random(seed, 'firmata'),
  };
  const tally = newTally();
  const events = readDevice({
    adapter: loaded.adapter,
    address: `serial://${path}?baud=57600`,
    options: OPTIONS,
    device: BOARD,
    clock,
    signal: stop.signal,
    tally,
    orders: desk,
    report: ({ phase }) => {
      seen.readyAt = phase === 'ready' ? (seen.readyAt ?? clock.mono()) : undefined;
    },
  });
  const following = follow(events, seen).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const rounds: Round[] = [];
  const memory: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const round = await runRound(bench, index);
    rounds.push(round);
    memory.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
    const missed = missesOf(round);
    if (missed.length > 0 || (index + 1) % 10 === 0)
      process.stderr.write(`${index + 1}/${count} ${JSON.stringify(round)} ${missed.join(' ')}\n`);
  }
  stop.abort(new Error('The soak is over.'));
  await following;
  await rm(directory, { recursive: true });
  const summary = summarise(rounds);
  const balanced = tally.connects === tally.disconnects && undecided(tally) === 0;
  const memoryMib = { afterTen: memory[9], atTheEnd: memory.at(-1) };
  process.stdout.write(
    `${JSON.stringify({ seed, ...summary, balanced, readings: seen.readings, memoryMib })}\n`,
  );
  return summary.misses.length === 0 && balanced ? 0 : 1;
};

const { values } = parseArgs({
  options: { count: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});
process.exitCode = await soak(Number(values.count), Number(values.seed), systemClock());

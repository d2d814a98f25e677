import { resolve } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import {
  EXIT_MISCONFIGURED,
  type Fault,
  fail,
  fault,
  ok,
  type Result,
  sentence,
} from '@outpost/schemas/words';
import { Command } from 'commander';
import { BOARD_CHIPS, type BoardChip, loadBoardMaker } from '../devices/board/board.ts';
import { serveBoard } from '../devices/board/serve-board.ts';
import type { Socket } from '../devices/plug.ts';
import { ptySocket } from '../devices/pty-plug.ts';
import type { SimTerminal } from './car.ts';
import { tcpOf } from './car-options.ts';

const DEFAULT_LISTEN = 'tcp://127.0.0.1:35300';

/** As commander hands them over. */
export interface BoardOptions {
  readonly listen: string;
  readonly pty?: string;
  readonly volts: string;
  readonly chips: string;
}

const wrong = (option: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('misconfigured', 'sim.option', option, words));

const socketOf = ({ listen, pty }: BoardOptions): Result<Socket> => {
  if (pty === undefined) return tcpOf('--listen', listen);
  if (/[,!\s"'\\]/.test(pty) || pty === '') {
    return wrong('--pty', `"${pty}" cannot be the path of a serial line; use letters, digits, / . - and _.`);
  }
  return ok(ptySocket(resolve(pty), systemClock()));
};

const partsOf = (text: string): readonly string[] => text.split(',').filter((part) => part !== '');

/** `0=2.5,1=0.3`. */
export const voltsOf = (text: string): Result<readonly (readonly [number, number])[]> => {
  const all: (readonly [number, number])[] = [];
  for (const part of partsOf(text)) {
    const [, channel, volts] = /^([0-5])=(\d(?:\.\d{1,6})?)$/.exec(part) ?? [];
    if (channel === undefined || Number(volts) > 5)
      return wrong('--volts', `"${part}" is no voltage at a pin; write it like 0=2.5 for 2.5 V at A0.`);
    all.push([Number(channel), Number(volts)]);
  }
  return ok(all);
};

const chipsOf = (text: string): Result<readonly BoardChip[]> => {
  const chips: BoardChip[] = [];
  for (const part of partsOf(text)) {
    const chip = BOARD_CHIPS.find((each) => each === part);
    if (chip === undefined) return wrong('--chips', `"${part}" is not one of ${BOARD_CHIPS.join(', ')}.`);
    chips.push(chip);
  }
  return ok(chips);
};

/** Runs until Ctrl-C; resolves with the exit code. */
export const runBoard = async (options: BoardOptions, terminal: SimTerminal): Promise<number> => {
  const complain = (why: Fault): number => {
    terminal.err(sentence(why));
    return why.kind === 'misconfigured' ? EXIT_MISCONFIGURED : 1;
  };
  const volts = voltsOf(options.volts);
  if (!volts.ok) return complain(volts.fault);
  const chips = chipsOf(options.chips);
  if (!chips.ok) return complain(chips.fault);
  const socket = socketOf(options);
  if (!socket.ok) return complain(socket.fault);
  const maker = await loadBoardMaker();
  if (!maker.ok) return complain(maker.fault);
  const board = maker.value.createBoard(chips.value);
  for (const [channel, volt] of volts.value) board.setVolts(channel, volt);
  const served = await serveBoard({
    board,
    socket: socket.value,
    clock: systemClock(),
    signal: terminal.signal,
  });
  if (!served.ok) return complain(served.fault);
  await using place = served.value;
  terminal.out(`simulated Arduino Uno with StandardFirmata at ${place.where}`);
  await place.ended;
  const { bytesIn, bytesOut, laggedMs } = place.tally();
  const slow = laggedMs > 1_000 ? `; this machine was ${Math.round(laggedMs / 1_000)} s too slow for it` : '';
  terminal.out(`simulated board ended: ${bytesIn} B heard, ${bytesOut} B said${slow}`);
  return 0;
};

/** `outpost-sim board`. `finish` gets the exit code. */
export const boardCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  new Command('board')
    .description('an Arduino Uno that runs the real StandardFirmata (development packages)')
    .option('--listen <address>', 'where it listens; port 0: any free one', DEFAULT_LISTEN)
    .option('--pty <path>', 'where it appears as a serial line instead (needs socat)')
    .option('--volts <list>', 'voltages at its analog pins: 0=2.5,1=0.3', '0=2.5')
    .option('--chips <list>', `what is on its I²C bus, of ${BOARD_CHIPS.join(', ')}`, 'bme280')
    .allowExcessArguments(false)
    .action(async (options: BoardOptions) => finish(await runBoard(options, terminal)));

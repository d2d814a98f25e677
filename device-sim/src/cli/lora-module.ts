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
import { LORA_MODULE_NAMES } from '../devices/lora-module/families.ts';
import type { Channel } from '../devices/lora-module/module.ts';
import { type LoraModuleTally, serveLoraModule } from '../devices/lora-module/serve-lora-module.ts';
import type { Socket } from '../devices/plug.ts';
import { ptySocket } from '../devices/pty-plug.ts';
import type { SimTerminal } from './car.ts';
import { tcpOf } from './car-options.ts';

const DEFAULT_LISTEN = 'tcp://127.0.0.1:35200';

/** As commander hands them over. */
export interface LoraModuleOptions {
  readonly family: string;
  readonly listen: string;
  readonly pty?: string;
  readonly channel: string;
  readonly every: string;
  readonly damage: string;
  readonly logs: string;
  readonly restartAfter: string;
  readonly seed: string;
}

const wrong = (option: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('misconfigured', 'sim.option', option, words));

const numberOf = (option: string, text: string, low: number, high: number): Result<number> => {
  const value = Number(text);
  if (text.trim() !== '' && value >= low && value <= high) return ok(value);
  return wrong(option, `"${text}" is no number from ${low} to ${high}.`);
};

/** `868100000,SF7,125`. */
const channelOf = (text: string): Result<Channel> => {
  const found = /^(\d{9,10}),SF(\d{1,2}),(125|250|500)$/.exec(text);
  if (found === null) return wrong('--channel', `"${text}" is no channel; write it like 868100000,SF7,125.`);
  const [, frequencyHz, spreadingFactor, khz] = found.map(Number);
  return ok({
    frequencyHz: frequencyHz ?? 0,
    spreadingFactor: spreadingFactor ?? 0,
    bandwidthHz: (khz ?? 0) * 1_000,
  });
};

const socketOf = ({ listen, pty }: LoraModuleOptions): Result<Socket> => {
  if (pty === undefined) return tcpOf('--listen', listen);
  if (/[,!\s"'\\]/.test(pty) || pty === '') {
    return wrong('--pty', `"${pty}" cannot be the path of a serial line; use letters, digits, / . - and _.`);
  }
  return ok(ptySocket(resolve(pty), systemClock()));
};

interface Wanted {
  readonly channel: Channel;
  readonly socket: Socket;
  readonly numbers: Readonly<Record<'every' | 'damage' | 'logs' | 'restartAfter' | 'seed', number>>;
}

const LIMITS = {
  every: [0.01, 86_400],
  damage: [0, 1],
  logs: [0, 1],
  restartAfter: [0, 1e9],
  seed: [0, 2 ** 32 - 1],
} as const;

const wantedOf = (options: LoraModuleOptions): Result<Wanted> => {
  const channel = channelOf(options.channel);
  if (!channel.ok) return channel;
  const numbers = { every: 0, damage: 0, logs: 0, restartAfter: 0, seed: 0 };
  for (const name of Object.keys(LIMITS) as (keyof typeof LIMITS)[]) {
    const [low, high] = LIMITS[name];
    const option = name === 'restartAfter' ? '--restart-after' : `--${name}`;
    const number = numberOf(option, options[name], low, high);
    if (!number.ok) return number;
    numbers[name] = number.value;
  }
  const socket = socketOf(options);
  return socket.ok ? ok({ channel: channel.value, socket: socket.value, numbers }) : socket;
};

const summary = ({ onAir, heard, whole, sent, restarts, clients }: LoraModuleTally): string =>
  `${clients} connected, ${onAir} frames on the air, ${heard} heard, ${whole} told whole, ${sent} sent, ` +
  `${restarts} restarts`;

/** Runs until Ctrl-C; resolves with the exit code. */
export const runLoraModule = async (options: LoraModuleOptions, terminal: SimTerminal): Promise<number> => {
  const complain = (why: Fault): number => {
    terminal.err(sentence(why));
    return why.kind === 'misconfigured' ? EXIT_MISCONFIGURED : 1;
  };
  const wanted = wantedOf(options);
  if (!wanted.ok) return complain(wanted.fault);
  const { channel, socket, numbers } = wanted.value;
  const served = await serveLoraModule({
    family: options.family,
    channel,
    everyMs: numbers.every * 1_000,
    seed: numbers.seed,
    damage: { cutShare: numbers.damage, logShare: numbers.logs },
    restartAfterFrames: numbers.restartAfter,
    socket,
    clock: systemClock(),
    signal: terminal.signal,
  });
  if (!served.ok) return complain(served.fault);
  await using module = served.value;
  terminal.out(`simulated LoRa module at ${module.where}: ${options.family}, ${options.channel}`);
  await module.ended;
  terminal.out(`simulated LoRa module ended: ${summary(module.tally())}`);
  return 0;
};

/** `outpost-sim lora-module`. `finish` gets the exit code. */
export const loraModuleCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  new Command('lora-module')
    .description('a LoRa module on a serial line, with frames of other people on the air')
    .requiredOption('--family <name>', `which kind: ${LORA_MODULE_NAMES.join(', ')}`)
    .option('--listen <address>', 'where it listens; port 0: any free one', DEFAULT_LISTEN)
    .option('--pty <path>', 'where it appears as a serial line instead (needs socat)')
    .option(
      '--channel <channel>',
      'where the frames are: frequency in Hz, SF, bandwidth in kHz',
      '868100000,SF7,125',
    )
    .option('--every <seconds>', 'how far they are apart', '5')
    .option('--damage <share>', 'share of what it prints that breaks off', '0')
    .option('--logs <share>', 'share before which it prints a line of its log', '0')
    .option('--restart-after <frames>', 'its power fails after so many frames (0: never)', '0')
    .option('--seed <number>', 'a run with the same seed is the same run', '1')
    .allowExcessArguments(false)
    .action(async (options: LoraModuleOptions) => finish(await runLoraModule(options, terminal)));

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { isVin } from '@outpost/schemas/vehicle';
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
import { CAN_PROTOCOLS, isCanProtocol } from '../car/bus.ts';
import { identityOf, vinOfSeed } from '../car/identity.ts';
import { COMPACT_PETROL } from '../car/parameters.ts';
import { endlessDrive, type Plan, tripsWithParking } from '../car/plan.ts';
import { CYCLE_NAMES, type Cycle, cycleOf, isCycleName } from '../cycles/cycle.ts';
import { isProfileName, PROFILE_NAMES, profileOf } from '../devices/elm327/profile.ts';
import type { DongleModel } from '../devices/elm327.ts';
import { type FaultScript, MISHAPS, NO_FAULTS, parseFaults } from '../devices/faults.ts';
import type { Socket } from '../devices/plug.ts';
import { ptySocket } from '../devices/pty-plug.ts';
import { type ServedTally, serveCar } from '../devices/serve-car.ts';
import { tcpSocket } from '../devices/tcp-plug.ts';

/** What the command touches of the outside; tests give their own. */
export interface SimTerminal {
  out(line: string): void;
  err(line: string): void;
  /** Ends a running simulation: Ctrl-C. */
  readonly signal: AbortSignal;
}

/** As commander hands them over: text, or undefined where nothing was said. */
export interface CarOptions {
  readonly listen?: string;
  readonly pty?: string;
  readonly seed: string;
  readonly cycle: string;
  readonly profile: string;
  readonly protocol: string;
  readonly faults?: string;
  readonly vin?: string;
  readonly speedUp: string;
  readonly park: string;
  readonly ambient: string;
}

const DEFAULT_LISTEN = 'tcp://127.0.0.1:35000';

/** A day of driving in a quarter of an hour; beyond it a slow machine cannot keep up. */
const SPEED_UP_MAX = 100;
const PARK_MAX_S = 7 * 86_400;

const wrong = (option: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('misconfigured', 'sim.option', option, words));

const numberOf = (option: string, text: string, low: number, high: number, what: string): Result<number> => {
  const value = Number(text);
  if (text.trim() !== '' && value >= low && value <= high) return ok(value);
  return wrong(option, `"${text}" is not ${what} from ${low} to ${high}.`);
};

const tcpOf = (text: string): Result<Socket> => {
  const match = /^tcp:\/\/(\[[0-9a-fA-F:.]+\]|[^/:[\]\s]+):(\d{1,5})\/?$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65_535) {
    return wrong('--listen', `"${text}" is no address to listen on; write it like ${DEFAULT_LISTEN}.`);
  }
  return ok(tcpSocket(match[1].replace(/^\[(.*)\]$/, '$1'), port));
};

const socketOf = ({ listen, pty }: CarOptions): Result<Socket> => {
  if (listen !== undefined && pty !== undefined) {
    return wrong('--pty', 'a dongle is in one place: give --listen or --pty, not both.');
  }
  if (pty === undefined) return tcpOf(listen ?? DEFAULT_LISTEN);
  if (/[,!\s"'\\]/.test(pty) || pty === '') {
    return wrong('--pty', `"${pty}" cannot be the path of a serial line; use letters, digits, / . - and _.`);
  }
  return ok(ptySocket(resolve(pty), systemClock()));
};

const faultsOf = async (path: string | undefined): Promise<Result<FaultScript>> => {
  if (path === undefined) return ok(NO_FAULTS);
  try {
    return parseFaults(await readFile(path, 'utf8'), path);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return wrong('--faults', `the file ${path} cannot be read (${why}).`);
  }
};

const planOf = (cycle: Cycle, parkS: number): Plan =>
  parkS > 0 ? tripsWithParking(cycle, parkS) : endlessDrive(cycle);

/** Everything the options say about car and dongle, or the first thing that is wrong with them. */
export const modelOfOptions = async (options: CarOptions): Promise<Result<DongleModel>> => {
  const { cycle, profile, protocol, vin } = options;
  const seed = numberOf('--seed', options.seed, 0, Number.MAX_SAFE_INTEGER, 'a whole number');
  if (!seed.ok) return seed;
  if (!Number.isInteger(seed.value)) return wrong('--seed', `"${options.seed}" is no whole number.`);
  if (!isCycleName(cycle)) return wrong('--cycle', `"${cycle}" is not one of ${CYCLE_NAMES.join(', ')}.`);
  if (!isProfileName(profile)) {
    return wrong('--profile', `"${profile}" is not one of ${PROFILE_NAMES.join(', ')}.`);
  }
  if (!isCanProtocol(protocol)) {
    return wrong('--protocol', `"${protocol}" is not one of ${Object.keys(CAN_PROTOCOLS).join(', ')}.`);
  }
  if (vin !== undefined && !isVin(vin)) {
    return wrong('--vin', `"${vin}" is not 17 digits and capital letters without I, O and Q.`);
  }
  const speedUp = numberOf('--speed-up', options.speedUp, 0.1, SPEED_UP_MAX, 'a number');
  if (!speedUp.ok) return speedUp;
  const parkS = numberOf('--park', options.park, 0, PARK_MAX_S, 'a number of seconds');
  if (!parkS.ok) return parkS;
  const ambientC = numberOf('--ambient', options.ambient, -30, 50, 'a temperature');
  if (!ambientC.ok) return ambientC;
  const faults = await faultsOf(options.faults);
  if (!faults.ok) return faults;
  return ok({
    profile: profileOf(profile),
    car: {
      parameters: COMPACT_PETROL,
      plan: planOf(cycleOf(cycle), parkS.value),
      seed: seed.value,
      ambientC: ambientC.value,
      barometricKpa: 100,
    },
    identity: identityOf(seed.value, vin ?? vinOfSeed(seed.value)),
    protocol,
    faults: faults.value,
    speedUp: speedUp.value,
  });
};

const summary = ({ clients, commands, requests, bytesOut, faults, stopped }: ServedTally): string =>
  `${clients} connected, ${commands} commands, ${requests} requests to the car, ` +
  `${stopped} stopped, ${bytesOut} bytes said, ${faults} scripted faults begun`;

/** Runs until the signal aborts; resolves with the exit code. */
export const runCar = async (options: CarOptions, terminal: SimTerminal): Promise<number> => {
  const complain = (why: Fault): number => {
    terminal.err(sentence(why));
    return why.kind === 'misconfigured' ? EXIT_MISCONFIGURED : 1;
  };
  const model = await modelOfOptions(options);
  if (!model.ok) return complain(model.fault);
  const socket = socketOf(options);
  if (!socket.ok) return complain(socket.fault);
  const { signal } = terminal;
  const served = await serveCar({ model: model.value, socket: socket.value, clock: systemClock(), signal });
  if (!served.ok) return complain(served.fault);
  const car = served.value;
  const { identity, profile } = model.value;
  terminal.out(
    `simulated car at ${car.where}: VIN ${identity.vin}, ${options.cycle}, ${profile.name} dongle`,
  );
  const ended = await car.ended;
  terminal.out(`simulated car ended: ${summary(car.tally())}`);
  return ended.ok ? 0 : complain(ended.fault);
};

const FAULTS_HELP = `
Faults: a JSON list of {"atMs", "what", "forMs"}, times in ms from the start. What can happen:
  ${Object.keys(MISHAPS).slice(0, 8).join(', ')},
  ${Object.keys(MISHAPS).slice(8).join(', ')}.
  dtc-appears needs "code" (P0301), vin-swap takes "vin", late-prompt takes "delayMs".`;

/** `outpost-sim car`. `finish` gets the exit code. */
export const carCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  new Command('car')
    .description('a car driving a standard cycle, behind an ELM327 dongle on TCP or a serial line')
    .option(
      '--listen <address>',
      `where the Wi-Fi dongle listens (default: ${DEFAULT_LISTEN}; port 0: any free one)`,
    )
    .option('--pty <path>', 'where the serial dongle appears instead (needs socat)')
    .option('--seed <number>', 'a run with the same seed is the same run', '1')
    .option('--cycle <name>', `how it is driven, in a loop: ${CYCLE_NAMES.join(', ')}`, 'wltc')
    .option('--profile <name>', `which make of dongle: ${PROFILE_NAMES.join(', ')}`, 'genuine')
    .option(
      '--protocol <number>',
      'what the bus speaks: 6 = 11 bit 500k, 7 = 29 bit 500k, 8, 9 = the same at 250k',
      '6',
    )
    .option(
      '--faults <file>',
      'what goes wrong and when: [{"atMs": 10000, "what": "noise", "forMs": 2000}, …]',
    )
    .option('--vin <vin>', 'the vehicle identification number (default: one made from the seed)')
    .option('--speed-up <factor>', 'how much faster than the clock the car lives', '1')
    .option('--park <seconds>', 'park with the engine off between the cycles for so long (0: never)', '0')
    .option('--ambient <celsius>', 'how warm it is outside', '20')
    .addHelpText('after', FAULTS_HELP)
    .allowExcessArguments(false)
    .action(async (options: CarOptions) => finish(await runCar(options, terminal)));

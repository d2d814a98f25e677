import { systemClock } from '@outpost/firmware-bridge';
import { EXIT_MISCONFIGURED, type Fault, fault, ok, type Result, sentence } from '@outpost/schemas/words';
import { Command, Option } from 'commander';
import { VEHICLE_NAMES } from '../car/vehicles/vehicles.ts';
import { CYCLE_NAMES } from '../cycles/cycle.ts';
import { CONTROL_EXAMPLES } from '../devices/control/read-order.ts';
import { serveControl } from '../devices/control/serve-control.ts';
import { BUS_PROTOCOLS } from '../devices/elm327/bus-protocol.ts';
import { PROFILE_NAMES } from '../devices/elm327/profile.ts';
import { MISHAPS } from '../devices/faults.ts';
import { serveReceiver } from '../devices/gnss.ts';
import { type ServedCar, type ServedTally, serveCar } from '../devices/serve-car.ts';
import { runSlcan } from '../devices/slcan/run-slcan.ts';
import {
  type CarOptions,
  DEFAULT_LISTEN,
  DEFAULT_MODEL,
  modelOfOptions,
  PLAN_NAMES,
  socketOf,
  tcpOf,
} from './car-options.ts';

export { type CarOptions, modelOfOptions } from './car-options.ts';

/** What the command touches of the outside; tests give their own. */
export interface SimTerminal {
  out(line: string): void;
  err(line: string): void;
  /** Ends a running simulation: Ctrl-C. */
  readonly signal: AbortSignal;
}

const summary = ({ clients, commands, requests, bytesOut, faults, stopped }: ServedTally): string =>
  `${clients} connected, ${commands} commands, ${requests} requests to the car, ` +
  `${stopped} stopped, ${bytesOut} bytes said, ${faults} scripted faults begun`;

const NOTHING: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

const controlOf = (path: string | undefined, car: ServedCar): Promise<Result<AsyncDisposable>> =>
  path === undefined ? Promise.resolve(ok(NOTHING)) : serveControl(path, car);

const receiverOf = async (
  address: string | undefined,
  car: ServedCar,
  terminal: SimTerminal,
): Promise<Result<AsyncDisposable>> => {
  if (address === undefined) return ok(NOTHING);
  const socket = tcpOf('--gnss', address);
  if (!socket.ok) return socket;
  const look = () => car.look().car;
  const { signal } = terminal;
  const receiver = await serveReceiver({ look, socket: socket.value, clock: systemClock(), signal });
  if (receiver.ok) terminal.out(`its satellite receiver (NMEA 0183) at ${receiver.value.where}`);
  return receiver;
};

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
  if (options.dongle === 'slcan') {
    if (options.control !== undefined) {
      const words = 'an SLCAN adapter takes no orders; leave it out, or use --dongle elm327.';
      return complain(fault('misconfigured', 'sim.option', '--control', words));
    }
    const ended = await runSlcan(model.value, socket.value, systemClock(), terminal);
    return ended.ok ? 0 : complain(ended.fault);
  }
  const { signal } = terminal;
  const served = await serveCar({ model: model.value, socket: socket.value, clock: systemClock(), signal });
  if (!served.ok) return complain(served.fault);
  await using car = served.value;
  const control = await controlOf(options.control, car);
  if (!control.ok) return complain(control.fault);
  await using _open = control.value;
  const { identity, profile, car: driven } = model.value;
  const route = driven.plan.stages.find((stage) => stage.do === 'drive')?.cycle.name ?? 'parked';
  terminal.out(`simulated car at ${car.where}: VIN ${identity.vin}, ${route}, ${profile.name} dongle`);
  if (options.control !== undefined) terminal.out(`control socket at ${options.control}`);
  const receiver = await receiverOf(options.gnss, car, terminal);
  if (!receiver.ok) return complain(receiver.fault);
  await using _tell = receiver.value;
  const ended = await car.ended;
  terminal.out(`simulated car ended: ${summary(car.tally())}`);
  return ended.ok ? 0 : complain(ended.fault);
};

/** Names after one another, broken into lines that fit a terminal. */
const wrapped = (names: readonly string[], indent = '  '): string => {
  const lines: string[] = [''];
  for (const name of names) {
    const last = lines.at(-1)!;
    if (last.length + name.length > 88) lines.push(`${name}, `);
    else lines[lines.length - 1] = `${last}${name}, `;
  }
  return lines
    .map((line) => `${indent}${line.trimEnd()}`)
    .join('\n')
    .replace(/,$/, '');
};

const HELP = `
Dongles (--profile): genuine and genuine-1.4 are an ELM327; clone calls itself v1.5, forgets ATAT and ATST and is
  slow; clone-2.1 glues replies, prompts late and measures 0.0V; clone-fast loses flow control; stn and stn-2120
  are OBDLink chips; wican is a WiCAN that plays an ELM327.

Protocols: 1 J1850 PWM, 2 J1850 VPW, 3 ISO 9141-2, 4 and 5 KWP2000 (a car of 2003), 6 and 7 CAN 500k with 11 and 29
  bit, 8 and 9 the same at 250k.

Faults: a JSON list of {"atMs", "what", "forMs"}, times in ms from the start. What can happen:
${wrapped(Object.keys(MISHAPS))}.
  dtc-appears needs "code" (P0301), stuck needs "pid" ("0D"), vin-swap takes "vin", late-prompt and searching take
  "delayMs", response-pending "count" and "delayMs", drop-frames and duplicate-frames "count" or "share",
  wrong-baud "baud".

Control socket: while it runs, a JSON object on each line, answered with a line; outpost-sim control sends them:
${CONTROL_EXAMPLES.map((example) => `  ${example}`).join('\n')}`;

/** `outpost-sim car`. `finish` gets the exit code. */
export const carCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  new Command('car')
    .description('a car driving a standard cycle, behind an ELM327 dongle on TCP or a serial line')
    .option(
      '--listen <address>',
      `where the Wi-Fi dongle listens (default: ${DEFAULT_LISTEN}; port 0: any free one)`,
    )
    .option('--pty <path>', 'where the serial dongle appears instead (needs socat)')
    .option('--baud <rate>', 'the rate of the serial dongle, to be met: at another one there is garbage')
    .option('--control <path>', 'a Unix socket at which the running simulation takes orders')
    .option(
      '--gnss <address>',
      'where a satellite receiver in the car tells its position, tcp://127.0.0.1:2948',
    )
    .option('--seed <number>', 'a run with the same seed is the same run', '1')
    .option('--model <name>', `which car: ${VEHICLE_NAMES.join(', ')}`, DEFAULT_MODEL)
    .option('--cycle <name>', `how it is driven, in a loop: ${CYCLE_NAMES.join(', ')}`, 'wltc')
    .option('--speed-file <file>', 'or by this CSV file: time in s, speed in km/h, grade in percent')
    .option('--plan <name>', `what the driver does: ${PLAN_NAMES.join(', ')} (default: endless)`)
    .addOption(
      new Option('--dongle <kind>', 'what it is behind').choices(['elm327', 'slcan']).default('elm327'),
    )
    .option('--profile <name>', `which make of dongle: ${PROFILE_NAMES.join(', ')}`, 'genuine')
    .option('--protocol <number>', `what the bus speaks: ${BUS_PROTOCOLS.join(', ')}; see below`, '6')
    .option(
      '--faults <file>',
      'what goes wrong and when: [{"atMs": 10000, "what": "noise", "forMs": 2000}, …]',
    )
    .option('--vin <vin>', 'the vehicle identification number (default: one made from the seed)')
    .option('--speed-up <factor>', 'how much faster than the clock the car lives', '1')
    .option('--park <seconds>', 'park with the engine off between the cycles for so long (0: never)', '0')
    .option('--ambient <celsius>', 'how warm it is outside', '20')
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .action(async (options: CarOptions) => finish(await runCar(options, terminal)));

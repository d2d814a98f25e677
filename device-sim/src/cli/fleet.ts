import { readFile } from 'node:fs/promises';
import { checkAddress, systemClock } from '@outpost/firmware-bridge';
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
import { OVMS_FLEET } from '../devices/mqtt/ovms.ts';
import { type FleetTally, runFleet } from '../devices/mqtt/run-fleet.ts';
import type { FleetKind } from '../devices/mqtt/said.ts';
import { SENSOR_FLEET, SENSOR_MAPPING } from '../devices/mqtt/sensor.ts';
import { WICAN_FLEET } from '../devices/mqtt/wican.ts';
import type { SimTerminal } from './car.ts';

/** As commander hands them over. */
export interface FleetOptions {
  readonly mqtt?: string;
  readonly count: string;
  readonly rate: string;
  readonly seed: string;
  readonly turns?: string;
  readonly credentials?: string;
  readonly churn: string;
  readonly duplicates: string;
  readonly badPayloads: string;
  readonly wrongClocks: string;
  readonly mapping?: boolean;
  readonly json?: boolean;
}

const COUNT_MAX = 10_000;
const RATE_MAX = 1_000;

const misconfigured = (option: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'sim.option', option, words));

/** A number that an option holds. */
export const numberOf = (
  option: string,
  text: string,
  min: number,
  max: number,
  isWhole: boolean,
): Result<number> => {
  const value = Number(text);
  const isGood = text.trim() !== '' && value >= min && value <= max && (!isWhole || Number.isInteger(value));
  return isGood
    ? ok(value)
    : misconfigured(option, `must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}.`);
};

const numbersOf = (options: FleetOptions): Result<Readonly<Record<string, number>>> => {
  const wanted = [
    ['count', '--count', options.count, 1, COUNT_MAX, true],
    ['rate', '--rate', options.rate, 0.001, RATE_MAX, false],
    ['seed', '--seed', options.seed, 0, Number.MAX_SAFE_INTEGER, true],
    ['turns', '--turns', options.turns ?? '1', 1, 1_000_000_000, true],
    ['churn', '--churn', options.churn, 0, 1, false],
    ['duplicates', '--duplicates', options.duplicates, 0, 1, false],
    ['badPayloads', '--bad-payloads', options.badPayloads, 0, 1, false],
    ['wrongClocks', '--wrong-clocks', options.wrongClocks, 0, 1, false],
  ] as const;
  const numbers: Record<string, number> = {};
  for (const [name, option, text, min, max, isWhole] of wanted) {
    const number = numberOf(option, text, min, max, isWhole);
    if (!number.ok) return number;
    numbers[name] = number.value;
  }
  return ok(numbers);
};

const urlOf = (text: string | undefined): Result<string> => {
  const url = text?.replace(/\/$/, '');
  const checked = url === undefined ? undefined : checkAddress(`${url}/x`);
  return url !== undefined && checked?.ok === true && /^(mqtts?|wss?):/.test(url)
    ? ok(url)
    : misconfigured('--mqtt', 'must be the address of a broker, such as mqtt://127.0.0.1:1883.');
};

export type Credentials = { readonly username: string; readonly password: string } | undefined;

/** User name and password out of a file, which is never quoted. */
export const credentialsOf = async (path: string | undefined): Promise<Result<Credentials>> => {
  if (path === undefined) return ok(undefined);
  try {
    const { user, password } = JSON.parse(await readFile(path, 'utf8'));
    if (typeof user === 'string' && typeof password === 'string') return ok({ username: user, password });
  } catch {
    // Said below, without a word of what stands in it.
  }
  return misconfigured('--credentials', `${path} cannot be read as {"user": "…", "password": "…"}.`);
};

const summary = (kind: FleetKind, tally: FleetTally): string => {
  const { connections, published, acknowledged, damaged, twice, churned, failed } = tally;
  return (
    `simulated ${kind.name} fleet ended: ${published} messages (${acknowledged} acknowledged, ${damaged} damaged, ` +
    `${twice} twice), ${connections} connections, ${churned} dropped, ${failed} failures`
  );
};

const FAULT_LOOK_MS = 1_000;

/** Runs until its turns are done or Ctrl-C; resolves with the exit code. */
export const runFleetCommand = async (
  kind: FleetKind,
  options: FleetOptions,
  terminal: SimTerminal,
): Promise<number> => {
  const complain = (why: Fault): number => {
    terminal.err(sentence(why));
    return EXIT_MISCONFIGURED;
  };
  if (options.mapping === true) {
    terminal.out(JSON.stringify(SENSOR_MAPPING, null, 2));
    return 0;
  }
  const [url, numbers, credentials] = [
    urlOf(options.mqtt),
    numbersOf(options),
    await credentialsOf(options.credentials),
  ];
  if (!url.ok) return complain(url.fault);
  if (!numbers.ok) return complain(numbers.fault);
  if (!credentials.ok) return complain(credentials.fault);
  const {
    count = 1,
    rate = 1,
    seed = 0,
    turns = 1,
    churn = 0,
    duplicates = 0,
    badPayloads = 0,
    wrongClocks = 0,
  } = numbers.value;
  const clock = systemClock();
  const { signal } = terminal;
  const { tally, ended } = runFleet({
    kind,
    url: url.value,
    count,
    ratePerSecond: rate,
    seed,
    mishaps: { churn, duplicates, badPayloads, wrongClocks },
    clock,
    signal,
    ...(options.turns === undefined ? {} : { turns }),
    ...(credentials.value === undefined ? {} : { credentials: credentials.value }),
  });
  terminal.out(
    `simulated ${kind.name} fleet: ${count} devices, ${rate} turns a second each, at ${url.value}`,
  );
  const done = new AbortController();
  const watching = (async () => {
    let told: string | undefined;
    for (;;) {
      const words = tally.lastFault === undefined ? undefined : sentence(tally.lastFault);
      if (words !== undefined && words !== told) terminal.err(words);
      told = words;
      await clock.sleep(FAULT_LOOK_MS, done.signal);
    }
  })().catch(() => undefined);
  await ended;
  done.abort();
  await watching;
  terminal.out(options.json === true ? JSON.stringify(tally) : summary(kind, tally));
  return tally.published === 0 && tally.failed > 0 ? 1 : 0;
};

const makeCommand =
  (kind: FleetKind, description: string) =>
  (terminal: SimTerminal, finish: (code: number) => void): Command => {
    const command = new Command(kind.name)
      .description(description)
      .option('--mqtt <url>', 'the broker: mqtt://127.0.0.1:1883')
      .option('--count <n>', 'devices', '1')
      .option('--rate <r>', 'turns of each device a second', '1')
      .option('--seed <n>', 'the same seed draws the same', '0')
      .option('--turns <n>', 'end after so many turns of each device; without it at Ctrl-C')
      .option('--credentials <file>', 'user name and password, as {"user": "…", "password": "…"}')
      .option('--churn <share>', 'of turns after which a device goes without a word and comes back', '0')
      .option('--duplicates <share>', 'of messages that are published twice', '0')
      .option('--bad-payloads <share>', 'of messages that are damaged', '0')
      .option('--wrong-clocks <share>', 'of devices whose clock was never set or is ahead', '0')
      .option('--json', 'the figures at the end for scripts')
      .action(async (options: FleetOptions) => finish(await runFleetCommand(kind, options, terminal)));
    if (kind !== SENSOR_FLEET) return command;
    return command.option('--mapping', 'print the mapping by which the adapter "mapped" reads them, and end');
  };

/** `outpost-sim wican`. */
export const wicanCommand = makeCommand(WICAN_FLEET, 'WiCAN dongles that publish over MQTT');
/** `outpost-sim ovms`. */
export const ovmsCommand = makeCommand(OVMS_FLEET, 'OVMS v3 modules that publish over MQTT');
/** `outpost-sim sensor`. */
export const sensorCommand = makeCommand(SENSOR_FLEET, 'climate sensors that publish JSON over MQTT');

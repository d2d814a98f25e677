import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { isVin } from '@outpost/schemas/vehicle';
import { type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { dailyLife } from '../car/days.ts';
import { identityOf, vinOfSeed } from '../car/identity.ts';
import { type CarParameters, tractionOf } from '../car/parameters.ts';
import { endlessDrive, type Plan, parked, parkedFirst, tripsWithParking } from '../car/plan.ts';
import { isVehicleName, VEHICLE_NAMES, vehicleOf } from '../car/vehicles/vehicles.ts';
import { CYCLE_NAMES, type Cycle, cycleOf, isCycleName } from '../cycles/cycle.ts';
import { parsePlayBack } from '../cycles/play-back.ts';
import { BUS_PROTOCOLS, isBusProtocol } from '../devices/elm327/bus-protocol.ts';
import { isProfileName, PROFILE_NAMES, profileOf } from '../devices/elm327/profile.ts';
import type { DongleModel } from '../devices/elm327.ts';
import { type FaultScript, NO_FAULTS, parseFaults } from '../devices/faults.ts';
import type { Socket } from '../devices/plug.ts';
import { ptySocket } from '../devices/pty-plug.ts';
import { tcpSocket } from '../devices/tcp-plug.ts';

/** As commander hands them over: text, or undefined where nothing was said. */
export interface CarOptions {
  readonly listen?: string;
  readonly pty?: string;
  readonly control?: string;
  /** Where a satellite receiver in the car listens. */
  readonly gnss?: string;
  /** `elm327` or `slcan`. */
  readonly dongle?: string;
  readonly seed: string;
  readonly model?: string;
  readonly cycle: string;
  readonly speedFile?: string;
  readonly plan?: string;
  readonly profile: string;
  readonly protocol: string;
  readonly baud?: string;
  readonly faults?: string;
  readonly vin?: string;
  readonly speedUp: string;
  readonly park: string;
  readonly ambient: string;
}

export const DEFAULT_LISTEN = 'tcp://127.0.0.1:35000';

export const DEFAULT_MODEL = 'petrol-manual';

/** What the driver does; the ones with parking take `--park`. */
export const PLAN_NAMES = ['endless', 'trips', 'parked-first', 'parked', 'days'] as const;

/** A day of driving in a quarter of an hour; beyond it a slow machine cannot keep up. */
const SPEED_UP_MAX = 100;
const PARK_MAX_S = 7 * 86_400;
const SPEED_FILE_MAX_BYTES = 16 * 1024 * 1024;

const wrong = (option: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('misconfigured', 'sim.option', option, words));

const oneOf = (option: string, text: string, names: readonly string[]): Result<never> =>
  wrong(option, `"${text}" is not one of ${names.join(', ')}.`);

const numberOf = (option: string, text: string, low: number, high: number, what: string): Result<number> => {
  const value = Number(text);
  if (text.trim() !== '' && value >= low && value <= high) return ok(value);
  return wrong(option, `"${text}" is not ${what} from ${low} to ${high}.`);
};

export const tcpOf = (option: string, text: string): Result<Socket> => {
  const match = /^tcp:\/\/(\[[0-9a-fA-F:.]+\]|[^/:[\]\s]+):(\d{1,5})\/?$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65_535) {
    return wrong(option, `"${text}" is no address to listen on; write it like ${DEFAULT_LISTEN}.`);
  }
  return ok(tcpSocket(match[1].replace(/^\[(.*)\]$/, '$1'), port));
};

const baudOf = (text: string | undefined): Result<number | undefined> => {
  if (text === undefined) return ok(undefined);
  return numberOf('--baud', text, 300, 4_000_000, 'a serial rate');
};

/** Where the dongle can be connected to. */
export const socketOf = ({ listen, pty, baud }: CarOptions): Result<Socket> => {
  if (listen !== undefined && pty !== undefined) {
    return wrong('--pty', 'a dongle is in one place: give --listen or --pty, not both.');
  }
  if (baud !== undefined && pty === undefined) {
    return wrong('--baud', 'only a serial line has a rate: give --pty with it.');
  }
  if (pty === undefined) return tcpOf('--listen', listen ?? DEFAULT_LISTEN);
  if (/[,!\s"'\\]/.test(pty) || pty === '') {
    return wrong('--pty', `"${pty}" cannot be the path of a serial line; use letters, digits, / . - and _.`);
  }
  return ok(ptySocket(resolve(pty), systemClock(), { watchesRate: baud !== undefined }));
};

const textOf = async (option: string, path: string): Promise<Result<string>> => {
  try {
    const bytes = await readFile(path);
    if (bytes.length > SPEED_FILE_MAX_BYTES) {
      return wrong(option, `the file ${path} has more than ${SPEED_FILE_MAX_BYTES} bytes.`);
    }
    return ok(new TextDecoder().decode(bytes));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return wrong(option, `the file ${path} cannot be read (${why}).`);
  }
};

const faultsOf = async (path: string | undefined): Promise<Result<FaultScript>> => {
  if (path === undefined) return ok(NO_FAULTS);
  const text = await textOf('--faults', path);
  return text.ok ? parseFaults(text.value, path) : text;
};

const cycleOfOptions = async ({ cycle, speedFile }: CarOptions): Promise<Result<Cycle>> => {
  if (speedFile === undefined) {
    return isCycleName(cycle) ? ok(cycleOf(cycle)) : oneOf('--cycle', cycle, CYCLE_NAMES);
  }
  const text = await textOf('--speed-file', speedFile);
  return text.ok ? parsePlayBack(text.value, speedFile) : text;
};

const PARK_S = 600;

/** What a plan is made of besides its name and `--park`. */
interface Driver {
  readonly seed: number;
  readonly cycle: Cycle;
  readonly parameters: CarParameters;
}

const DAYS = 14;
/** A wall box, for cars that have a battery to charge. */
const CHARGE_KW = 7.2;

/** Two weeks of work, errands and weekends from midnight on. */
const days = ({ seed, cycle, parameters }: Driver): Plan => {
  const life = { seed, days: DAYS, commute: cycle, errand: cycleOf('udds') };
  return dailyLife(tractionOf(parameters) === undefined ? life : { ...life, chargeKw: CHARGE_KW });
};

/** Without a name, `--park` alone means trips with parking between them. */
const planOf = ({ plan, park }: CarOptions, driver: Driver): Result<Plan> => {
  const { cycle } = driver;
  const parkS = numberOf('--park', park, 0, PARK_MAX_S, 'a number of seconds');
  if (!parkS.ok) return parkS;
  const seconds = parkS.value > 0 ? parkS.value : PARK_S;
  switch (plan ?? (parkS.value > 0 ? 'trips' : 'endless')) {
    case 'endless':
      return ok(endlessDrive(cycle));
    case 'trips':
      return ok(tripsWithParking(cycle, seconds));
    case 'parked-first':
      return ok(parkedFirst(cycle, seconds));
    case 'parked':
      return ok(parked);
    case 'days':
      return ok(days(driver));
    default:
      return oneOf('--plan', plan ?? '', PLAN_NAMES);
  }
};

const seedOf = (text: string): Result<number> => {
  const seed = numberOf('--seed', text, 0, Number.MAX_SAFE_INTEGER, 'a whole number');
  if (seed.ok && !Number.isInteger(seed.value)) return wrong('--seed', `"${text}" is no whole number.`);
  return seed;
};

/** Everything the options say about car and dongle, or the first thing that is wrong with them. */
export const modelOfOptions = async (options: CarOptions): Promise<Result<DongleModel>> => {
  const { profile, protocol, vin, model = DEFAULT_MODEL } = options;
  const seed = seedOf(options.seed);
  if (!seed.ok) return seed;
  if (!isVehicleName(model)) return oneOf('--model', model, VEHICLE_NAMES);
  const cycle = await cycleOfOptions(options);
  if (!cycle.ok) return cycle;
  const parameters = vehicleOf(model);
  const plan = planOf(options, { seed: seed.value, cycle: cycle.value, parameters });
  if (!plan.ok) return plan;
  if (!isProfileName(profile)) return oneOf('--profile', profile, PROFILE_NAMES);
  if (!isBusProtocol(protocol)) return oneOf('--protocol', protocol, BUS_PROTOCOLS);
  const baud = baudOf(options.baud);
  if (!baud.ok) return baud;
  if (vin !== undefined && !isVin(vin)) {
    return wrong('--vin', `"${vin}" is not 17 digits and capital letters without I, O and Q.`);
  }
  const speedUp = numberOf('--speed-up', options.speedUp, 0.1, SPEED_UP_MAX, 'a number');
  if (!speedUp.ok) return speedUp;
  const ambientC = numberOf('--ambient', options.ambient, -30, 50, 'a temperature');
  if (!ambientC.ok) return ambientC;
  const faults = await faultsOf(options.faults);
  if (!faults.ok) return faults;
  const dongle = profileOf(profile);
  return ok({
    profile: baud.value === undefined ? dongle : { ...dongle, baud: baud.value },
    car: {
      parameters,
      plan: plan.value,
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

import { PIDS_PER_REQUEST_MAX, pidByNumber, pidsOfSignal, signalByName } from '@outpost/schemas/vehicle';
import { isProfileName, type Profile, profileByName } from '@outpost/schemas/vehicle/profiles';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** One parameter to ask for and how often. */
export interface PollEntry {
  readonly pid: number;
  readonly everyMs: number;
  /** Who waits less where not everything can be asked for in time; `normal` where it is left out. */
  readonly priority?: Priority;
}

export type Priority = 'high' | 'normal' | 'low';

/** Reads a profile from a file, or says in a `misconfigured` fault why it cannot. */
export type ReadProfile = (path: string) => Result<Profile>;

/** What a conversation with a car can be told, whatever carries it. */
export interface ObdOptions {
  /** What to read; undefined reads everything that the car offers and the signal table knows, at the table's pace. */
  readonly poll: readonly PollEntry[] | undefined;
  /** Requests to the car, not to the device. More than 20 a second has lit warning lamps. */
  readonly requestsPerSecondMax: number;
  /** Instead of the limit above, beyond it too: for a bench without a car. */
  readonly benchRequestsPerSecond: number | undefined;
  /** Live values asked for in one request; only a car with CAN takes more than one. */
  readonly parametersPerRequestMax: number;
  /** Undefined where the device measures none. */
  readonly voltageEveryMs: number | undefined;
  readonly troubleCodesEveryMs: number;
  /** How often the vehicle is asked for its identification number again. */
  readonly identityEveryMs: number;
  /** What this make of vehicle can be asked beyond what the law has made alike; undefined asks no more. */
  readonly profile: Profile | undefined;
  /** Ask also what needs an extended session, and keep that open. */
  readonly extendedSessions: boolean;
  /** Refuse readings while the vehicle gives different identification numbers. */
  readonly refuseChangingVin: boolean;
}

export const DEFAULT_OBD_OPTIONS: ObdOptions = {
  poll: undefined,
  requestsPerSecondMax: 10,
  benchRequestsPerSecond: undefined,
  parametersPerRequestMax: PIDS_PER_REQUEST_MAX,
  voltageEveryMs: 30_000,
  // Asked twice, and once more where a reply is damaged, a new code is still seen within a minute.
  troubleCodesEveryMs: 45_000,
  identityEveryMs: 600_000,
  profile: undefined,
  extendedSessions: false,
  refuseChangingVin: true,
};

export interface Range {
  readonly min: number;
  readonly max: number;
}

const DAY_MS = 86_400_000;

const NUMBERS = {
  requestsPerSecondMax: { min: 0.1, max: 20 },
  benchRequestsPerSecond: { min: 1, max: 10_000 },
  parametersPerRequestMax: { min: 1, max: PIDS_PER_REQUEST_MAX },
  voltageEveryMs: { min: 1_000, max: DAY_MS },
  troubleCodesEveryMs: { min: 10_000, max: DAY_MS },
  identityEveryMs: { min: 10_000, max: DAY_MS },
} as const satisfies Partial<Record<keyof ObdOptions, Range>>;

const POLL_EVERY: Range = { min: 50, max: DAY_MS };

/** More entries than there are parameters is a mistake. */
const POLL_ENTRIES_MAX = 256;

export const wrongOption = (
  where: string,
  words: string,
): { readonly ok: false; readonly fault: ReturnType<typeof fault> } =>
  fail(fault('misconfigured', 'obd.options', where, words));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const checkNumber = (where: string, value: unknown, { min, max }: Range): Result<number> =>
  typeof value === 'number' && value >= min && value <= max
    ? ok(value)
    : wrongOption(where, `must be a number from ${min} to ${max}.`);

/** The PIDs that one entry asks for: the lambda of a wide-range sensor may stand in either of two. */
const checkPids = (where: string, entry: Readonly<Record<string, unknown>>): Result<readonly number[]> => {
  const { signal, pid } = entry;
  if (typeof signal === 'string' && pid === undefined) {
    const row = signalByName(signal);
    const places = row === undefined ? [] : pidsOfSignal(row.id);
    if (places.length > 0) return ok(places.map((place) => place.pid.pid));
    return wrongOption(`${where}.signal`, `“${signal}” is no signal that a car can be asked for.`);
  }
  if (typeof pid === 'string' && signal === undefined) {
    const number = /^[0-9A-Fa-f]{2}$/.test(pid) ? Number.parseInt(pid, 16) : Number.NaN;
    if (pidByNumber(number) !== undefined) return ok([number]);
    return wrongOption(`${where}.pid`, `“${pid}” is no PID of the table; write two hex digits such as “0D”.`);
  }
  return wrongOption(where, 'must name either a signal, such as “Vehicle.Speed”, or a pid, such as “0D”.');
};

const checkPoll = (value: unknown): Result<readonly PollEntry[]> => {
  if (!Array.isArray(value) || value.length === 0 || value.length > POLL_ENTRIES_MAX) {
    return wrongOption('options.poll', `must be a list of 1 to ${POLL_ENTRIES_MAX} entries.`);
  }
  const entries = new Map<number, PollEntry>();
  for (const [index, entry] of value.entries()) {
    const where = `options.poll[${index}]`;
    if (!isObject(entry))
      return wrongOption(where, 'must be an object with “signal” or “pid”, and “everyMs”.');
    const unknown = Object.keys(entry).find((key) => !['signal', 'pid', 'everyMs', 'priority'].includes(key));
    if (unknown !== undefined)
      return wrongOption(`${where}.${unknown}`, 'is not known; there are signal, pid, everyMs, priority.');
    const pids = checkPids(where, entry);
    if (!pids.ok) return pids;
    const everyMs = checkNumber(`${where}.everyMs`, entry['everyMs'], POLL_EVERY);
    if (!everyMs.ok) return everyMs;
    const { priority = 'normal' } = entry;
    if (priority !== 'high' && priority !== 'normal' && priority !== 'low') {
      return wrongOption(`${where}.priority`, 'must be “high”, “normal” or “low”.');
    }
    for (const pid of pids.value) {
      if (entries.has(pid)) return wrongOption(where, 'asks for a parameter that the list already has.');
      entries.set(pid, { pid, everyMs: everyMs.value, ...(priority === 'normal' ? {} : { priority }) });
    }
  }
  return ok([...entries.values()]);
};

/** A name has neither a folder nor an ending, so that a name that is mistyped is not looked for on the disk. */
export const isProfilePath = (text: string): boolean => /[/\\]|\.json$/i.test(text);

const checkProfileOption = (where: string, value: unknown, readProfile: ReadProfile): Result<Profile> => {
  if (typeof value !== 'string' || value === '') {
    return wrongOption(where, 'must be the name of a bundled profile, or the path of a file with your own.');
  }
  if (isProfileName(value) || !isProfilePath(value)) {
    const bundled = profileByName(value);
    if (bundled.ok) return bundled;
    return wrongOption(
      where,
      `“${value}” ${bundled.fault.words} Your own is named by its path, as in ./car.json.`,
    );
  }
  return readProfile(value);
};

/** Checks one of the options above; undefined where the key is none of them. Faults are `misconfigured`. */
export const checkObdOption = (
  key: string,
  value: unknown,
  readProfile: ReadProfile,
): Result<Partial<ObdOptions>> | undefined => {
  const where = `options.${key}`;
  if (key === 'poll') {
    const poll = checkPoll(value);
    return poll.ok ? ok({ poll: poll.value }) : poll;
  }
  if (key === 'profile') {
    const profile = checkProfileOption(where, value, readProfile);
    return profile.ok ? ok({ profile: profile.value }) : profile;
  }
  if (key === 'refuseChangingVin' || key === 'extendedSessions') {
    return typeof value === 'boolean' ? ok({ [key]: value }) : wrongOption(where, 'must be true or false.');
  }
  if (!Object.hasOwn(NUMBERS, key)) return undefined;
  const number = checkNumber(where, value, NUMBERS[key as keyof typeof NUMBERS]);
  return number.ok ? ok({ [key]: number.value }) : number;
};

/**
 * Checks the `options` of the configuration key by key and fills in what is not said. `checkKey` is undefined for a
 * key that is not known. Faults are `misconfigured`.
 */
export const checkOptionsOver = <Options extends object>(
  defaults: Options,
  options: unknown,
  checkKey: (key: string, value: unknown) => Result<Partial<Options>> | undefined,
): Result<Options> => {
  if (options === undefined) return ok(defaults);
  if (!isObject(options)) return wrongOption('options', 'must be an object.');
  let checked = defaults;
  for (const [key, value] of Object.entries(options)) {
    const part = checkKey(key, value);
    if (part === undefined) {
      return wrongOption(`options.${key}`, `is not known; there are ${Object.keys(defaults).join(', ')}.`);
    }
    if (!part.ok) return part;
    checked = { ...checked, ...part.value };
  }
  return ok(checked);
};

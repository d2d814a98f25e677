import { pidByNumber, pidsOfSignal, signalByName } from '@outpost/schemas/vehicle';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** One parameter to ask for and how often. */
export interface PollEntry {
  readonly pid: number;
  readonly everyMs: number;
}

/** A protocol of the chip: 0 searches, the others are the four of ISO 15765-4. */
export type ProtocolChoice = '0' | '6' | '7' | '8' | '9';

export interface Elm327Options {
  /** What to read; undefined reads everything that the car offers and the signal table knows, at the table's pace. */
  readonly poll: readonly PollEntry[] | undefined;
  /** Requests to the car, not to the dongle. More than 20 a second has lit warning lamps. */
  readonly requestsPerSecondMax: number;
  /** `0` searches. */
  readonly protocol: ProtocolChoice;
  readonly voltageEveryMs: number;
  readonly troubleCodesEveryMs: number;
  /** How often the vehicle is asked for its identification number again. */
  readonly identityEveryMs: number;
  /** How long the chip waits for a control unit, in steps of 4 ms up to 1,020 (`ATST`). */
  readonly answerTimeoutMs: number;
  /** Refuse readings while the vehicle gives different identification numbers. */
  readonly refuseChangingVin: boolean;
}

export const DEFAULT_OPTIONS: Elm327Options = {
  poll: undefined,
  requestsPerSecondMax: 10,
  protocol: '0',
  voltageEveryMs: 30_000,
  troubleCodesEveryMs: 60_000,
  identityEveryMs: 600_000,
  answerTimeoutMs: 200,
  refuseChangingVin: true,
};

interface Range {
  readonly min: number;
  readonly max: number;
}

const DAY_MS = 86_400_000;

const NUMBERS = {
  requestsPerSecondMax: { min: 0.1, max: 20 },
  voltageEveryMs: { min: 1_000, max: DAY_MS },
  troubleCodesEveryMs: { min: 10_000, max: DAY_MS },
  identityEveryMs: { min: 10_000, max: DAY_MS },
  answerTimeoutMs: { min: 8, max: 1_020 },
} as const satisfies Partial<Record<keyof Elm327Options, Range>>;

const POLL_EVERY: Range = { min: 50, max: DAY_MS };

/** More entries than there are parameters is a mistake. */
const POLL_ENTRIES_MAX = 256;

const PROTOCOLS: ReadonlyMap<unknown, ProtocolChoice> = new Map<unknown, ProtocolChoice>([
  ['auto', '0'],
  [6, '6'],
  [7, '7'],
  [8, '8'],
  [9, '9'],
]);

const wrong = (
  where: string,
  words: string,
): { readonly ok: false; readonly fault: ReturnType<typeof fault> } =>
  fail(fault('misconfigured', 'elm327.options', where, words));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const checkNumber = (where: string, value: unknown, { min, max }: Range): Result<number> =>
  typeof value === 'number' && value >= min && value <= max
    ? ok(value)
    : wrong(where, `must be a number from ${min} to ${max}.`);

/** The PIDs that one entry asks for: the lambda of a wide-range sensor may stand in either of two. */
const checkPids = (where: string, entry: Readonly<Record<string, unknown>>): Result<readonly number[]> => {
  const { signal, pid } = entry;
  if (typeof signal === 'string' && pid === undefined) {
    const row = signalByName(signal);
    const places = row === undefined ? [] : pidsOfSignal(row.id);
    if (places.length > 0) return ok(places.map((place) => place.pid.pid));
    return wrong(`${where}.signal`, `“${signal}” is no signal that a car can be asked for.`);
  }
  if (typeof pid === 'string' && signal === undefined) {
    const number = /^[0-9A-Fa-f]{2}$/.test(pid) ? Number.parseInt(pid, 16) : Number.NaN;
    if (pidByNumber(number) !== undefined) return ok([number]);
    return wrong(`${where}.pid`, `“${pid}” is no PID of the table; write two hex digits such as “0D”.`);
  }
  return wrong(where, 'must name either a signal, such as “Vehicle.Speed”, or a pid, such as “0D”.');
};

const checkPoll = (value: unknown): Result<readonly PollEntry[]> => {
  if (!Array.isArray(value) || value.length === 0 || value.length > POLL_ENTRIES_MAX) {
    return wrong('options.poll', `must be a list of 1 to ${POLL_ENTRIES_MAX} entries.`);
  }
  const entries = new Map<number, PollEntry>();
  for (const [index, entry] of value.entries()) {
    const where = `options.poll[${index}]`;
    if (!isObject(entry)) return wrong(where, 'must be an object with “signal” or “pid”, and “everyMs”.');
    const unknown = Object.keys(entry).find((key) => !['signal', 'pid', 'everyMs'].includes(key));
    if (unknown !== undefined)
      return wrong(`${where}.${unknown}`, 'is not known; there are signal, pid, everyMs.');
    const pids = checkPids(where, entry);
    if (!pids.ok) return pids;
    const everyMs = checkNumber(`${where}.everyMs`, entry['everyMs'], POLL_EVERY);
    if (!everyMs.ok) return everyMs;
    for (const pid of pids.value) {
      if (entries.has(pid)) return wrong(where, 'asks for a parameter that the list already has.');
      entries.set(pid, { pid, everyMs: everyMs.value });
    }
  }
  return ok([...entries.values()]);
};

const checkKey = (key: string, value: unknown): Result<Partial<Elm327Options>> => {
  const where = `options.${key}`;
  if (key === 'poll') {
    const poll = checkPoll(value);
    return poll.ok ? ok({ poll: poll.value }) : poll;
  }
  if (key === 'protocol') {
    const protocol = PROTOCOLS.get(value);
    return protocol === undefined ? wrong(where, 'must be “auto”, 6, 7, 8 or 9.') : ok({ protocol });
  }
  if (key === 'refuseChangingVin') {
    return typeof value === 'boolean' ? ok({ [key]: value }) : wrong(where, 'must be true or false.');
  }
  if (!Object.hasOwn(NUMBERS, key)) {
    return wrong(where, `is not known; there are ${Object.keys(DEFAULT_OPTIONS).join(', ')}.`);
  }
  const number = checkNumber(where, value, NUMBERS[key as keyof typeof NUMBERS]);
  return number.ok ? ok({ [key]: number.value }) : number;
};

/** Checks the `options` of the configuration and fills in what is not said. Faults are `misconfigured`. */
export const checkOptions = (options: unknown): Result<Elm327Options> => {
  if (options === undefined) return ok(DEFAULT_OPTIONS);
  if (!isObject(options)) return wrong('options', 'must be an object.');
  let checked = DEFAULT_OPTIONS;
  for (const [key, value] of Object.entries(options)) {
    const part = checkKey(key, value);
    if (!part.ok) return part;
    checked = { ...checked, ...part.value };
  }
  return ok(checked);
};

import { dtcCode, isVin } from '@outpost/schemas/vehicle';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** What can go wrong between a car and a program, and how long it lasts when nobody says otherwise, ms. */
export const MISHAPS = {
  /** Bytes of replies are flipped, lost or added. */
  noise: 1_000,
  /** Lines end in the middle, the prompt follows as if nothing were wrong. */
  'half-frame': 1_000,
  /** Replies are replaced by random bytes of the same length. */
  garbage: 1_000,
  /** The dongle says nothing at all, not even a prompt. */
  mute: 5_000,
  /** The dongle is pulled out: the connection ends, its settings are gone. */
  unplug: 5_000,
  /** The supply dips: the dongle says so and forgets its settings. */
  'lv-reset': 0,
  /** A loose plug: the same happens whenever the starter turns. */
  'weak-supply': Number.POSITIVE_INFINITY,
  /** The chip has an internal error, says `ERR94` and forgets its settings. */
  err94: 0,
  /** The program at the other end listens with `baud`. */
  'wrong-baud': 5_000,
  /** The transmit buffer overflows: replies end in `BUFFER FULL`. */
  'buffer-full': 1_000,
  /** No control unit answers. */
  'no-data': 5_000,
  /** The bus is disturbed. */
  'can-error': 5_000,
  /** A stray byte interrupts every request. */
  stopped: 1_000,
  /** Searching for the protocol takes `delayMs`. */
  searching: Number.POSITIVE_INFINITY,
  /** The next `count` frames of answers are lost; without it a `share` of them for as long. */
  'drop-frames': 5_000,
  /** They come twice. */
  'duplicate-frames': 5_000,
  /** Control units answer with the neighbour of the PID that was asked. */
  'wrong-pid': 1_000,
  /** The dongle sits in another car; for ever, unless said otherwise. */
  'vin-swap': Number.POSITIVE_INFINITY,
  /** Prompts come `delayMs` after their reply. */
  'late-prompt': 5_000,
  /** Control units think five times as long. */
  'slow-ecu': 10_000,
  /** Every answer is first put off with `7F service 78`, `count` times, `delayMs` apart. */
  'response-pending': 5_000,
  /** Parameter `pid` of service 01 stays as it is. */
  stuck: 30_000,
  /** The cause of trouble code `code` appears in the engine. */
  'dtc-appears': 0,
} as const;

export type Mishap = keyof typeof MISHAPS;

/** One entry of a fault script; times in ms since the simulation began. */
export interface FaultEntry {
  readonly atMs: number;
  readonly what: Mishap;
  readonly forMs: number;
  /** `late-prompt`: how late; `response-pending`: how far apart; `searching`: how long. */
  readonly delayMs: number;
  /** `dtc-appears`: which. */
  readonly code: string;
  /** `vin-swap`: whose; another seed's where it is not given. */
  readonly vin: string | undefined;
  /** `drop-frames`, `duplicate-frames`, `response-pending`: how many. */
  readonly count: number | undefined;
  /** `drop-frames`, `duplicate-frames`: of how many, 0 to 1. */
  readonly share: number;
  /** `stuck`: which parameter of service 01. */
  readonly pid: number;
  /** `wrong-baud`. */
  readonly baud: number;
}

/** By ascending time. */
export type FaultScript = readonly FaultEntry[];

export const NO_FAULTS: FaultScript = [];

/** A script is written by hand or by a generator of a few hundred lines. */
export const FAULTS_MAX = 10_000;

const DELAYS_MS: Partial<Readonly<Record<Mishap, number>>> = {
  'late-prompt': 400,
  'response-pending': 70,
  searching: 12_000,
};
const SHARE = 0.3;
const WRONG_BAUD = 9_600;
const COUNT_MAX = 1_000;
const KEYS = new Set([
  ...['atMs', 'what', 'forMs', 'delayMs', 'code', 'vin', 'count', 'share', 'pid', 'baud', 'note'],
]);

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

const isWhole = (value: unknown, low: number, high: number): boolean =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high;

type Entry = Readonly<Record<string, unknown>>;

/** What is wrong with what one kind of entry needs, as the end of a sentence. */
const objectionOfKind = ({ what, code, vin, count, share, pid, baud }: Entry): string | undefined => {
  if (what === 'dtc-appears' && (typeof code !== 'string' || dtcCode(code) === undefined)) {
    return 'needs "code", a trouble code such as P0301';
  }
  if (what === 'stuck' && (typeof pid !== 'string' || !/^[0-9A-Fa-f]{2}$/.test(pid))) {
    return 'needs "pid", a parameter in two hex digits such as "0D"';
  }
  if (vin !== undefined && (typeof vin !== 'string' || !isVin(vin))) {
    return 'has a "vin" that is not 17 digits and capital letters without I, O and Q';
  }
  if (count !== undefined && !isWhole(count, 1, COUNT_MAX)) {
    return `has a "count" that is no whole number from 1 to ${COUNT_MAX}`;
  }
  if (share !== undefined && !(typeof share === 'number' && share >= 0 && share <= 1)) {
    return 'has a "share" that is no number from 0 to 1';
  }
  if (baud !== undefined && !isWhole(baud, 300, 4_000_000)) {
    return 'has a "baud" that is no rate from 300 to 4000000';
  }
  return undefined;
};

/** What is wrong with an entry, as the end of a sentence; undefined where nothing is. */
const objection = (entry: Entry): string | undefined => {
  const unknown = Object.keys(entry).find((key) => !KEYS.has(key));
  const { atMs, what, forMs = 0, delayMs = 0 } = entry;
  if (unknown !== undefined) return `has the unknown key "${unknown}"; known are ${[...KEYS].join(', ')}`;
  if (!isTime(atMs)) return 'needs "atMs", a number of milliseconds from the start';
  if (typeof what !== 'string' || !Object.hasOwn(MISHAPS, what)) {
    return `needs "what", one of ${Object.keys(MISHAPS).join(', ')}`;
  }
  if (!isTime(forMs)) return 'has a "forMs" that is no number of milliseconds';
  if (!isTime(delayMs)) return 'has a "delayMs" that is no number of milliseconds';
  return objectionOfKind(entry);
};

const entryOf = (entry: Entry): FaultEntry => {
  const what = entry['what'] as Mishap;
  return {
    atMs: entry['atMs'] as number,
    what,
    forMs: (entry['forMs'] as number | undefined) ?? MISHAPS[what],
    delayMs: (entry['delayMs'] as number | undefined) ?? DELAYS_MS[what] ?? 0,
    code: (entry['code'] as string | undefined) ?? '',
    vin: entry['vin'] as string | undefined,
    count: (entry['count'] as number | undefined) ?? (what === 'response-pending' ? 1 : undefined),
    share: (entry['share'] as number | undefined) ?? SHARE,
    pid: Number.parseInt((entry['pid'] as string | undefined) ?? '0', 16),
    baud: (entry['baud'] as number | undefined) ?? WRONG_BAUD,
  };
};

const misconfigured = (where: string, words: string): Result<FaultScript> =>
  fail(fault('misconfigured', 'sim.fault-script', where, words));

/**
 * Checks a fault script: a list of `{ "atMs": 10000, "what": "noise", "forMs": 2000 }` with what the entry's kind
 * takes besides (see `FaultEntry`) and a `note` for people. `where` names it in messages.
 */
export const checkFaults = (value: unknown, where: string): Result<FaultScript> => {
  if (!Array.isArray(value)) {
    return misconfigured(
      where,
      'a fault script is a JSON list of objects such as {"atMs": 10000, "what": "noise"}',
    );
  }
  if (value.length > FAULTS_MAX)
    return misconfigured(where, `a fault script has at most ${FAULTS_MAX} entries`);
  const entries: FaultEntry[] = [];
  for (const [i, entry] of (value as readonly unknown[]).entries()) {
    if (typeof entry !== 'object' || entry === null) {
      return misconfigured(where, `entry ${i + 1} of the fault script is no object`);
    }
    const record = entry as Readonly<Record<string, unknown>>;
    const wrong = objection(record);
    if (wrong !== undefined) return misconfigured(where, `entry ${i + 1} of the fault script ${wrong}`);
    entries.push(entryOf(record));
  }
  return ok(entries.toSorted((a, b) => a.atMs - b.atMs));
};

/** The text of a script file as a script. */
export const parseFaults = (text: string, where: string): Result<FaultScript> => {
  try {
    return checkFaults(JSON.parse(text), where);
  } catch (error) {
    return misconfigured(
      where,
      `the fault script is not JSON: ${error instanceof Error ? error.message : ''}`,
    );
  }
};

/** The entry of this kind that is in force at a moment; the latest one where they overlap. */
export const inForce = (script: FaultScript, what: Mishap, nowMs: number): FaultEntry | undefined =>
  script.findLast((entry) => entry.what === what && entry.atMs <= nowMs && nowMs < entry.atMs + entry.forMs);

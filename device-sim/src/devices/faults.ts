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
  /** The transmit buffer overflows: replies end in `BUFFER FULL`. */
  'buffer-full': 1_000,
  /** No control unit answers. */
  'no-data': 5_000,
  /** The bus is disturbed. */
  'can-error': 5_000,
  /** Control units answer with the neighbour of the PID that was asked. */
  'wrong-pid': 1_000,
  /** The dongle sits in another car; for ever, unless said otherwise. */
  'vin-swap': Number.POSITIVE_INFINITY,
  /** Prompts come `delayMs` after their reply. */
  'late-prompt': 5_000,
  /** Control units think five times as long. */
  'slow-ecu': 10_000,
  /** Every answer is first put off with `7F service 78`. */
  'response-pending': 5_000,
  /** The cause of trouble code `code` appears in the engine. */
  'dtc-appears': 0,
} as const;

export type Mishap = keyof typeof MISHAPS;

/** One entry of a fault script; times in ms since the simulation began. */
export interface FaultEntry {
  readonly atMs: number;
  readonly what: Mishap;
  readonly forMs: number;
  /** `late-prompt`: how late. */
  readonly delayMs: number;
  /** `dtc-appears`: which. */
  readonly code: string;
  /** `vin-swap`: whose; another seed's where it is not given. */
  readonly vin: string | undefined;
}

/** By ascending time. */
export type FaultScript = readonly FaultEntry[];

export const NO_FAULTS: FaultScript = [];

/** A script is written by hand or by a generator of a few hundred lines. */
export const FAULTS_MAX = 10_000;

const LATE_PROMPT_MS = 400;
const KEYS = new Set(['atMs', 'what', 'forMs', 'delayMs', 'code', 'vin', 'note']);

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** What is wrong with an entry, as the end of a sentence; undefined where nothing is. */
const objection = (entry: Readonly<Record<string, unknown>>): string | undefined => {
  const unknown = Object.keys(entry).find((key) => !KEYS.has(key));
  const { atMs, what, forMs = 0, delayMs = 0, code, vin } = entry;
  if (unknown !== undefined) return `has the unknown key "${unknown}"; known are ${[...KEYS].join(', ')}`;
  if (!isTime(atMs)) return 'needs "atMs", a number of milliseconds from the start';
  if (typeof what !== 'string' || !(what in MISHAPS)) {
    return `needs "what", one of ${Object.keys(MISHAPS).join(', ')}`;
  }
  if (!isTime(forMs)) return 'has a "forMs" that is no number of milliseconds';
  if (!isTime(delayMs)) return 'has a "delayMs" that is no number of milliseconds';
  if (what === 'dtc-appears' && (typeof code !== 'string' || dtcCode(code) === undefined)) {
    return 'needs "code", a trouble code such as P0301';
  }
  if (vin !== undefined && (typeof vin !== 'string' || !isVin(vin))) {
    return 'has a "vin" that is not 17 digits and capital letters without I, O and Q';
  }
  return undefined;
};

const entryOf = (entry: Readonly<Record<string, unknown>>): FaultEntry => {
  const what = entry['what'] as Mishap;
  return {
    atMs: entry['atMs'] as number,
    what,
    forMs: (entry['forMs'] as number | undefined) ?? MISHAPS[what],
    delayMs: (entry['delayMs'] as number | undefined) ?? LATE_PROMPT_MS,
    code: (entry['code'] as string | undefined) ?? '',
    vin: entry['vin'] as string | undefined,
  };
};

const misconfigured = (where: string, words: string): Result<FaultScript> =>
  fail(fault('misconfigured', 'sim.fault-script', where, words));

/**
 * Checks a fault script: a list of `{ "atMs": 10000, "what": "noise", "forMs": 2000 }`, optionally with `code`
 * (dtc-appears), `vin` (vin-swap), `delayMs` (late-prompt) and a `note` for people. `where` names it in messages.
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

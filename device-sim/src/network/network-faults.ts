import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** What can go wrong with a network, in the words of a fault script. */
export const NETWORK_MISHAPS = [
  /** An attestation is refused with `code` and `words`, now and whenever it comes again. */
  'refuse',
  /** 503, with `Retry-After` where `retryAfterS` is given. */
  'busy',
  /** Everything is done, and the connection is cut in the middle of the answer. */
  'cut',
  /** The answer comes `delayMs` late. */
  'slow',
  /** Receipts are signed by a key that nobody knows. */
  'wrong-key',
] as const;

export type NetworkMishap = (typeof NETWORK_MISHAPS)[number];

/**
 * One entry of a fault script. It applies to the attestations from number `item` on (only `refuse`), to the requests
 * from number `request` on, both counted from 1 since the start, for `count` of them; or from `atMs` for `forMs`.
 */
export interface NetworkFault {
  readonly what: NetworkMishap;
  readonly item?: number;
  readonly request?: number;
  readonly count: number;
  readonly atMs?: number;
  readonly forMs: number;
  readonly delayMs: number;
  readonly retryAfterS?: number;
  readonly code: string;
  readonly words: string;
}

export type NetworkFaults = readonly NetworkFault[];

export const NETWORK_FAULTS_MAX = 10_000;

const KEYS: ReadonlySet<string> = new Set([
  'what',
  'item',
  'request',
  'count',
  'atMs',
  'forMs',
  'delayMs',
  'retryAfterS',
  'code',
  'words',
  'note',
]);

const NUMBERS = ['item', 'request', 'count', 'atMs', 'forMs', 'delayMs', 'retryAfterS'] as const;

type Entry = Readonly<Record<string, unknown>>;

/** What is wrong with an entry, as the end of a sentence; undefined where nothing is. */
const objection = (entry: Entry): string | undefined => {
  const unknown = Object.keys(entry).find((key) => !KEYS.has(key));
  if (unknown !== undefined) return `has the unknown key "${unknown}"; known are ${[...KEYS].join(', ')}`;
  const what = NETWORK_MISHAPS.find((each) => each === entry['what']);
  if (what === undefined) return `needs "what", one of ${NETWORK_MISHAPS.join(', ')}`;
  for (const name of NUMBERS) {
    const value = entry[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= 0)) {
      return `has a "${name}" that is no whole number`;
    }
  }
  const places = ['item', 'request', 'atMs'].filter((name) => entry[name] !== undefined);
  const allowed = what === 'refuse' ? ['item', 'atMs'] : ['request', 'atMs'];
  if (places.length !== 1 || !allowed.includes(places[0] ?? '')) {
    return `needs exactly one of ${allowed.map((name) => `"${name}"`).join(' and ')}`;
  }
  return undefined;
};

const entryOf = (entry: Entry): NetworkFault => {
  const number = (name: (typeof NUMBERS)[number]) => entry[name] as number | undefined;
  const [item, request, atMs, retryAfterS] = (['item', 'request', 'atMs', 'retryAfterS'] as const).map(
    number,
  );
  return {
    what: entry['what'] as NetworkMishap,
    ...(item === undefined ? {} : { item }),
    ...(request === undefined ? {} : { request }),
    ...(atMs === undefined ? {} : { atMs }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    count: number('count') ?? 1,
    forMs: number('forMs') ?? 5_000,
    delayMs: number('delayMs') ?? 2_000,
    code: String(entry['code'] ?? 'not-wanted'),
    words: String(entry['words'] ?? 'The fault script says so.'),
  };
};

const misconfigured = (where: string, words: string): Result<NetworkFaults> =>
  fail(fault('misconfigured', 'sim.fault-script', where, words));

/** Checks a fault script: a list such as `[{"what": "refuse", "item": 3}, {"what": "busy", "atMs": 5000}]`. */
export const checkNetworkFaults = (value: unknown, where: string): Result<NetworkFaults> => {
  if (!Array.isArray(value) || value.length > NETWORK_FAULTS_MAX) {
    const words = `a fault script is a JSON list of at most ${NETWORK_FAULTS_MAX} objects such as {"what": "refuse", "item": 3}`;
    return misconfigured(where, words);
  }
  const faults: NetworkFault[] = [];
  for (const [index, entry] of (value as readonly unknown[]).entries()) {
    if (typeof entry !== 'object' || entry === null) {
      return misconfigured(where, `entry ${index + 1} of the fault script is no object`);
    }
    const wrong = objection(entry as Entry);
    if (wrong !== undefined) return misconfigured(where, `entry ${index + 1} of the fault script ${wrong}`);
    faults.push(entryOf(entry as Entry));
  }
  return ok(faults);
};

/** The text of a script file as a script. */
export const parseNetworkFaults = (text: string, where: string): Result<NetworkFaults> => {
  try {
    return checkNetworkFaults(JSON.parse(text), where);
  } catch (error) {
    const words = `the fault script is not JSON: ${error instanceof Error ? error.message : ''}`;
    return misconfigured(where, words);
  }
};

/** Where the network stands: the number of the attestation or request at hand, from 1, and the time since its start. */
export interface Moment {
  readonly number: number;
  readonly elapsedMs: number;
}

/** The first entry of this kind that is in force. */
export const faultAt = (
  faults: NetworkFaults,
  what: NetworkMishap,
  { number, elapsedMs }: Moment,
): NetworkFault | undefined =>
  faults.find((each) => {
    if (each.what !== what) return false;
    if (each.atMs !== undefined) return elapsedMs >= each.atMs && elapsedMs < each.atMs + each.forMs;
    const first = each.item ?? each.request ?? 0;
    return number >= first && number < first + each.count;
  });

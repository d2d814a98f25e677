import { REGIONS, type RegionPlan, regionNamed } from '@outpost/schemas/radio';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** A gateway that may speak without being asked for. */
export interface Allowed {
  /** 16 digits of lower-case hex. */
  readonly eui: string;
  /** Where it must speak from; where it is not given, the first address that it speaks from is taken. */
  readonly address: string | undefined;
}

export interface GwmpOptions {
  readonly allow: readonly Allowed[];
  /** Nothing is sent where it is not set. */
  readonly region: RegionPlan | undefined;
  /** Datagrams that are taken, on average; bursts may have twice as many. */
  readonly gatewayPerSecondMax: number;
  readonly addressPerSecondMax: number;
}

export const DEFAULT_OPTIONS: GwmpOptions = {
  allow: [],
  region: undefined,
  // Eight channels of SF7 are 141 frames a second at most; a forwarder that catches up sends some times more.
  gatewayPerSecondMax: 1_500,
  addressPerSecondMax: 3_000,
};

/** Gateways that one socket serves. */
export const GATEWAYS_MAX = 256;

const PER_SECOND = { min: 1, max: 100_000 } as const;
const ALLOWED = /^([0-9a-f]{16})(?:@([0-9a-f.:]{2,45}))?$/;

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'gwmp.options', where, words));

const checkAllow = (value: unknown): Result<Partial<GwmpOptions>> => {
  if (!Array.isArray(value) || value.length > GATEWAYS_MAX)
    return wrong('options.allow', `must be a list of at most ${GATEWAYS_MAX} gateways.`);
  const allow: Allowed[] = [];
  for (const [i, each] of value.entries()) {
    const [, eui, address] = typeof each === 'string' ? (ALLOWED.exec(each.toLowerCase()) ?? []) : [];
    if (eui === undefined)
      return wrong(
        `options.allow[${i}]`,
        'must be an EUI of 16 hex digits, or one with its address: EUI@192.0.2.7.',
      );
    allow.push({ eui, address });
  }
  return ok({ allow });
};

const checkKey = (key: string, value: unknown): Result<Partial<GwmpOptions>> => {
  const where = `options.${key}`;
  if (key === 'allow') return checkAllow(value);
  if (key === 'region') {
    const region = typeof value === 'string' ? regionNamed(value) : undefined;
    return region === undefined
      ? wrong(where, `must be one of ${REGIONS.map(({ name }) => name).join(', ')}.`)
      : ok({ region });
  }
  if (key === 'gatewayPerSecondMax' || key === 'addressPerSecondMax') {
    const { min, max } = PER_SECOND;
    return typeof value === 'number' && value >= min && value <= max
      ? ok({ [key]: value })
      : wrong(where, `must be a number from ${min} to ${max}.`);
  }
  return wrong(where, `is not known; there are ${Object.keys(DEFAULT_OPTIONS).join(', ')}.`);
};

/** Checks the `options` of the configuration and fills in what is not said. Faults are `misconfigured`. */
export const checkOptions = (options: unknown): Result<GwmpOptions> => {
  if (options === undefined) return ok(DEFAULT_OPTIONS);
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return wrong('options', 'must be an object.');
  let checked = DEFAULT_OPTIONS;
  for (const [key, value] of Object.entries(options)) {
    const part = checkKey(key, value);
    if (!part.ok) return part;
    checked = { ...checked, ...part.value };
  }
  return ok(checked);
};

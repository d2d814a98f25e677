import { fail, fault, ok, type Result } from '@outpost/schemas/words';

export interface GnssOptions {
  /** One position at most in this time; 0 takes every one. */
  readonly everyMs: number;
}

const DEFAULT_EVERY_MS = 1_000;
const EVERY = { min: 0, max: 86_400_000 } as const;

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'gnss.options', where, words));

/** Checks the `options` of the configuration and fills in what is not said. Faults are `misconfigured`. */
export const checkGnssOptions = (options: unknown): Result<GnssOptions> => {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return wrong('options', 'must be an object.');
  }
  const { everyMs = DEFAULT_EVERY_MS, ...others } = options as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return wrong(`options.${unknown}`, 'is no option; there is everyMs.');
  if (
    typeof everyMs !== 'number' ||
    !Number.isInteger(everyMs) ||
    everyMs < EVERY.min ||
    everyMs > EVERY.max
  ) {
    return wrong('options.everyMs', `must be a whole number from ${EVERY.min} to ${EVERY.max}.`);
  }
  return ok({ everyMs });
};

import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { NetworkSettings } from '../contract.ts';
import { checkWebAddress } from '../web-address.ts';

export interface M3terSettings {
  readonly name: string;
  readonly url: URL;
  /** The token of each M3ter, by the name of the device that brings its payloads. */
  readonly meters: ReadonlyMap<string, number>;
  readonly expiresAfterMs: number;
}

const PATH = '/batch-payloads';
const EXPIRES_HOURS = { min: 1, max: 24 * 366, usual: 24 * 366 } as const;
const MS_PER_HOUR = 3_600_000;

/** Everything that can be said of the settings without touching anything; faults are `misconfigured`. */
export const checkSettings = ({ name, url, key, options }: NetworkSettings): Result<M3terSettings> => {
  const wrong = (what: string, words: string): Result<never> =>
    fail(fault('misconfigured', 'm3ter.settings', `network ${name}, ${what}`, words));
  const { meters, expiresAfterHours = EXPIRES_HOURS.usual, ...others } = options;
  if (key !== undefined) return wrong('key', 'a prover signs no receipts, so it has no key here.');
  const address = checkWebAddress(url);
  if (!address.ok) return wrong('url', address.fault.words);
  address.value.pathname = `${address.value.pathname.replace(/\/+$/, '')}${PATH}`;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    return wrong(`options.${unknown}`, 'is no option; there are meters and expiresAfterHours.');
  const { min, max } = EXPIRES_HOURS;
  if (typeof expiresAfterHours !== 'number' || !(expiresAfterHours >= min && expiresAfterHours <= max))
    return wrong('options.expiresAfterHours', `must be a number from ${min} to ${max}.`);
  if (typeof meters !== 'object' || meters === null || Object.keys(meters).length === 0)
    return wrong('options.meters', 'must name the token of each meter by its device: {"roof-meter": 17}.');
  for (const [device, token] of Object.entries(meters)) {
    if (typeof token !== 'number' || !Number.isSafeInteger(token) || token < 0)
      return wrong(`options.meters.${device}`, 'must be the number of the token of that M3ter.');
  }
  return ok({
    name,
    url: address.value,
    meters: new Map(Object.entries(meters as Readonly<Record<string, number>>)),
    expiresAfterMs: expiresAfterHours * MS_PER_HOUR,
  });
};

import { checkMqtt, type MqttScheme } from '@outpost/firmware-bridge';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { NetworkSettings } from '../contract.ts';

export interface MqttNetworkSettings {
  readonly name: string;
  /** The broker, with a topic for the shape of the address; nothing is subscribed. */
  readonly address: URL;
  readonly scheme: MqttScheme;
  /** What every topic begins with, without a slash at its end. */
  readonly prefix: string;
  readonly send: 'attestations' | 'readings';
  readonly leaves: boolean;
  /** Messages a second at most, in the long run. */
  readonly perS: number;
  readonly expiresAfterMs: number;
}

const SCHEMES: readonly MqttScheme[] = [
  { scheme: 'mqtt', example: 'mqtt://192.168.0.10:1883/outpost', defaultPort: 1883 },
  { scheme: 'mqtts', example: 'mqtts://broker.example:8883/outpost', defaultPort: 8883 },
  { scheme: 'ws', example: 'ws://192.168.0.10:8083/outpost', defaultPort: 80 },
  { scheme: 'wss', example: 'wss://broker.example/outpost', defaultPort: 443 },
];

const PER_S = { min: 1, max: 10_000, usual: 200 } as const;
const EXPIRES_HOURS = { min: 1, max: 24 * 366, usual: 24 * 366 } as const;
const MS_PER_HOUR = 3_600_000;
const PREFIX = /^[A-Za-z0-9_.-]{1,64}(?:\/[A-Za-z0-9_.-]{1,64}){0,7}$/;
const PREFIX_USUAL = 'outpost';

const wrong = (name: string, what: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'mqtt.settings', `network ${name}, ${what}`, words));

const checkUrl = ({
  name,
  url,
}: NetworkSettings): Result<Pick<MqttNetworkSettings, 'address' | 'scheme' | 'prefix'>> => {
  const scheme = SCHEMES.find((each) => url.startsWith(`${each.scheme}://`));
  if (scheme === undefined || !URL.canParse(url)) {
    return wrong(name, 'url', `is no address of a broker; write it like ${SCHEMES[0]?.example ?? ''}.`);
  }
  const address = new URL(url);
  const path = address.pathname.replace(/^\/|\/$/g, '');
  const prefix = path === '' ? PREFIX_USUAL : path;
  if (!PREFIX.test(prefix))
    return wrong(name, 'url', 'has a path that topics cannot begin with, as they can with "plant/7".');
  address.pathname = `/${prefix}`;
  // Only version 5 lets a broker say why it does not take a message; 3.1.1 acknowledges and drops.
  if (!address.searchParams.has('version')) address.searchParams.set('version', '5');
  const checked = checkMqtt(address, scheme);
  if (!checked.ok) return wrong(name, 'url', checked.fault.words);
  return ok({ address, scheme, prefix });
};

const isWithin = (value: unknown, { min, max }: { readonly min: number; readonly max: number }) =>
  typeof value === 'number' && value >= min && value <= max;

/** Everything that can be said of the settings without touching anything; faults are `misconfigured`. */
export const checkSettings = (settings: NetworkSettings): Result<MqttNetworkSettings> => {
  const { name, key, options } = settings;
  if (key !== undefined) return wrong(name, 'key', 'a broker signs nothing, so it has no key here.');
  const {
    send = 'attestations',
    leaves = true,
    perS = PER_S.usual,
    expiresAfterHours = EXPIRES_HOURS.usual,
    ...others
  } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const known = 'there are send, leaves, perS and expiresAfterHours.';
    return wrong(name, `options.${unknown}`, `is no option; ${known}`);
  }
  if (send !== 'attestations' && send !== 'readings')
    return wrong(name, 'options.send', 'must be attestations or readings.');
  if (typeof leaves !== 'boolean') return wrong(name, 'options.leaves', 'must be true or false.');
  if (!isWithin(perS, PER_S) || !Number.isInteger(perS))
    return wrong(name, 'options.perS', `must be a whole number from ${PER_S.min} to ${PER_S.max}.`);
  if (!isWithin(expiresAfterHours, EXPIRES_HOURS)) {
    const { min, max } = EXPIRES_HOURS;
    return wrong(name, 'options.expiresAfterHours', `must be a number from ${min} to ${max}.`);
  }
  const url = checkUrl(settings);
  if (!url.ok) return url;
  const expiresAfterMs = Number(expiresAfterHours) * MS_PER_HOUR;
  return ok({ name, ...url.value, send, leaves, perS: Number(perS), expiresAfterMs });
};

import { checkMqtt, type MqttScheme } from '@outpost/firmware-bridge';
import type { GwEncoding } from '@outpost/schemas/radio/gw';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { NetworkSettings } from '../contract.ts';

export interface ChirpstackSettings {
  readonly name: string;
  /** The broker, with the filter of the commands as its path. */
  readonly address: URL;
  readonly scheme: MqttScheme;
  /** What stands before `gateway/` in every topic: empty, or `eu868/`. */
  readonly prefix: string;
  readonly encoding: GwEncoding;
  readonly expiresAfterMs: number;
}

const SCHEMES: readonly MqttScheme[] = [
  { scheme: 'mqtt', example: 'mqtt://192.168.0.10:1883/eu868', defaultPort: 1883 },
  { scheme: 'mqtts', example: 'mqtts://chirpstack.example:8883/eu868', defaultPort: 8883 },
  { scheme: 'ws', example: 'ws://192.168.0.10:8083/eu868', defaultPort: 80 },
  { scheme: 'wss', example: 'wss://chirpstack.example/eu868', defaultPort: 443 },
];

const EXPIRES_HOURS = { min: 1, max: 24 * 365, usual: 48 } as const;
const MS_PER_HOUR = 3_600_000;
const PREFIX = /^(?:[A-Za-z0-9_.-]{1,32}\/){0,4}$/;

const wrong = (name: string, what: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'chirpstack.settings', `network ${name}, ${what}`, words));

const checkUrl = ({
  name,
  url,
}: NetworkSettings): Result<Pick<ChirpstackSettings, 'address' | 'scheme' | 'prefix'>> => {
  const scheme = SCHEMES.find((each) => url.startsWith(`${each.scheme}://`));
  if (scheme === undefined || !URL.canParse(url)) {
    return wrong(name, 'url', `is no address of a broker; write it like ${SCHEMES[0]?.example ?? ''}.`);
  }
  const address = new URL(url);
  const path = address.pathname.replace(/^\/|\/$/g, '');
  const prefix = path === '' ? '' : `${path}/`;
  if (!PREFIX.test(prefix))
    return wrong(name, 'url', 'has a path that is no prefix of topics, as "eu868" is.');
  address.pathname = `/${prefix}gateway/+/command/+`;
  const checked = checkMqtt(address, scheme);
  if (!checked.ok) return wrong(name, 'url', checked.fault.words);
  if (address.searchParams.has('session')) {
    return wrong(
      name,
      'url',
      'has a session; commands that waited in a broker are too late for any gateway.',
    );
  }
  return ok({ address, scheme, prefix });
};

/** Everything that can be said of the settings without touching anything; faults are `misconfigured`. */
export const checkSettings = (settings: NetworkSettings): Result<ChirpstackSettings> => {
  const { name, key, options } = settings;
  if (key !== undefined) return wrong(name, 'key', 'a ChirpStack signs nothing, so it has no key here.');
  const { encoding = 'protobuf', expiresAfterHours = EXPIRES_HOURS.usual, ...others } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    return wrong(name, `options.${unknown}`, 'is no option; there are encoding and expiresAfterHours.');
  }
  if (encoding !== 'protobuf' && encoding !== 'json') {
    return wrong(name, 'options.encoding', 'must be protobuf or json.');
  }
  const { min, max } = EXPIRES_HOURS;
  if (typeof expiresAfterHours !== 'number' || !(expiresAfterHours >= min && expiresAfterHours <= max)) {
    return wrong(name, 'options.expiresAfterHours', `must be a number from ${min} to ${max}.`);
  }
  const url = checkUrl(settings);
  if (!url.ok) return url;
  return ok({ name, ...url.value, encoding, expiresAfterMs: expiresAfterHours * MS_PER_HOUR });
};

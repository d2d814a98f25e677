import { isAbsolute } from 'node:path';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { NetworkSettings } from '../contract.ts';
import { type HeliumKey, readAddress } from './keys.ts';
import { HELIUM_REGIONS, regionNumber } from './regions.ts';

export interface HeliumSettings {
  readonly name: string;
  readonly router: URL;
  /** Where the parameters of the region come from, and whose signature they must have. */
  readonly config: URL;
  readonly configKey: HeliumKey;
  /** Helium's number of the region where the gateways stand. */
  readonly region: number;
  readonly expiresAfterMs: number;
  readonly gatewaysMax: number;
  /** How often the router is asked to say what it has, in seconds; 0 for never. */
  readonly ackEveryS: number;
  readonly rotateAfterMs: number;
  /** Certificate authorities in PEM for `https:`, where not those of the system. */
  readonly caFile: string | undefined;
}

/** Of mainnet (helium/gateway-rs, config/settings.toml). */
export const MAINNET = {
  router: 'http://mainnet-router.helium.io:8080',
  config: 'http://mainnet-config.helium.io:6080',
  configKey: '137oJzq1qZpSbzHawaysTGGsRCYTXG1MiTMQNxYSsQJp4YMDdN8',
} as const;

const NUMBERS = {
  expiresAfterSeconds: { min: 1, max: 3_600, usual: 60 },
  gatewaysMax: { min: 1, max: 256, usual: 64 },
  ackEverySeconds: { min: 0, max: 3_600, usual: 10 },
  rotateAfterMinutes: { min: 1, max: 29, usual: 27 },
} as const;
type NumberOption = keyof typeof NUMBERS;

const OPTIONS = ['region', 'config', 'configKey', 'caFile', ...Object.keys(NUMBERS)];

const wrong = (name: string, what: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'helium.settings', `network ${name}, ${what}`, words));

export const readUrl = (name: string, what: string, text: unknown, example: string): Result<URL> => {
  const parsed = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol))
    return wrong(name, what, `is no address of such a server; write it like ${example}.`);
  const isBare = ['', '/'].includes(parsed.pathname) && parsed.search === '' && parsed.hash === '';
  if (!isBare || parsed.username !== '' || parsed.password !== '')
    return wrong(name, what, 'must be a scheme, a host and a port, and nothing else.');
  return ok(parsed);
};

const readNumber = ({ name, options }: NetworkSettings, option: NumberOption): Result<number> => {
  const { min, max, usual } = NUMBERS[option];
  const value = options[option] ?? usual;
  return typeof value === 'number' && value >= min && value <= max
    ? ok(value)
    : wrong(name, `options.${option}`, `must be a number from ${min} to ${max}.`);
};

export const readRegion = ({ name, options }: NetworkSettings): Result<number> => {
  const { region } = options;
  const number = typeof region === 'string' ? regionNumber(region) : undefined;
  return number === undefined
    ? wrong(name, 'options.region', `must say where the gateways stand: one of ${HELIUM_REGIONS.join(', ')}.`)
    : ok(number);
};

const readNumbers = (settings: NetworkSettings): Result<Readonly<Record<NumberOption, number>>> => {
  const read: Partial<Record<NumberOption, number>> = {};
  for (const option of Object.keys(NUMBERS) as NumberOption[]) {
    const value = readNumber(settings, option);
    if (!value.ok) return value;
    read[option] = value.value;
  }
  return ok(read as Readonly<Record<NumberOption, number>>);
};

/** Everything that can be said of the settings without touching anything; faults are `misconfigured`. */
export const checkSettings = (settings: NetworkSettings): Result<HeliumSettings> => {
  const { name, url, key, options } = settings;
  if (key !== undefined)
    return wrong(name, 'key', 'Helium signs no receipts; the key of its configuration is options.configKey.');
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined)
    return wrong(name, `options.${unknown}`, `is no option; there are ${OPTIONS.join(', ')}.`);
  const router = readUrl(name, 'url', url, MAINNET.router);
  if (!router.ok) return router;
  const config = readUrl(name, 'options.config', options['config'] ?? MAINNET.config, MAINNET.config);
  if (!config.ok) return config;
  const address = options['configKey'] ?? MAINNET.configKey;
  const configKey = typeof address === 'string' ? readAddress(address) : undefined;
  if (configKey?.ok !== true)
    return wrong(
      name,
      'options.configKey',
      'is no address of a Helium key; leave it out to trust mainnet’s.',
    );
  const region = readRegion(settings);
  if (!region.ok) return region;
  const { caFile } = options;
  if (caFile !== undefined && (typeof caFile !== 'string' || !isAbsolute(caFile)))
    return wrong(name, 'options.caFile', 'must be the whole path of a file with certificates in PEM.');
  const numbers = readNumbers(settings);
  if (!numbers.ok) return numbers;
  const { expiresAfterSeconds, gatewaysMax, ackEverySeconds, rotateAfterMinutes } = numbers.value;
  return ok({
    name,
    router: router.value,
    config: config.value,
    configKey: configKey.value,
    region: region.value,
    expiresAfterMs: expiresAfterSeconds * 1_000,
    gatewaysMax: Math.floor(gatewaysMax),
    ackEveryS: Math.floor(ackEverySeconds),
    rotateAfterMs: rotateAfterMinutes * 60_000,
    caFile,
  });
};

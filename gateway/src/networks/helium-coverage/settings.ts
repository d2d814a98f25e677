import { HELIUM_PROFILE } from '@outpost/schemas/radio';
import { fail, fault, isDeviceName, ok, type Result } from '@outpost/schemas/words';
import type { NetworkSettings } from '../contract.ts';
import { isEui } from '../helium/gateway-keys.ts';
import { type HeliumKey, readAddress } from '../helium/keys.ts';
import { MAINNET, readRegion, readUrl } from '../helium/settings.ts';

/** A gateway that sends beacons, and the device that is told to have it do so. */
export interface Beaconer {
  readonly gateway: string;
  readonly device: string;
}

export interface CoverageSettings {
  readonly name: string;
  /** Undefined: off. Else the rules by which reports are made. */
  readonly profile: typeof HELIUM_PROFILE | undefined;
  readonly ingest: URL;
  readonly entropy: URL;
  readonly config: URL;
  readonly configKey: HeliumKey;
  /** Helium's number of the region. */
  readonly region: number;
  /** The network of the configuration whose keys are the gateways'. */
  readonly keysOf: string;
  readonly beaconers: readonly Beaconer[];
  readonly forwarderGainDbi: number;
  readonly expiresAfterMs: number;
  readonly gatewaysMax: number;
}

/** Where the services of mainnet were (helium/gateway-rs, config/settings.toml). */
export const COVERAGE_MAINNET = {
  ingest: 'http://mainnet-pociot.helium.io:9080',
  entropy: 'http://entropy.iot.mainnet.helium.io:7080',
} as const;

const NUMBERS = {
  /** The network takes no report whose entropy is older. */
  expiresAfterSeconds: { min: 1, max: 180, usual: 180 },
  gatewaysMax: { min: 1, max: 256, usual: 64 },
  forwarderGainDbi: { min: 0, max: 15, usual: 0 },
} as const;

const OPTIONS = [
  'profile',
  'region',
  'entropy',
  'config',
  'configKey',
  'keysOf',
  'beacons',
  ...Object.keys(NUMBERS),
];

const wrong = (name: string, what: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'helium-coverage.settings', `network ${name}, ${what}`, words));

const readNumber = ({ name, options }: NetworkSettings, option: keyof typeof NUMBERS): Result<number> => {
  const { min, max, usual } = NUMBERS[option];
  const value = options[option] ?? usual;
  return typeof value === 'number' && value >= min && value <= max
    ? ok(value)
    : wrong(name, `options.${option}`, `must be a number from ${min} to ${max}.`);
};

const readProfile = ({ name, options }: NetworkSettings): Result<CoverageSettings['profile']> => {
  const profile = options['profile'] ?? 'off';
  if (profile === 'off') return ok(undefined);
  return profile === HELIUM_PROFILE
    ? ok(HELIUM_PROFILE)
    : wrong(name, 'options.profile', `must be "off" or "${HELIUM_PROFILE}".`);
};

const beaconerFrom = (value: unknown): Beaconer | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { gateway, device, ...more } = value as Readonly<Record<string, unknown>>;
  if (typeof gateway !== 'string' || typeof device !== 'string' || Object.keys(more).length > 0)
    return undefined;
  const eui = gateway.toLowerCase();
  return isEui(eui) && isDeviceName(device) ? { gateway: eui, device } : undefined;
};

const readBeaconers = (settings: NetworkSettings, most: number): Result<readonly Beaconer[]> => {
  const { name, options } = settings;
  const told = options['beacons'] ?? [];
  const read = Array.isArray(told) ? told.map(beaconerFrom) : [undefined];
  const beaconers = read.filter((each) => each !== undefined);
  const names = new Set(beaconers.map(({ gateway }) => gateway));
  if (beaconers.length < read.length || names.size < read.length || read.length > most) {
    const form = '[{ "gateway": "0016c001ff10a235", "device": "roof" }]';
    return wrong(name, 'options.beacons', `must list who sends, each gateway once, like ${form}.`);
  }
  return ok(beaconers);
};

const readKeysOf = ({ name, options }: NetworkSettings): Result<string> => {
  const keysOf = options['keysOf'] ?? 'helium';
  return typeof keysOf === 'string' && isDeviceName(keysOf)
    ? ok(keysOf)
    : wrong(name, 'options.keysOf', 'must be the name of the network of kind helium that has the keys.');
};

/** Everything that can be said of the settings without touching anything; faults are `misconfigured`. */
export const checkSettings = (settings: NetworkSettings): Result<CoverageSettings> => {
  const { name, url, key, options } = settings;
  if (key !== undefined)
    return wrong(name, 'key', 'Helium signs no receipts; the key of its configuration is options.configKey.');
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined)
    return wrong(name, `options.${unknown}`, `is no option; there are ${OPTIONS.join(', ')}.`);
  const profile = readProfile(settings);
  if (!profile.ok) return profile;
  const ingest = readUrl(name, 'url', url, COVERAGE_MAINNET.ingest);
  if (!ingest.ok) return ingest;
  const entropyAt = options['entropy'] ?? COVERAGE_MAINNET.entropy;
  const entropy = readUrl(name, 'options.entropy', entropyAt, COVERAGE_MAINNET.entropy);
  if (!entropy.ok) return entropy;
  const config = readUrl(name, 'options.config', options['config'] ?? MAINNET.config, MAINNET.config);
  if (!config.ok) return config;
  const address = options['configKey'] ?? MAINNET.configKey;
  const configKey = typeof address === 'string' ? readAddress(address) : undefined;
  if (configKey?.ok !== true) return wrong(name, 'options.configKey', 'is no address of a Helium key.');
  const region = readRegion(settings);
  if (!region.ok) return region;
  const keysOf = readKeysOf(settings);
  if (!keysOf.ok) return keysOf;
  const [expires, most, gain] = [
    readNumber(settings, 'expiresAfterSeconds'),
    readNumber(settings, 'gatewaysMax'),
    readNumber(settings, 'forwarderGainDbi'),
  ];
  if (!expires.ok) return expires;
  if (!most.ok) return most;
  if (!gain.ok) return gain;
  const gatewaysMax = Math.floor(most.value);
  const beaconers = readBeaconers(settings, gatewaysMax);
  if (!beaconers.ok) return beaconers;
  return ok({
    name,
    profile: profile.value,
    ingest: ingest.value,
    entropy: entropy.value,
    config: config.value,
    configKey: configKey.value,
    region: region.value,
    keysOf: keysOf.value,
    beaconers: beaconers.value,
    forwarderGainDbi: gain.value,
    expiresAfterMs: expires.value * 1_000,
    gatewaysMax,
  });
};

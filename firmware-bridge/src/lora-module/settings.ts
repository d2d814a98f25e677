import { REGIONS, type RegionPlan, regionNamed } from '@outpost/schemas/radio';
import { fail, fault, type LoraModulation, ok, type Result } from '@outpost/schemas/words';

/** What a module's radio is set to. A module never says it of a frame: it is what its owner configured. */
export interface RadioSettings {
  readonly frequencyHz: number;
  /** 5 to 12. */
  readonly spreadingFactor: number;
  readonly bandwidthHz: number;
  /** 1 to 4, for 4/5 to 4/8. */
  readonly codingRate: number;
  /** Symbols. */
  readonly preambleSymbols: number;
  /** Whether it listens with the sync word of LoRaWAN (0x34) or with the private one (0x12). */
  readonly publicNetwork: boolean;
  /** dBm at the connector. */
  readonly powerDbm: number;
  /** dBi; with the power it makes the equivalent isotropic radiated power. */
  readonly antennaGainDbi: number;
  /** Nothing is sent where it is not set. */
  readonly region: RegionPlan | undefined;
}

/** What of the settings is evidence. */
export type Tuned = Pick<RadioSettings, 'frequencyHz' | 'spreadingFactor' | 'bandwidthHz' | 'codingRate'>;

type NumberName = Exclude<keyof RadioSettings, 'publicNetwork' | 'region'>;

export const BANDWIDTHS_HZ: readonly number[] = [125_000, 250_000, 500_000];

const DEFAULTS = {
  spreadingFactor: 7,
  bandwidthHz: 125_000,
  codingRate: 1,
  preambleSymbols: 8,
  publicNetwork: true,
  powerDbm: 10,
  antennaGainDbi: 2,
  region: undefined,
} as const;

/** Frequency: the chips of these modules tune from 137 MHz to 1.02 GHz. */
const RANGES: Readonly<Record<Exclude<NumberName, 'bandwidthHz'>, { min: number; max: number }>> = {
  frequencyHz: { min: 137_000_000, max: 1_020_000_000 },
  spreadingFactor: { min: 5, max: 12 },
  codingRate: { min: 1, max: 4 },
  preambleSymbols: { min: 6, max: 65_535 },
  powerDbm: { min: 0, max: 22 },
  antennaGainDbi: { min: 0, max: 20 },
};

export const wrongOption = (key: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'lora-module.options', `options.${key}`, words));

const checkNumber = (key: NumberName, value: unknown): Result<number> => {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return wrongOption(key, 'must be a whole number.');
  }
  if (key === 'bandwidthHz') {
    return BANDWIDTHS_HZ.includes(value)
      ? ok(value)
      : wrongOption(key, `must be one of ${BANDWIDTHS_HZ.join(', ')}.`);
  }
  const { min, max } = RANGES[key];
  return value >= min && value <= max ? ok(value) : wrongOption(key, `must lie between ${min} and ${max}.`);
};

const checkRegion = (value: unknown): Result<RegionPlan> => {
  const region = typeof value === 'string' ? regionNamed(value) : undefined;
  const names = REGIONS.map(({ name }) => name).join(', ');
  return region === undefined ? wrongOption('region', `must be one of ${names}.`) : ok(region);
};

export type PlainOptions = Readonly<Record<string, unknown>>;

const checkObject = (options: unknown): Result<PlainOptions> =>
  typeof options === 'object' && options !== null && !Array.isArray(options)
    ? ok(options as PlainOptions)
    : fail(fault('misconfigured', 'lora-module.options', 'options', 'must be an object.'));

/** Faults where a key is left over that no one knows. */
const checkNoOthers = (options: PlainOptions, known: readonly string[]): Result<void> => {
  const other = Object.keys(options).find((key) => !known.includes(key));
  return other === undefined
    ? ok(undefined)
    : wrongOption(other, `is no option; there are ${known.join(', ')}.`);
};

const LISTEN_NAMES = [
  'frequencyHz',
  'spreadingFactor',
  'bandwidthHz',
  'codingRate',
  'preambleSymbols',
] as const satisfies readonly NumberName[];
const SEND_NAMES = ['powerDbm', 'antennaGainDbi'] as const satisfies readonly NumberName[];

/** What a module can be told: `radio` all of it, `listen` what it needs to listen. */
export type SettingsScope = 'radio' | 'listen';

const checkNamed = (options: PlainOptions, scope: SettingsScope): Result<RadioSettings> => {
  const numbers: Record<NumberName, number> = { frequencyHz: 0, ...DEFAULTS };
  for (const key of scope === 'radio' ? [...LISTEN_NAMES, ...SEND_NAMES] : LISTEN_NAMES) {
    if (options[key] === undefined) continue;
    const checked = checkNumber(key, options[key]);
    if (!checked.ok) return checked;
    numbers[key] = checked.value;
  }
  const { publicNetwork = DEFAULTS.publicNetwork, region } = options;
  if (typeof publicNetwork !== 'boolean') return wrongOption('publicNetwork', 'must be true or false.');
  const settings = { ...DEFAULTS, ...numbers, publicNetwork };
  if (region === undefined) return ok(settings);
  const known = checkRegion(region);
  return known.ok ? ok({ ...settings, region: known.value }) : known;
};

/** Undefined where no frequency was given. */
export const checkSettingsIfAny = (
  options: unknown,
  scope: SettingsScope,
): Result<RadioSettings | undefined> => {
  const object = checkObject(options);
  if (!object.ok) return object;
  const known =
    scope === 'radio' ? [...LISTEN_NAMES, 'publicNetwork', ...SEND_NAMES, 'region'] : LISTEN_NAMES;
  const others = checkNoOthers(object.value, known);
  if (!others.ok) return others;
  if (object.value['frequencyHz'] !== undefined) return checkNamed(object.value, scope);
  const [stray] = Object.keys(object.value);
  return stray === undefined
    ? ok(undefined)
    : wrongOption('frequencyHz', `must be given with ${stray}, in Hz: 868100000.`);
};

/** The frequency has to be said, because no frequency is right everywhere. */
export const checkSettings = (options: unknown, scope: SettingsScope): Result<RadioSettings> => {
  const checked = checkSettingsIfAny(options, scope);
  if (!checked.ok) return checked;
  return checked.value === undefined
    ? wrongOption('frequencyHz', 'must say which frequency to listen on, in Hz: 868100000.')
    : ok(checked.value);
};

export const modulationOf = (settings: Tuned): LoraModulation => ({
  kind: 'lora',
  spreadingFactor: settings.spreadingFactor,
  bandwidthHz: settings.bandwidthHz,
  codingRate: `4/${settings.codingRate + 4}`,
});

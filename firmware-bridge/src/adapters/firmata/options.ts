import { parseRatio, type Ratio, ratio, type Signal, signalByName } from '@outpost/schemas/vehicle';
import { ok, type Result } from '@outpost/schemas/words';
import { checkNumber, checkOptionsOver, type Range, wrongOption } from '../../obd/options.ts';
import { CHIPS, type Chip } from './chips/index.ts';
import { type Fields, list, only, pinAt } from './option-fields.ts';
import { checkOutput, type Output } from './option-outputs.ts';

export interface AnalogInput {
  readonly name: string;
  /** `0` is the pin that boards call A0. */
  readonly channel: number;
  readonly signal: Signal;
  /** What the board counts × factor + offset is in the unit of the signal. */
  readonly factor: Ratio;
  readonly offset: Ratio;
}

export interface DigitalInput {
  readonly name: string;
  readonly pin: number;
  readonly signal: Signal;
  readonly pullup: boolean;
  /** A low pin says 1. */
  readonly invert: boolean;
  /** The owner hears of each press. */
  readonly button: boolean;
}

export interface ClimateSensor {
  readonly name: string;
  readonly chip: Chip;
  readonly address: number;
  readonly everyMs: number;
}

export interface FirmataOptions {
  /** How often analog inputs are said. */
  readonly samplingMs: number;
  /** How often digital inputs are said that have not changed. */
  readonly digitalEveryMs: number;
  readonly analog: readonly AnalogInput[];
  readonly digital: readonly DigitalInput[];
  readonly climate: readonly ClimateSensor[];
  /** The only pins that are ever driven. */
  readonly outputs: readonly Output[];
}

const DEFAULTS: FirmataOptions = {
  samplingMs: 1_000,
  digitalEveryMs: 60_000,
  analog: [],
  digital: [],
  climate: [],
  outputs: [],
};

/** 14 bits on the wire; below 10 ms a line of 57,600 baud has no room for the channels of a board. */
const SAMPLING: Range = { min: 10, max: 16_383 };
const DAY_MS = 86_400_000;
const EVERY: Range = { min: 1_000, max: DAY_MS };

/** A converter of 10 bits against 5 V. */
const VOLTS_FACTOR = ratio(5n, 1_024n);
const NOTHING = ratio(0n);

const ratioAt = (where: string, value: unknown): Result<Ratio> => {
  const read = typeof value === 'number' || typeof value === 'string' ? parseRatio(String(value)) : undefined;
  return read === undefined
    ? wrongOption(where, 'must be a decimal, or two with "/" between them.')
    : ok(read);
};

const signalAt = (where: string, value: unknown): Result<Signal> => {
  const signal = typeof value === 'string' ? signalByName(value) : undefined;
  if (signal === undefined || signal.unit === 'text')
    return wrongOption(where, `must be the name of a signal of numbers, such as "Sensor.Voltage".`);
  return ok(signal);
};

const checkAnalog = (name: string, where: string, fields: Fields): Result<AnalogInput> => {
  const known = only(where, fields, ['channel', 'signal', 'factor', 'offset']);
  if (!known.ok) return known;
  const channel = checkNumber(`${where}.channel`, fields['channel'], { min: 0, max: 15 });
  if (!channel.ok || !Number.isInteger(channel.value))
    return wrongOption(`${where}.channel`, 'must be 0 to 15: 0 is the pin that boards call A0.');
  const signal = signalAt(`${where}.signal`, fields['signal']);
  if (!signal.ok) return signal;
  const { factor: factorText, offset: offsetText } = fields;
  if (factorText === undefined && signal.value.name !== 'Sensor.Voltage')
    return wrongOption(`${where}.factor`, 'is missing: what one count of the converter is in the unit.');
  const factor = factorText === undefined ? ok(VOLTS_FACTOR) : ratioAt(`${where}.factor`, factorText);
  if (!factor.ok) return factor;
  const offset = offsetText === undefined ? ok(NOTHING) : ratioAt(`${where}.offset`, offsetText);
  if (!offset.ok) return offset;
  return ok({
    name,
    channel: channel.value,
    signal: signal.value,
    factor: factor.value,
    offset: offset.value,
  });
};

const flagAt = (where: string, fields: Fields, key: string): Result<boolean> => {
  const value = fields[key] ?? false;
  return typeof value === 'boolean' ? ok(value) : wrongOption(`${where}.${key}`, 'must be true or false.');
};

const checkDigital = (name: string, where: string, fields: Fields): Result<DigitalInput> => {
  const known = only(where, fields, ['pin', 'signal', 'pullup', 'invert', 'button']);
  if (!known.ok) return known;
  const pin = pinAt(where, fields);
  if (!pin.ok) return pin;
  const signal = signalAt(`${where}.signal`, fields['signal'] ?? 'Sensor.IsOn');
  if (!signal.ok) return signal;
  if (signal.value.unit !== 'flag')
    return wrongOption(`${where}.signal`, 'must be a signal that is 0 or 1, such as "Sensor.IsOpen".');
  const pullup = flagAt(where, fields, 'pullup');
  if (!pullup.ok) return pullup;
  const invert = flagAt(where, fields, 'invert');
  if (!invert.ok) return invert;
  const button = flagAt(where, fields, 'button');
  if (!button.ok) return button;
  return ok({
    name,
    pin: pin.value,
    signal: signal.value,
    pullup: pullup.value,
    invert: invert.value,
    button: button.value,
  });
};

const checkClimate = (name: string, where: string, fields: Fields): Result<ClimateSensor> => {
  const known = only(where, fields, ['chip', 'address', 'everyMs']);
  if (!known.ok) return known;
  const chip = CHIPS.get(String(fields['chip']));
  if (chip === undefined)
    return wrongOption(`${where}.chip`, `must be one of ${[...CHIPS.keys()].join(', ')}.`);
  const address = fields['address'] ?? chip.addresses[0];
  if (typeof address !== 'number' || !chip.addresses.includes(address)) {
    const listed = chip.addresses.map((each) => `${each} (0x${each.toString(16)})`).join(', ');
    return wrongOption(`${where}.address`, `must be one of ${listed}.`);
  }
  const everyMs = checkNumber(`${where}.everyMs`, fields['everyMs'] ?? 10_000, EVERY);
  return everyMs.ok ? ok({ name, chip, address, everyMs: everyMs.value }) : everyMs;
};

const LISTS = {
  analog: checkAnalog,
  digital: checkDigital,
  climate: checkClimate,
  outputs: checkOutput,
} as const;

const isList = (key: string): key is keyof typeof LISTS => Object.hasOwn(LISTS, key);

/** Two of them at one place would say each other's values. */
const unlikeEachOther = ({ analog, digital, climate, outputs }: FirmataOptions): Result<void> => {
  const places = [
    ...analog.map(({ name, channel }) => [`analog.${name}`, `channel ${channel}`] as const),
    ...digital.map(({ name, pin }) => [`digital.${name}`, `pin ${pin}`] as const),
    ...outputs.map(({ name, pin }) => [`outputs.${name}`, `pin ${pin}`] as const),
    ...climate.map(({ name, address }) => [`climate.${name}`, `address ${address}`] as const),
  ];
  const taken = new Map<string, string>();
  for (const [what, place] of places) {
    const other = taken.get(place);
    if (other !== undefined)
      return wrongOption(`options.${what}`, `has ${place}, which ${other} has already.`);
    taken.set(place, what);
  }
  return ok(undefined);
};

/** Checks the `options` of the configuration. Faults are `misconfigured`. */
export const checkOptions = (options: unknown): Result<FirmataOptions> => {
  const checked = checkOptionsOver<FirmataOptions>(DEFAULTS, options, (key, value) => {
    const where = `options.${key}`;
    if (isList(key)) {
      const entries = list<unknown>(where, value, LISTS[key]);
      return entries.ok ? ok({ [key]: entries.value }) : entries;
    }
    if (key !== 'samplingMs' && key !== 'digitalEveryMs') return undefined;
    const number = checkNumber(where, value, key === 'samplingMs' ? SAMPLING : EVERY);
    return number.ok ? ok({ [key]: Math.round(number.value) }) : number;
  });
  if (!checked.ok) return checked;
  const unlike = unlikeEachOther(checked.value);
  return unlike.ok ? checked : unlike;
};

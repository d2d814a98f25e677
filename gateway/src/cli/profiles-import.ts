import { signalByName } from '@outpost/schemas/vehicle';
import {
  checkProfile,
  type ImportInto,
  importObdb,
  importWican,
  type LeftOut,
} from '@outpost/schemas/vehicle/profile-files';
import type { VehicleProfileFile } from '@outpost/schemas/vehicle/profiles';
import { type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';

export const FORMATS = ['obdb', 'wican'] as const;
export type Format = (typeof FORMATS)[number];

export const POWERTRAINS: readonly Powertrain[] = ['bev', 'phev', 'hev', 'combustion'];
type Powertrain = ImportInto['vehicle']['powertrain'];

const INTERVAL_MAX_MS = 86_400_000;

/** What the file of others does not say. */
export interface Told {
  /** Theirs, and ours that will be. */
  readonly file: string;
  readonly out: string;
  readonly name: string;
  readonly title: string;
  readonly make: string;
  readonly model: readonly string[];
  readonly years: string;
  readonly powertrain: string;
  readonly source: string;
  readonly licence: string;
  readonly intervalMs: string;
  /** `THEIRS=Vehicle.Ours`. */
  readonly signal?: readonly string[];
}

export interface Made {
  /** Undefined where nothing could be taken. */
  readonly profile: VehicleProfileFile | undefined;
  readonly left: readonly LeftOut[];
}

const wrong = (where: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('misconfigured', 'profiles.options', where, words));

const yearsOf = (text: string): Result<readonly [number, number]> => {
  const [, first = '', last = first] = /^(\d{4})(?:-(\d{4}))?$/.exec(text) ?? [];
  const years = [Number(first), Number(last ?? first)] as const;
  return first !== '' && years[0] <= years[1]
    ? ok(years)
    : wrong('--years', `“${text}” must be one year or two, the first one first, as in 2018-2023.`);
};

const signalsOf = (pairs: readonly string[]): Result<Readonly<Record<string, string>>> => {
  const signals = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const [theirs, ours] = [pair.slice(0, at), pair.slice(at + 1)];
    if (at < 1 || signalByName(ours) === undefined) {
      return wrong('--signal', `“${pair}” must be THEIRS=OURS, with OURS a signal such as Vehicle.Speed.`);
    }
    signals.set(theirs, ours);
  }
  return ok(Object.fromEntries(signals));
};

const intervalOf = (text: string): Result<number> =>
  /^\d{3,8}$/.test(text) && Number(text) <= INTERVAL_MAX_MS
    ? ok(Number(text))
    : wrong('--interval-ms', `“${text}” must be a whole number from 100 to ${INTERVAL_MAX_MS}.`);

/**
 * Makes a profile of an OBDb signal set or of a WiCAN profile. What it makes has passed the check of a profile's file.
 * Faults: `misconfigured` for what was told wrongly, `malformed` for a file that is none of theirs.
 */
export const importProfile = (format: Format, text: string, told: Told): Result<Made> => {
  if (!FORMATS.includes(format)) return wrong('format', `“${format}” must be ${FORMATS.join(' or ')}.`);
  const years = yearsOf(told.years);
  if (!years.ok) return years;
  const signals = signalsOf(told.signal ?? []);
  if (!signals.ok) return signals;
  const intervalMs = intervalOf(told.intervalMs);
  if (!intervalMs.ok) return intervalMs;
  const [first, last] = years.value;
  const { name, title, make, source: where, licence, file, out } = told;
  const powertrain = told.powertrain as Powertrain;
  const vehicle = { make, models: [...told.model], years: [first, last] as [number, number], powertrain };
  const into = { name, title, vehicle, where, licence, signals: signals.value };
  const imported =
    format === 'obdb'
      ? // Where it is for one year alone, what they know of other years is left out.
        importObdb(text, first === last ? { ...into, year: first } : into)
      : importWican(text, { ...into, intervalMs: intervalMs.value });
  if (!imported.ok) return fail({ ...imported.fault, where: file });
  const { file: profile, left } = imported.value;
  if (profile === undefined) return ok({ profile, left });
  const checked = checkProfile(JSON.stringify(profile, null, 2), `${out}, which was not written,`);
  return 'faults' in checked ? fail(checked.faults[0]) : ok({ profile, left });
};

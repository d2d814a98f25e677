import { fail, fault, ok, type Result } from '../../words/fault.ts';
import { BUNDLED } from './bundled/index.ts';
import { compileProfile } from './compile.ts';
import type { Profile, ProfileRequest, VehicleFile, VehicleProfileFile } from './profile.ts';

/** A bundled profile as a list shows it. */
export interface ProfileEntry {
  readonly name: string;
  readonly title: string;
  readonly vehicles: readonly VehicleFile[];
  readonly requests: number;
  readonly signals: number;
}

const entryOf = ({ name, title, vehicles, requests }: VehicleProfileFile): ProfileEntry => ({
  name,
  title,
  vehicles,
  requests: requests.length,
  signals: new Set(requests.flatMap(({ signals }) => signals.map(({ signal }) => signal))).size,
});

/** Every bundled profile, by name. */
export const listProfiles = (): readonly ProfileEntry[] => BUNDLED.map(entryOf);

/** The file of a bundled profile, to be shown or changed. */
export const profileFile = (name: string): VehicleProfileFile | undefined =>
  BUNDLED.find((file) => file.name === name);

/** A bundled profile, ready to use. The fault is `misconfigured`: `profile.unknown`. */
export const profileByName = (name: string): Result<Profile> => {
  const file = profileFile(name);
  if (file === undefined) {
    const known = BUNDLED.map((each) => each.name).join(', ');
    return fail(
      fault('misconfigured', 'profile.unknown', `profile "${name}"`, `is not bundled; known are ${known}.`),
    );
  }
  const compiled = compileProfile(file);
  if ('profile' in compiled) return ok(compiled.profile);
  const [problem] = compiled.problems;
  throw new Error(`bundled profile ${name}: ${problem?.path.join('.')} ${problem?.words}`);
};

/** Whether an option names a bundled profile; if not, it names a file. */
export const isProfileName = (option: string): boolean => profileFile(option) !== undefined;

/** What is known of a vehicle; each part that is given must fit. */
export interface ProfileQuery {
  readonly vin?: string;
  readonly make?: string;
  readonly model?: string;
  readonly year?: number;
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

const isVinLike = (vin: string, pattern: string): boolean =>
  [...pattern].every((sign, index) => sign === '?' || sign === vin.toUpperCase()[index]);

/** How many characters of the VIN speak for the vehicle; undefined where something does not fit. */
const fitOf = (vehicle: VehicleFile, { vin, make, model, year }: ProfileQuery): number | undefined => {
  if (make !== undefined && plain(vehicle.make) !== plain(make)) return undefined;
  if (model !== undefined && !vehicle.models.some((each) => plain(each) === plain(model))) return undefined;
  if (year !== undefined && (year < vehicle.years[0] || year > vehicle.years[1])) return undefined;
  if (vin === undefined) return 0;
  const lengths = (vehicle.vins ?? [])
    .filter((pattern) => isVinLike(vin, pattern))
    .map((pattern) => pattern.replaceAll('?', '').length);
  return lengths.length === 0 ? undefined : Math.max(...lengths);
};

/**
 * Bundled profiles that fit what is known, the best first; none for an empty query. A VIN says less than its
 * owner: few makers publish how theirs are built, so a profile may fit a vehicle whose VIN it does not know.
 */
export const profilesFor = (query: ProfileQuery): readonly ProfileEntry[] => {
  if (Object.values(query).every((each) => each === undefined)) return [];
  return BUNDLED.flatMap((file) => {
    const fits = file.vehicles.flatMap((vehicle) => fitOf(vehicle, query) ?? []);
    return fits.length === 0 ? [] : [{ file, fit: Math.max(...fits) }];
  })
    .toSorted((a, b) => b.fit - a.fit)
    .map(({ file }) => entryOf(file));
};

/**
 * What to ask a vehicle, the most frequent first. Requests that need the extended session are there only
 * where the user allowed it.
 */
export const requestsOf = (
  { requests }: Profile,
  { extendedSession = false }: { readonly extendedSession?: boolean } = {},
): readonly ProfileRequest[] =>
  requests
    .filter(({ session }) => extendedSession || session === 'default')
    .toSorted((a, b) => a.intervalMs - b.intervalMs);
